package io.wsrep4j.gcomm.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** docs/spec/gcomm-transport-pc.md checklist 1 to 6: header, checksums, limits. */
final class FrameTest {

    static Stream<Named<JsonNode>> vectors() throws Exception {
        List<Named<JsonNode>> list = new ArrayList<>();
        for (String file : List.of("frame-checksums", "gmcast-messages", "minimal-join")) {
            try (InputStream in = FrameTest.class.getResourceAsStream("/vectors/gmcast/" + file + ".json")) {
                for (JsonNode vector : new ObjectMapper().readTree(in).get("vectors")) {
                    if (vector.has("hex")) {
                        list.add(Named.of(file + " " + vector.get("name").asText(), vector));
                    }
                }
            }
        }
        return list.stream();
    }

    private static boolean accepts(Checksum own, ByteBuf frame) {
        Frame reader = new Frame(own);
        try {
            int length = reader.payloadLength(frame, frame.readerIndex());
            assertThat(frame.readableBytes()).isEqualTo(Frame.HEADER_LENGTH + length);
            reader.verify(frame, frame.readerIndex(), length);
            return true;
        } catch (MalformedFrameException e) {
            return false;
        }
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void theVerdictIsThatOfARealNode(JsonNode vector) {
        ByteBuf frame = Unpooled.wrappedBuffer(
                ByteBufUtil.decodeHexDump(vector.get("hex").asText()));
        boolean wanted = !vector.has("accept") || vector.get("accept").asBoolean();

        assertThat(accepts(Checksum.CRC32C, frame)).isEqualTo(wanted);
        assertThat(accepts(Checksum.CRC32, frame)).isEqualTo(wanted);
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void whatIsSealedIsWhatARealNodeWrote(JsonNode vector) {
        String hex = vector.get("hex").asText();
        ByteBuf captured = Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex));
        int flags = captured.getByte(3);
        if (!accepts(Checksum.CRC32C, captured) || flags == 3) {
            return;
        }
        ByteBuf frame = captured.copy();
        frame.setLong(0, -1).skipBytes(Frame.HEADER_LENGTH);

        new Frame(Checksum.ofOption(flags)).seal(frame);

        assertThat(ByteBufUtil.hexDump(frame.readerIndex(0))).isEqualTo(hex);
    }

    @ParameterizedTest
    @EnumSource(Checksum.class)
    void aNodeWithoutChecksumVerifiesNothing(Checksum written) {
        ByteBuf frame = frame(written, 100);
        frame.setByte(50, frame.getByte(50) + 1);

        assertThat(accepts(Checksum.NONE, frame)).isTrue();
        assertThat(accepts(Checksum.CRC32C, frame)).isEqualTo(written == Checksum.NONE);
    }

    @Test
    void theLongestPayloadIs32768Bytes() {
        assertThat(accepts(Checksum.CRC32C, frame(Checksum.CRC32C, 32768))).isTrue();
        assertThatThrownBy(() -> frame(Checksum.CRC32C, 32769))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("32769");
        ByteBuf header = Unpooled.buffer().writeIntLE(32769 | 2 << 24).writeIntLE(0);
        assertThatThrownBy(() -> new Frame(Checksum.CRC32C).payloadLength(header, 0))
                .isInstanceOf(MalformedFrameException.class)
                .hasMessageContaining("32769");
    }

    @Test
    void anEmptyFrameIsNeverSentNorAccepted() {
        assertThatThrownBy(() -> frame(Checksum.CRC32C, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void unknownValuesOfTheOptionMeanCrc32() {
        assertThat(Checksum.ofOption(0)).isEqualTo(Checksum.NONE);
        assertThat(Checksum.ofOption(2)).isEqualTo(Checksum.CRC32C);
        assertThat(Stream.of(1L, 3L, -1L, 77L).map(Checksum::ofOption)).containsOnly(Checksum.CRC32);
    }

    private static ByteBuf frame(Checksum checksum, int length) {
        ByteBuf frame =
                Unpooled.buffer(Frame.HEADER_LENGTH + length).setIndex(8, 8).writeZero(length);
        new Frame(checksum).seal(frame);
        return frame.readerIndex(0);
    }
}

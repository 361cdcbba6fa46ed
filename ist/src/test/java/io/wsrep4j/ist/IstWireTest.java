package io.wsrep4j.ist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Headers of every version, byte for byte. */
final class IstWireTest {

    static Stream<JsonNode> vectors() {
        return Vectors.of("messages").stream();
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void aGoldenHeaderIsReadAndWrittenTheSame(JsonNode vector) throws IstException {
        ByteBuf in = Unpooled.wrappedBuffer(
                ByteBufUtil.decodeHexDump(vector.get("hex").asText()));
        JsonNode expected = vector.get("decoded");
        IstWire wire = IstWire.ofVersion(expected.get("version").asInt());

        IstMessage message = wire.read(in.slice());

        assertThat(message.control()).isEqualTo(expected.get("ctrl").asInt());
        assertThat(message.preload()).isEqualTo(expected.get("preload").asBoolean());
        if (expected.get("seqno").isNumber()) {
            assertThat(message.seqno()).isEqualTo(expected.get("seqno").asLong());
        }
        if (expected.path("skip").asBoolean()) {
            assertThat(message.type()).isEqualTo(IstMessageType.SKIP);
        } else {
            assertThat(message.type().ordinal()).isEqualTo(in.getByte(1));
            assertThat(message.payloadLength()).isEqualTo(expected.get("len").asLong());
        }
        ByteBuf out = Unpooled.buffer();
        wire.write(message, out);
        assertThat(ByteBufUtil.hexDump(out)).isEqualTo(vector.get("hex").asText());
    }

    @Test
    void theHeaderOfTheSheetHasItsChecksum() {
        ByteBuf out = Unpooled.buffer();
        IstWire.ofVersion(11).write(IstMessage.HANDSHAKE, out);
        assertThat(ByteBufUtil.hexDump(out)).isEqualTo("0b01000000000000ffffffffffffffffa839807fdad500d3");
    }

    @Test
    void anUnknownVersionIsRefused() {
        assertThatThrownBy(() -> IstWire.ofVersion(12))
                .hasMessageContaining("12")
                .hasMessageContaining("4 to 11");
        assertThatThrownBy(() -> IstWire.ofVersion(3)).hasMessageContaining("3");
    }

    @Test
    void aWriteSetOfVersion9KeepsItsDependency() throws IstException {
        IstWire wire = IstWire.ofVersion(9);
        ByteBuf out = Unpooled.buffer();
        IstMessage message = IstMessage.ordered(IstMessageType.WRITE_SET, false, 100, 7, 5);
        wire.write(message, out);
        assertThat(out.readableBytes()).isEqualTo(28);
        assertThat(wire.read(out)).isEqualTo(message);
    }

    @Property(tries = 2000)
    void noBytesDoWorseThanARefusal(
            @ForAll @Size(max = 64) byte[] bytes, @ForAll @IntRange(min = 4, max = 11) int version) {
        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        IstWire wire = IstWire.ofVersion(version);
        try {
            IstMessage message = wire.read(in);
            assertThat(message == null || message.payloadLength() <= IstWire.LONGEST_PAYLOAD)
                    .isTrue();
        } catch (IstException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }
}

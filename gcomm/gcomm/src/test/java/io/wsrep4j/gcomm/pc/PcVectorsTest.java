package io.wsrep4j.gcomm.pc;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.wsrep4j.api.Uuid;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The bytes and decisions of captured messages (docs/spec/gcomm-transport-pc.md 11 and 13.1). */
class PcVectorsTest {

    static Stream<List<String>> messages() throws IOException {
        return rows("pc-messages.tsv");
    }

    static Stream<List<String>> quorums() throws IOException {
        return rows("quorum.tsv");
    }

    static String resource(String name) throws IOException {
        try (InputStream in = PcVectorsTest.class.getResourceAsStream("/vectors/pc/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Stream<List<String>> rows(String name) throws IOException {
        return resource(name).lines().filter(line -> !line.startsWith("#")).map(line -> List.of(line.split("\t", -1)));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void aCapturedMessageIsReadAsTheDecoderReadsIt(List<String> row) {
        ByteBuf bytes = Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(row.get(1)));

        // the decoder names the payload's type too, which is not for this layer to know
        assertThat(PcText.describe(bytes)).isEqualTo(row.get(2).replaceAll(" \\| GCS.*", ""));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void aCapturedMessageIsWrittenByteForByte(List<String> row) throws MalformedMessageException {
        ByteBuf bytes = Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(row.get(1)));
        ByteBuf written = Unpooled.buffer();

        if (PcCodec.type(bytes) == PcCodec.TYPE_USER) {
            ByteBuffer payload = bytes.nioBuffer(8, bytes.readableBytes() - 8);
            ByteBuffer body = payload.duplicate().position(payload.remaining() / 2);
            payload.limit(body.position());
            boolean checksum = (PcCodec.flags(bytes) & PcCodec.FLAG_CRC16) != 0;
            PcCodec.writeUser(written, PcCodec.version(bytes), checksum, PcCodec.seq(bytes), payload, body);
        } else {
            PcMessage message = PcCodec.decodeControl(bytes);
            PcCodec.write(message, written);
            assertThat(written.readableBytes()).isEqualTo(PcCodec.length(message));
        }

        assertThat(ByteBufUtil.hexDump(written)).isEqualTo(row.get(1));
    }

    @Test
    void theChecksumIsCrc16Arc() {
        int crc = 0;
        for (byte digit : "123456789".getBytes(StandardCharsets.US_ASCII)) {
            crc = Crc16.update(crc, digit);
        }

        assertThat(crc).isEqualTo(0xBB3D);
    }

    @ParameterizedTest
    @MethodSource("quorums")
    void quorumIsDecidedAsRealNodesDecideIt(List<String> row) {
        TreeMap<Uuid, Instance> instances = new TreeMap<>();
        for (String weight : row.get(1).split(",")) {
            String[] parts = weight.split("=");
            instances.put(TestNodes.id(parts[0]), new Instance(0, Integer.parseInt(parts[1]), PcView.NONE.id()));
        }

        Quorum quorum = Quorum.of(ids(row.get(3)), ids(row.get(4)), ids(row.get(2)), instances);

        assertThat(quorum.present()).isEqualTo(Boolean.parseBoolean(row.get(5)));
        assertThat(quorum.splitBrain()).isEqualTo(Boolean.parseBoolean(row.get(6)));
    }

    private static Set<Uuid> ids(String names) {
        Set<Uuid> ids = new TreeSet<>();
        for (String name : names.split(",")) {
            if (!name.isEmpty()) {
                ids.add(TestNodes.id(name));
            }
        }
        return ids;
    }
}

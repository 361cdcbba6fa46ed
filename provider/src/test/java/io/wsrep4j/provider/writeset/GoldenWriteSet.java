package io.wsrep4j.provider.writeset;

import io.wsrep4j.api.DataType;
import io.wsrep4j.api.Key;
import io.wsrep4j.api.KeyType;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.api.hash.MurmurHash128;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** One entry "write_sets" of the golden vectors. */
public record GoldenWriteSet(String file, Json.Node node) {

    static final List<String> FILES =
            List.of("wire_v6.json", "wire_v5.json", "other_versions.json", "mariadb_10_11.json", "malformed.json");
    static final Uuid SOMEBODY = new Uuid(1, 2);

    static Stream<GoldenWriteSet> all() {
        return FILES.stream().flatMap(file -> Json.vectors(file).get("write_sets").list().stream()
                .map(node -> new GoldenWriteSet(file, node)));
    }

    static GoldenWriteSet named(String file, String name) {
        return all().filter(
                        w -> w.file.equals(file) && w.node.get("name").text().equals(name))
                .findFirst()
                .orElseThrow();
    }

    static Stream<GoldenWriteSet> buildable() {
        return all().filter(w -> w.node.has("build"));
    }

    static Stream<GoldenWriteSet> certified() {
        return all().filter(w -> w.node.has("certified_hex"));
    }

    byte[] bytes() {
        return node.get("hex").bytes();
    }

    /** Bytes after the write set proper. */
    int trailing() {
        return node.has("trailing") ? node.get("trailing").integer() : 0;
    }

    WriteSet read() throws CorruptWriteSetException {
        return read(direct(bytes()));
    }

    static WriteSet read(ByteBuffer memory) throws CorruptWriteSetException {
        return new WriteSetReader().read(memory, 0, memory.limit(), 7, SOMEBODY);
    }

    static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    static byte[] copy(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(buffer.position(), bytes);
        return bytes;
    }

    static String hex(ByteBuffer buffer) {
        return HexFormat.of().formatHex(copy(buffer));
    }

    static Key key(Json.Node parts) {
        return new Key(
                parts.list().stream().map(part -> ByteBuffer.wrap(part.bytes())).toList());
    }

    WriteSetFormat format() {
        Json.Node build = node.get("build");
        return new WriteSetFormat(
                node.get("header").get("version").integer(),
                build.get("rset_version").integer(),
                KeyFormat.valueOf(build.get("key_format").text()),
                KeyType.valueOf(build.get("branch_type").text()));
    }

    /** Builds it anew from its inputs; certified if it is certified. */
    ByteBuffer rebuild() {
        Json.Node build = node.get("build");
        Json.Node header = node.get("header");
        WriteSetBuilder builder = new WriteSetBuilder(format());
        for (Json.Node key : build.get("keys").list()) {
            builder.appendKey(
                    key(key.get("parts")), KeyType.valueOf(key.get("type").text()));
        }
        builder.appendData(ByteBuffer.wrap(node.get("data").bytes()), DataType.ORDERED, true);
        builder.appendData(ByteBuffer.wrap(node.get("unordered").bytes()), DataType.UNORDERED, true);
        if (node.has("annotation")) {
            builder.appendData(ByteBuffer.wrap(node.get("annotation").bytes()), DataType.ANNOTATION, false);
        }
        int margin = 16;
        ByteBuffer out = ByteBuffer.allocateDirect((int) builder.sealedBytes() + 2 * margin);
        for (int i = 0; i < out.capacity(); i++) {
            out.put(i, (byte) 0xEE);
        }
        int length = builder.seal(
                out,
                margin,
                header.get("flags").integer(),
                Uuid.parse(header.get("source").text()),
                header.get("conn_id").number(),
                header.get("trx_id").number());
        builder.stampForSending(
                out,
                margin,
                build.get("last_seen").number(),
                build.get("pa_range").integer(),
                header.get("timestamp").number());
        if (header.get("certified").flag()) {
            long seqno = header.get("seqno").number();
            WriteSetHeader.stampCertified(
                    out, margin, seqno, seqno - header.get("pa_range").integer(), new MurmurHash128());
        }
        return out.slice(margin, length);
    }

    List<String> keyRecords() {
        List<String> records = new ArrayList<>();
        for (Json.Node key : node.get("keys").list()) {
            records.add(key.get("raw").text());
        }
        return records;
    }

    @Override
    public String toString() {
        return file + ": " + node.get("name").text();
    }
}

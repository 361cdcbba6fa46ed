package io.wsrep4j.provider.writeset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Typed access to the golden vectors. */
public final class Json {

    private Json() {}

    /** The golden vectors of this name. */
    public static Node vectors(String name) {
        try (InputStream in = Json.class.getResourceAsStream("/vectors/writeset/" + name)) {
            return new Node(new ObjectMapper().readTree(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A value; null where the vectors have none. */
    public record Node(JsonNode value) {

        public Node get(String key) {
            return new Node(value.get(key));
        }

        public boolean has(String key) {
            return value.hasNonNull(key);
        }

        public List<Node> list() {
            List<Node> nodes = new ArrayList<>();
            if (value != null) {
                value.forEach(child -> nodes.add(new Node(child)));
            }
            return nodes;
        }

        public List<String> keys() {
            List<String> names = new ArrayList<>();
            value.fieldNames().forEachRemaining(names::add);
            return names;
        }

        public String text() {
            return value.textValue();
        }

        public int integer() {
            return value.intValue();
        }

        /** The lowest 64 bits, so that unsigned values come through. */
        public long number() {
            return value.bigIntegerValue().longValue();
        }

        public double real() {
            return value.doubleValue();
        }

        public boolean flag() {
            return value.booleanValue();
        }

        /** The bytes that the text is the hexadecimal form of; none for none. */
        public byte[] bytes() {
            return value == null || value.isNull()
                    ? new byte[0]
                    : HexFormat.of().parseHex(value.textValue());
        }
    }
}

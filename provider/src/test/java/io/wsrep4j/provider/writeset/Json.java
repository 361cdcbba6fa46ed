package io.wsrep4j.provider.writeset;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Just enough JSON for the golden vectors: maps, lists, strings, {@link BigDecimal}s, booleans, null. */
public final class Json {

    private final String text;
    private int at;

    private Json(String text) {
        this.text = text;
    }

    /** The golden vectors of this name. */
    public static Node vectors(String name) {
        try (InputStream in = Json.class.getResourceAsStream("/vectors/writeset/" + name)) {
            return new Node(new Json(new String(in.readAllBytes(), StandardCharsets.UTF_8)).value());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A value with typed access. */
    public record Node(Object value) {

        public Node get(String key) {
            return new Node(((Map<?, ?>) value).get(key));
        }

        public boolean has(String key) {
            return ((Map<?, ?>) value).get(key) != null;
        }

        public List<Node> list() {
            return value == null
                    ? List.of()
                    : ((List<?>) value).stream().map(Node::new).toList();
        }

        public List<String> keys() {
            return ((Map<?, ?>) value).keySet().stream().map(String.class::cast).toList();
        }

        public String text() {
            return (String) value;
        }

        public int integer() {
            return ((BigDecimal) value).intValueExact();
        }

        /** Lowest 64 bits, so that unsigned values come through. */
        public long number() {
            return ((BigDecimal) value).toBigIntegerExact().longValue();
        }

        public double real() {
            return ((BigDecimal) value).doubleValue();
        }

        public boolean flag() {
            return (Boolean) value;
        }

        public byte[] bytes() {
            return value == null ? new byte[0] : java.util.HexFormat.of().parseHex(text());
        }
    }

    private Object value() {
        skipSpace();
        char c = text.charAt(at);
        switch (c) {
            case '{':
                return object();
            case '[':
                return array();
            case '"':
                return string();
            default:
                int start = at;
                while (at < text.length() && ",]} \n\r\t".indexOf(text.charAt(at)) < 0) {
                    at++;
                }
                String word = text.substring(start, at);
                return switch (word) {
                    case "null" -> null;
                    case "true" -> Boolean.TRUE;
                    case "false" -> Boolean.FALSE;
                    default -> new BigDecimal(word);
                };
        }
    }

    private Map<String, Object> object() {
        Map<String, Object> result = new LinkedHashMap<>();
        at++;
        skipSpace();
        while (text.charAt(at) != '}') {
            skipSpace();
            String key = string();
            skipSpace();
            at++;
            result.put(key, value());
            skipComma();
        }
        at++;
        return result;
    }

    private List<Object> array() {
        List<Object> result = new ArrayList<>();
        at++;
        skipSpace();
        while (text.charAt(at) != ']') {
            result.add(value());
            skipComma();
        }
        at++;
        return result;
    }

    private String string() {
        StringBuilder result = new StringBuilder();
        at++;
        while (text.charAt(at) != '"') {
            char c = text.charAt(at++);
            if (c == '\\') {
                char escaped = text.charAt(at++);
                if (escaped == 'u') {
                    c = (char) Integer.parseInt(text.substring(at, at + 4), 16);
                    at += 4;
                } else {
                    int known = "ntrbf".indexOf(escaped);
                    c = known < 0 ? escaped : "\n\t\r\b\f".charAt(known);
                }
            }
            result.append(c);
        }
        at++;
        return result.toString();
    }

    private void skipComma() {
        skipSpace();
        if (text.charAt(at) == ',') {
            at++;
            skipSpace();
        }
    }

    private void skipSpace() {
        while (Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }
}

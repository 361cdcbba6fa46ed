package io.wsrep4j.gcomm.group.message;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the golden vectors: JSON objects as maps, arrays as lists, whole numbers as Long, others as Double. */
public final class Vectors {

    private final String text;
    private int at;

    private Vectors(String text) {
        this.text = text;
    }

    /** The objects in the array {@code key} of a file. */
    public static List<Map<String, Object>> of(String file, String key) {
        String path = "/vectors/gcs/" + file;
        try (InputStream in = Vectors.class.getResourceAsStream(path)) {
            Object whole = new Vectors(new String(in.readAllBytes(), StandardCharsets.UTF_8)).value();
            return objects(object(whole).get(key));
        } catch (IOException e) {
            throw new UncheckedIOException(path, e);
        }
    }

    /** A JSON object. */
    public static Map<String, Object> object(Object value) {
        Map<String, Object> typed = new LinkedHashMap<>();
        ((Map<?, ?>) value).forEach((k, v) -> typed.put((String) k, v));
        return typed;
    }

    /** A JSON array of objects. */
    public static List<Map<String, Object>> objects(Object value) {
        List<Map<String, Object>> typed = new ArrayList<>();
        ((List<?>) value).forEach(element -> typed.add(object(element)));
        return typed;
    }

    public static long number(Map<String, Object> object, String key) {
        return (Long) object.get(key);
    }

    public static int integer(Map<String, Object> object, String key) {
        return Math.toIntExact(number(object, key));
    }

    public static String string(Map<String, Object> object, String key) {
        return (String) object.get(key);
    }

    /** Bytes given in hexadecimal. */
    public static ByteBuffer bytes(Map<String, Object> object, String key) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(string(object, key)));
    }

    /** The rest of a buffer in hexadecimal. */
    public static String hex(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private Object value() {
        skipBlanks();
        char c = text.charAt(at);
        return switch (c) {
            case '{' -> readObject();
            case '[' -> readArray();
            case '"' -> readString();
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case 'n' -> word("null", null);
            default -> readNumber();
        };
    }

    private void skipBlanks() {
        while (Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private Object word(String word, Object meaning) {
        at += word.length();
        return meaning;
    }

    private Map<String, Object> readObject() {
        Map<String, Object> object = new LinkedHashMap<>();
        at++;
        skipBlanks();
        while (text.charAt(at) != '}') {
            String key = readString();
            skipBlanks();
            at++;
            object.put(key, value());
            skipSeparator();
        }
        at++;
        return object;
    }

    private List<Object> readArray() {
        List<Object> array = new ArrayList<>();
        at++;
        skipBlanks();
        while (text.charAt(at) != ']') {
            array.add(value());
            skipSeparator();
        }
        at++;
        return array;
    }

    private void skipSeparator() {
        skipBlanks();
        if (text.charAt(at) == ',') {
            at++;
            skipBlanks();
        }
    }

    private String readString() {
        StringBuilder string = new StringBuilder();
        at++;
        while (text.charAt(at) != '"') {
            char c = text.charAt(at++);
            if (c != '\\') {
                string.append(c);
                continue;
            }
            char escape = text.charAt(at++);
            switch (escape) {
                case 'u' -> {
                    string.append((char) Integer.parseInt(text.substring(at, at + 4), 16));
                    at += 4;
                }
                case 'n' -> string.append('\n');
                case 't' -> string.append('\t');
                default -> string.append(escape);
            }
        }
        at++;
        return string.toString();
    }

    private Object readNumber() {
        int start = at;
        while ("+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        String number = text.substring(start, at);
        if (number.contains(".") || number.contains("e")) {
            return Double.valueOf(number);
        }
        return Long.valueOf(number);
    }
}

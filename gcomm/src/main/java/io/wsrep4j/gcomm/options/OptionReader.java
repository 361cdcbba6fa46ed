package io.wsrep4j.gcomm.options;

import io.wsrep4j.api.text.AsciiNumber;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads and validates the options of one layer. Every refusal is an {@link IllegalArgumentException} whose message names the key, the value
 * and what is allowed. Immutable.
 */
public final class OptionReader {

    private static final Pattern SIZE = Pattern.compile("([+-]?(?:0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\\d*))([kKmMgGtT]?)");
    private static final String SUFFIXES = "KMGT";

    private final Map<String, String> values;

    /** @param values texts by option name; absent or null means "not set" */
    public OptionReader(Map<String, String> values) {
        this.values = Objects.requireNonNull(values);
    }

    /** The text of an option, or null when it is not set. */
    public String text(String name) {
        return values.get(name);
    }

    /** The text of an option, or the fallback when it is not set. */
    public String text(String name, String fallback) {
        String text = values.get(name);
        return text == null ? fallback : text;
    }

    /** True if the option is set, be it to an empty text. */
    public boolean isSet(String name) {
        return values.get(name) != null;
    }

    /**
     * A duration in nanoseconds.
     *
     * @param fallback when the option is not set; not checked against the bounds
     * @param min smallest allowed, nanoseconds
     * @param max largest allowed, nanoseconds
     */
    public long duration(String name, long fallback, long min, long max) {
        String text = values.get(name);
        if (text == null) {
            return fallback;
        }
        long nanos = Durations.parse(text);
        if (nanos < 0) {
            throw refused(name, text, "a duration such as PT0.5S, P1D or a number of seconds");
        }
        if (nanos < min || nanos > max) {
            String upper = max == Long.MAX_VALUE ? "" : " and at most " + Durations.format(max);
            throw refused(name, text, "at least " + Durations.format(min) + upper);
        }
        return nanos;
    }

    /** A decimal whole number, without suffix. */
    public int integer(String name, int fallback, int min, int max) {
        String text = values.get(name);
        if (text == null) {
            return fallback;
        }
        int value;
        try {
            value = AsciiNumber.parseInt(text);
        } catch (NumberFormatException e) {
            throw refused(name, text, "a whole number from " + min + " to " + max);
        }
        if (value < min || value > max) {
            throw refused(name, text, "a whole number from " + min + " to " + max);
        }
        return value;
    }

    /** A whole number as C writes it (decimal, octal with 0, hexadecimal with 0x), perhaps with one suffix K, M, G or T of powers of 1024. */
    public long size(String name, long fallback, long min, long max) {
        String text = values.get(name);
        if (text == null) {
            return fallback;
        }
        String allowed = "a whole number from " + min + " to " + max + ", perhaps with a suffix K, M, G or T";
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            throw refused(name, text, allowed);
        }
        int power = matcher.group(2).isEmpty()
                ? 0
                : 1 + SUFFIXES.indexOf(Character.toUpperCase(matcher.group(2).charAt(0)));
        try {
            long value = Math.multiplyExact(Long.decode(matcher.group(1)), 1L << 10 * power);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (ArithmeticException | NumberFormatException e) {
            throw refused(name, text, allowed);
        }
        throw refused(name, text, allowed);
    }

    /** An unsigned 64-bit number; as the reference does, -1 wraps to the largest one. */
    public long unsigned(String name, long fallback) {
        String text = values.get(name);
        if (text == null) {
            return fallback;
        }
        try {
            return text.startsWith("-") ? AsciiNumber.parseLong(text) : Long.parseUnsignedLong(AsciiNumber.of(text));
        } catch (NumberFormatException e) {
            throw refused(name, text, "a whole number from 0 to 18446744073709551615");
        }
    }

    /** A hexadecimal mask of 32 bits, with or without 0x; as in the reference, one with a sign is a signed number. */
    public int mask(String name, int fallback) {
        String text = values.get(name);
        if (text == null) {
            return fallback;
        }
        boolean signed = text.startsWith("-") || text.startsWith("+");
        String bare = signed ? text.substring(1) : text;
        String digits = AsciiNumber.of(bare.startsWith("0x") || bare.startsWith("0X") ? bare.substring(2) : bare);
        try {
            if (signed && !digits.startsWith("-") && !digits.startsWith("+")) {
                return Integer.parseInt(text.charAt(0) + digits, 16);
            }
            return Integer.parseUnsignedInt(digits, 16);
        } catch (NumberFormatException e) {
            throw refused(name, text, "hexadecimal digits, with or without 0x");
        }
    }

    /** A boolean: 1/0, y/n, yes/no, on/off, true/false and the reference's synonyms, in any case. */
    public boolean bool(String name, boolean fallback) {
        String text = values.get(name);
        if (text == null) {
            return fallback;
        }
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "1", "y", "yes", "on", "true", "yep", "yeah", "sure" -> true;
            case "0", "n", "no", "off", "false", "none", "nope" -> false;
            default -> throw refused(name, text, "1, 0, y, n, yes, no, on, off, true or false");
        };
    }

    /** The refusal of a value. */
    public static IllegalArgumentException refused(String name, String value, String allowed) {
        return new IllegalArgumentException(
                "option " + name + ": value '" + value + "' is refused; allowed: " + allowed);
    }
}

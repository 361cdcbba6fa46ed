package io.wsrep4j.options;

import io.wsrep4j.api.text.AsciiNumber;
import java.util.Locale;

/**
 * A C integer (decimal, 0x hexadecimal or leading-0 octal) with at most one of the suffixes K, M, G, T, powers of 1024. Shown divided by
 * the largest suffix that leaves no rest.
 */
public final class SizeFormat implements ValueFormat<Long> {

    private static final String SUFFIXES = "KMGT";

    private final long minimum;
    private final long maximum;
    private final boolean zeroToo;

    public SizeFormat(long minimum, long maximum) {
        this(minimum, maximum, false);
    }

    private SizeFormat(long minimum, long maximum, boolean zeroToo) {
        this.minimum = minimum;
        this.maximum = maximum;
        this.zeroToo = zeroToo;
    }

    /** Zero for "none", or within limits. */
    public static SizeFormat zeroOr(long minimum, long maximum) {
        return new SizeFormat(minimum, maximum, true);
    }

    @Override
    public Long parse(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("empty");
        }
        int suffix = SUFFIXES.indexOf(Character.toUpperCase(text.charAt(text.length() - 1)));
        AsciiNumber.of(text);
        long number = parseCInteger(suffix < 0 ? text : text.substring(0, text.length() - 1));
        long factor = suffix < 0 ? 1L : 1L << 10 * (suffix + 1);
        long value;
        try {
            value = Math.multiplyExact(number, factor);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(text, e);
        }
        if ((value < minimum || value > maximum) && !(zeroToo && value == 0)) {
            throw new IllegalArgumentException(text);
        }
        return value;
    }

    private static long parseCInteger(String text) {
        boolean negative = text.startsWith("-");
        String digits = negative || text.startsWith("+") ? text.substring(1) : text;
        int radix = 10;
        if (digits.toLowerCase(Locale.ROOT).startsWith("0x")) {
            radix = 16;
            digits = digits.substring(2);
        } else if (digits.length() > 1 && digits.charAt(0) == '0') {
            radix = 8;
            digits = digits.substring(1);
        }
        if (digits.isEmpty() || Character.digit(digits.charAt(0), radix) < 0) {
            throw new IllegalArgumentException(text);
        }
        return Long.parseLong(negative ? "-" + digits : digits, radix);
    }

    @Override
    public OptionType type() {
        return OptionType.INTEGER;
    }

    @Override
    public String allowed() {
        String limits = (zeroToo ? "0 or " : "")
                + (maximum == Long.MAX_VALUE ? minimum + " or more" : minimum + " to " + maximum);
        return "an integer, perhaps with one of the suffixes K, M, G, T"
                + (minimum == Long.MIN_VALUE ? "" : ", " + limits);
    }

    @Override
    public String canonical(String text) {
        long value = parse(text);
        for (int suffix = SUFFIXES.length() - 1; suffix >= 0 && value != 0; suffix--) {
            long unit = 1L << 10 * (suffix + 1);
            if (value % unit == 0) {
                return value / unit + SUFFIXES.substring(suffix, suffix + 1);
            }
        }
        return Long.toString(value);
    }
}

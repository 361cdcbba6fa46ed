package io.wsrep4j.options;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A length of time: ISO 8601 ({@code PT2.5S}) or a plain number of seconds, held in nanoseconds. A year has 12 months, a month 30 days.
 * Shown in ISO 8601 without the parts that are zero; zero itself is a bare {@code P}.
 */
public final class DurationFormat implements ValueFormat<Long> {

    public static final long SECOND = 1_000_000_000L;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;
    private static final long MONTH = 30 * DAY;
    private static final long YEAR = 12 * MONTH;

    private static final Pattern ISO_8601 = Pattern.compile(
            "P(?:(\\d+)Y)?(?:(\\d+)M)?(?:(\\d+)D)?T?(?:(\\d+)H)?(?:(\\d+)M)?(?:(\\d+(?:\\.\\d{0,9})?)S)?");
    /** A bare point is zero, as in the reference. */
    private static final Pattern SECONDS = Pattern.compile("\\d*(?:\\.\\d{0,9})?");

    private static final long[] UNITS = {YEAR, MONTH, DAY, HOUR, MINUTE};
    private static final MathContext SHOWN_DIGITS = new MathContext(6);

    private final long minimum;

    /** @param minimum in nanoseconds */
    public DurationFormat(long minimum) {
        this.minimum = minimum;
    }

    @Override
    public Long parse(String text) {
        boolean isSeconds = !text.isEmpty() && SECONDS.matcher(text).matches();
        long nanos = isSeconds ? secondsToNanos(text) : isoToNanos(text);
        if (nanos < minimum) {
            throw new IllegalArgumentException(text);
        }
        return nanos;
    }

    private static long isoToNanos(String text) {
        Matcher parts = ISO_8601.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(text);
        }
        try {
            long nanos = 0;
            for (int i = 0; i < UNITS.length; i++) {
                String count = parts.group(i + 1);
                if (count != null) {
                    nanos = Math.addExact(nanos, Math.multiplyExact(Long.parseLong(count), UNITS[i]));
                }
            }
            String seconds = parts.group(UNITS.length + 1);
            return seconds == null ? nanos : Math.addExact(nanos, secondsToNanos(seconds));
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private static long secondsToNanos(String seconds) {
        try {
            return new BigDecimal("0" + seconds).movePointRight(9).longValueExact();
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(seconds, e);
        }
    }

    @Override
    public OptionType type() {
        return OptionType.DURATION;
    }

    @Override
    public String allowed() {
        return "a duration such as PT2.5S, PT1M or a number of seconds"
                + (minimum > 0 ? ", at least " + show(minimum) : "");
    }

    @Override
    public String canonical(String text) {
        return show(parse(text));
    }

    /** The canonical text of a number of nanoseconds. */
    public static String show(long nanos) {
        StringBuilder text = new StringBuilder("P");
        long rest = nanos;
        String names = "YMDHM";
        for (int i = 0; i < UNITS.length; i++) {
            if (UNITS[i] == HOUR && rest > 0) {
                text.append('T');
            }
            long count = rest / UNITS[i];
            rest %= UNITS[i];
            if (count > 0) {
                text.append(count).append(names.charAt(i));
            }
        }
        if (rest > 0) {
            BigDecimal seconds = BigDecimal.valueOf(rest, 9).round(SHOWN_DIGITS).stripTrailingZeros();
            text.append(seconds.toPlainString()).append('S');
        }
        return text.toString();
    }
}

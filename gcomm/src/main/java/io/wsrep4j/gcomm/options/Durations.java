package io.wsrep4j.gcomm.options;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The text form of durations in options (docs/spec/options-status.md 3): a year has 360 days, a month 30. Values are nanoseconds, never negative. */
public final class Durations {

    private static final Pattern ISO = Pattern.compile("P(?:(\\d{1,6})Y)?(?:(\\d{1,6})M)?(?:(\\d{1,9})D)?"
            + "(?:T?(?:(\\d{1,9})H)?(?:(\\d{1,9})M)?(?:(\\d{1,10}(?:\\.\\d{1,9})?|\\.\\d{1,9})S)?)?");
    private static final Pattern SECONDS = Pattern.compile("\\d{1,10}(?:\\.\\d{0,9})?|\\.\\d{1,9}");
    private static final long SECOND = 1_000_000_000L;
    private static final long[] UNIT_SECONDS = {360L * 86_400, 30L * 86_400, 86_400, 3_600, 60};
    /** Such times are added to each other and to the clock. */
    private static final BigDecimal LARGEST = BigDecimal.valueOf(Long.MAX_VALUE / 4);

    private static final BigDecimal LARGEST_IN_TEXT = BigDecimal.valueOf(Long.MAX_VALUE);
    private static final int SIGNIFICANT_DIGITS = 6;

    private Durations() {}

    /**
     * Reads {@code PT0.5S}, {@code P1D}, {@code PT1M30S}, or a plain number of seconds.
     *
     * @return nanoseconds, 73 years of them at most, or -1 if the text is not a duration or is longer than 2^63 nanoseconds
     */
    public static long parse(String text) {
        if (SECONDS.matcher(text).matches()) {
            return nanos(new BigDecimal(text));
        }
        Matcher iso = ISO.matcher(text);
        if (!iso.matches()) {
            return -1;
        }
        BigDecimal seconds = BigDecimal.ZERO;
        for (int i = 0; i < UNIT_SECONDS.length; i++) {
            String count = iso.group(i + 1);
            if (count != null) {
                seconds = seconds.add(BigDecimal.valueOf(Long.parseLong(count) * UNIT_SECONDS[i]));
            }
        }
        String rest = iso.group(UNIT_SECONDS.length + 1);
        if (rest != null) {
            seconds = seconds.add(new BigDecimal(rest));
        }
        return nanos(seconds);
    }

    private static long nanos(BigDecimal seconds) {
        BigDecimal nanos = seconds.movePointRight(9);
        return nanos.compareTo(LARGEST_IN_TEXT) > 0 ? -1 : nanos.min(LARGEST).longValue();
    }

    /** The canonical form: zero parts left out, seconds with 6 significant digits, zero is a bare {@code P}. */
    public static String format(long nanos) {
        StringBuilder text = new StringBuilder("P");
        long left = nanos;
        char[] letters = {'Y', 'M', 'D', 'H', 'M'};
        boolean time = false;
        for (int i = 0; i < letters.length; i++) {
            long unit = UNIT_SECONDS[i] * SECOND;
            long count = left / unit;
            left %= unit;
            if (count > 0) {
                if (i >= 3 && !time) {
                    text.append('T');
                    time = true;
                }
                text.append(count).append(letters[i]);
            }
        }
        if (left > 0) {
            if (!time) {
                text.append('T');
            }
            BigDecimal seconds = BigDecimal.valueOf(left, 9)
                    .round(new MathContext(SIGNIFICANT_DIGITS, RoundingMode.HALF_UP))
                    .stripTrailingZeros();
            text.append(seconds.toPlainString()).append('S');
        }
        return text.toString();
    }
}

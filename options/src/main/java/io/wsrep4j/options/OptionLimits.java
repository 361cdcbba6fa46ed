package io.wsrep4j.options;

/**
 * Between what, among other options' values, a change at run time must keep.
 *
 * @param least null for none
 * @param most null for none
 */
public record OptionLimits(OptionBound least, OptionBound most) {

    /** No limit. */
    static final OptionLimits NONE = new OptionLimits(null, null);

    /**
     * Compares a value that is about to replace the present one.
     *
     * @throws OptionException if it is out of bounds
     */
    void check(OptionValues present, String name, String text, Object value) {
        boolean fits = (least == null || (Long) value >= least.value(present))
                && (most == null || (Long) value <= most.value(present));
        if (!fits) {
            throw OptionException.refused(
                    name,
                    text,
                    "expected "
                            + words(
                                    least == null ? null : least.words(present),
                                    most == null ? null : most.words(present)));
        }
    }

    /** In words, with no values; empty for no limit. */
    String words() {
        return words(least == null ? null : least.words(), most == null ? null : most.words());
    }

    private static String words(String lower, String upper) {
        if (lower == null) {
            return upper == null ? "" : "at most " + upper;
        }
        return upper == null ? "at least " + lower : "from " + lower + " to " + upper;
    }
}

package io.wsrep4j.options;

/**
 * A bound that a change at run time must keep to: a multiple of another option's present value.
 *
 * @param times 1 or 2
 * @param other name of the other option
 */
public record OptionBound(int times, String other) {

    public OptionBound {
        if (times < 1 || times > 2) {
            throw new IllegalArgumentException("times: " + times + "; allowed: 1 and 2");
        }
    }

    long value(OptionValues present) {
        return times * present.integer(other);
    }

    /** In words, with no values. */
    String words() {
        return times == 1 ? other : "twice " + other;
    }

    /** In words, with the value that the bound has now. */
    String words(OptionValues present) {
        String value = present.find(other).type() == OptionType.DURATION
                ? DurationFormat.show(value(present))
                : Long.toString(value(present));
        return words() + " (" + value + ")";
    }
}

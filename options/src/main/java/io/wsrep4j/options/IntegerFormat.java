package io.wsrep4j.options;

import io.wsrep4j.api.text.AsciiNumber;

/** A decimal integer without suffix, within limits. */
public final class IntegerFormat implements ValueFormat<Long> {

    private final long minimum;
    private final long maximum;

    public IntegerFormat(long minimum, long maximum) {
        this.minimum = minimum;
        this.maximum = maximum;
    }

    @Override
    public Long parse(String text) {
        long value = Long.parseLong(AsciiNumber.of(text));
        if (value < minimum || value > maximum) {
            throw new IllegalArgumentException(text);
        }
        return value;
    }

    @Override
    public OptionType type() {
        return OptionType.INTEGER;
    }

    @Override
    public String allowed() {
        return minimum == maximum ? "only " + minimum : "a decimal integer, " + minimum + " to " + maximum;
    }

    @Override
    public String canonical(String text) {
        return Long.toString(parse(text));
    }
}

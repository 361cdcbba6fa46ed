package io.wsrep4j.options;

import io.wsrep4j.api.text.AsciiNumber;

/** A decimal count of 64 unsigned bits; a negative number counts down from 2^64, as in the reference. */
public final class UnsignedFormat implements ValueFormat<Long> {

    @Override
    public Long parse(String text) {
        boolean negative = text.startsWith("-");
        long magnitude = Long.parseUnsignedLong(AsciiNumber.of(negative ? text.substring(1) : text));
        return negative ? -magnitude : magnitude;
    }

    @Override
    public OptionType type() {
        return OptionType.INTEGER;
    }

    @Override
    public String allowed() {
        return "a decimal integer, 0 or more";
    }

    @Override
    public String canonical(String text) {
        return Long.toUnsignedString(parse(text));
    }
}

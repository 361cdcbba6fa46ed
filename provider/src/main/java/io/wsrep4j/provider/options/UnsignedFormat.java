package io.wsrep4j.provider.options;

import io.wsrep4j.api.text.AsciiNumber;

/** A decimal count of 64 unsigned bits; a negative number counts down from 2^64, as in the reference. */
final class UnsignedFormat implements ValueFormat<Long> {

    @Override
    public Long parse(String text) {
        boolean negative = text.startsWith("-");
        long magnitude = Long.parseUnsignedLong(AsciiNumber.of(negative ? text.substring(1) : text));
        return negative ? -magnitude : magnitude;
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

package io.wsrep4j.provider.options;

/** A decimal count of 64 unsigned bits; -1 stands for the largest, as in the reference. */
final class UnsignedFormat implements ValueFormat<Long> {

    @Override
    public Long parse(String text) {
        return text.equals("-1") ? -1L : Long.parseUnsignedLong(text);
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

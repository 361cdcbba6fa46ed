package io.wsrep4j.provider.options;

import java.util.Locale;

/** A bit mask in hexadecimal, with or without 0x. */
final class HexMaskFormat implements ValueFormat<Long> {

    @Override
    public Long parse(String text) {
        String digits = text.toLowerCase(Locale.ROOT).startsWith("0x") ? text.substring(2) : text;
        if (digits.startsWith("+") || digits.startsWith("-")) {
            throw new IllegalArgumentException(text);
        }
        return (long) Integer.parseUnsignedInt(digits, 16);
    }

    @Override
    public String allowed() {
        return "a bit mask in hexadecimal, 0 to 0xffffffff";
    }

    @Override
    public String canonical(String text) {
        long mask = parse(text);
        return mask == 0 ? "0" : "0x" + Long.toHexString(mask & 0xFFFFFFFFL);
    }
}

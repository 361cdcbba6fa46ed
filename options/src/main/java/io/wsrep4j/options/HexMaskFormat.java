package io.wsrep4j.options;

import io.wsrep4j.api.text.AsciiNumber;
import java.util.Locale;

/** A bit mask in hexadecimal, with or without 0x and a sign; as Galera reads it, a signed number of 32 bits. */
public final class HexMaskFormat implements ValueFormat<Long> {

    @Override
    public Long parse(String text) {
        boolean signed = text.startsWith("+") || text.startsWith("-");
        String bare = signed ? text.substring(1) : text;
        String digits = bare.toLowerCase(Locale.ROOT).startsWith("0x") ? bare.substring(2) : bare;
        if (digits.startsWith("+") || digits.startsWith("-")) {
            throw new IllegalArgumentException(text);
        }
        AsciiNumber.of(digits);
        return (long) Integer.parseInt(signed ? text.charAt(0) + digits : digits, 16);
    }

    @Override
    public OptionType type() {
        return OptionType.TEXT;
    }

    @Override
    public String allowed() {
        return "a bit mask in hexadecimal, 0 to 0x7fffffff";
    }

    @Override
    public String canonical(String text) {
        long mask = parse(text);
        return mask == 0 ? "0" : "0x" + Long.toHexString(mask & 0xFFFFFFFFL);
    }
}

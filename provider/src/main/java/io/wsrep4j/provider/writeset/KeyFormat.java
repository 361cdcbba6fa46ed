package io.wsrep4j.provider.writeset;

import java.util.Locale;

/** How key parts are stored, {@code repl.key_format} (docs/spec/writeset-certification.md 6.3). The ordinal is the value in the bytes. */
public enum KeyFormat {
    /** No key set; no record has it. */
    EMPTY(0, false),
    /** 8 bytes of the digest; the default. */
    FLAT8(8, false),
    /** 8 bytes of the digest and the parts in clear, for people. */
    FLAT8A(8, true),
    /** 16 bytes of the digest. */
    FLAT16(16, false),
    /** 16 bytes of the digest and the parts in clear, for people. */
    FLAT16A(16, true);

    private static final KeyFormat[] BY_VALUE = values();

    private final int hashBytes;
    private final boolean annotated;

    KeyFormat(int hashBytes, boolean annotated) {
        this.hashBytes = hashBytes;
        this.annotated = annotated;
    }

    /**
     * Reads the value of {@code repl.key_format}, in any case.
     *
     * @throws IllegalArgumentException for anything else; the message quotes it and lists what is allowed
     */
    public static KeyFormat parse(String option) {
        for (KeyFormat format : BY_VALUE) {
            if (format != EMPTY && format.name().equals(option.toUpperCase(Locale.ROOT))) {
                return format;
            }
        }
        throw new IllegalArgumentException(
                "repl.key_format: '" + option + "' is not a key format; allowed: FLAT8, FLAT8A, FLAT16, FLAT16A");
    }

    /** The format of this value, or null if there is none. */
    static KeyFormat ofValue(int value) {
        return value < BY_VALUE.length ? BY_VALUE[value] : null;
    }

    /** Bytes of the digest that a record keeps. */
    int hashBytes() {
        return hashBytes;
    }

    /** True if records carry the parts in clear. */
    boolean annotated() {
        return annotated;
    }

    /** True if records carry all 16 bytes of the digest. */
    boolean wide() {
        return hashBytes == 16;
    }
}

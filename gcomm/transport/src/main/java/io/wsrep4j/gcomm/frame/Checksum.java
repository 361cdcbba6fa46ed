package io.wsrep4j.gcomm.frame;

/** Kinds of frame checksum: the values of socket.checksum (docs/spec/gcomm-transport-pc.md 3.2). */
public enum Checksum {
    /** No flag, checksum word 0; nothing is verified on receipt. */
    NONE(0),
    /** Flag bit 24. */
    CRC32(1 << 24),
    /** Flag bit 25; the default. */
    CRC32C(1 << 25);

    private final int flag;

    Checksum(int flag) {
        this.flag = flag;
    }

    /** The bit in the header's first word. */
    int flag() {
        return flag;
    }

    /** The kind for a value of socket.checksum; every number but 0, 1 and 2 means {@link #CRC32}. */
    public static Checksum ofOption(long value) {
        if (value == 0) {
            return NONE;
        }
        return value == 2 ? CRC32C : CRC32;
    }
}

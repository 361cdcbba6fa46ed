package io.wsrep4j.api;

/** Bits of a write set's flags as the API knows them (docs/spec/wsrep-api-v26.md 3.2). Flag sets are plain {@code int}s. */
public final class TransactionFlags {

    /** Last write set of the transaction: commit it and all earlier fragments. */
    public static final int TRX_END = 0x001;
    /** Roll back all earlier fragments; to an applier also: this event failed certification. */
    public static final int ROLLBACK = 0x002;
    /** Total order isolation. */
    public static final int ISOLATION = 0x004;
    /** Must not be applied in parallel with anything before or after it. */
    public static final int PA_UNSAFE = 0x008;
    /** Commutes with every other event; no host uses it today. */
    public static final int COMMUTATIVE = 0x010;
    /** Data in the host's own format; no host uses it today. */
    public static final int NATIVE = 0x020;
    /** First write set of the transaction. */
    public static final int TRX_START = 0x040;
    /** XA prepare fragment. */
    public static final int TRX_PREPARE = 0x080;
    /** Reserved. */
    public static final int SNAPSHOT = 0x100;
    /** Depends on everything seen at replication time. */
    public static final int IMPLICIT_DEPS = 0x200;
    /** All bits that the interface defines. */
    public static final int MASK = 0x3FF;

    private TransactionFlags() {}

    /** The names of the bits set, joined by '|', for logs; "0" if none. */
    public static String describe(int flags) {
        String[] names = {
            "TRX_END",
            "ROLLBACK",
            "ISOLATION",
            "PA_UNSAFE",
            "COMMUTATIVE",
            "NATIVE",
            "TRX_START",
            "TRX_PREPARE",
            "SNAPSHOT",
            "IMPLICIT_DEPS"
        };
        StringBuilder text = new StringBuilder();
        for (int bit = 0; bit < names.length; bit++) {
            if ((flags & 1 << bit) != 0) {
                text.append(text.isEmpty() ? "" : "|").append(names[bit]);
            }
        }
        int unknown = flags & ~MASK;
        if (unknown != 0) {
            text.append(text.isEmpty() ? "" : "|").append("0x").append(Integer.toHexString(unknown));
        }
        return text.isEmpty() ? "0" : text.toString();
    }
}

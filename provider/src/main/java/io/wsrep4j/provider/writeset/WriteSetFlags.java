package io.wsrep4j.provider.writeset;

import io.wsrep4j.api.TransactionFlags;

/**
 * Flags in a write set's header (docs/spec/writeset-certification.md 4.3): those of {@link TransactionFlags}, equal bit for bit, and two of the
 * group's own.
 */
public final class WriteSetFlags {

    /** This copy was patched after certification. */
    public static final int CERTIFIED = 0x4000;
    /** Ordered by another system before it came to the group. */
    public static final int PREORDERED = 0x8000;
    /** What a reader keeps. */
    public static final int READ_MASK = TransactionFlags.MASK | PREORDERED;
    /** Exactly these flags make a rollback fragment, which is not a failed write set. */
    public static final int ROLLBACK_FRAGMENT = TransactionFlags.ROLLBACK | TransactionFlags.PA_UNSAFE;

    private static final int WHOLE = TransactionFlags.TRX_START | TransactionFlags.TRX_END;

    private WriteSetFlags() {}

    /** True for a write set that failed certification, or a skipped event. */
    public static boolean isFailed(int flags) {
        return (flags & TransactionFlags.ROLLBACK) != 0 && flags != ROLLBACK_FRAGMENT;
    }

    /** True for total order isolation, non-blocking operations included. */
    public static boolean isTotalOrder(int flags) {
        return (flags & TransactionFlags.ISOLATION) != 0;
    }

    /** True for the beginning of a non-blocking operation. */
    public static boolean isNonBlockingStart(int flags) {
        return isTotalOrder(flags) && (flags & WHOLE) == TransactionFlags.TRX_START;
    }

    /** True for a member's end of a non-blocking operation. */
    public static boolean isNonBlockingEnd(int flags) {
        return isTotalOrder(flags) && (flags & WHOLE) == TransactionFlags.TRX_END;
    }

    /** Names of the bits set, for logs. */
    public static String describe(int flags) {
        String text = TransactionFlags.describe(flags & ~(CERTIFIED | PREORDERED));
        text += (flags & CERTIFIED) != 0 ? "|CERTIFIED" : "";
        return text + ((flags & PREORDERED) != 0 ? "|PREORDERED" : "");
    }
}

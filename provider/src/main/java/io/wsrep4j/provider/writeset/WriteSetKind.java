package io.wsrep4j.provider.writeset;

/**
 * Kinds of write sets by what their sender puts into them: the zero-level key, last_seen and the parallel range (docs/spec/writeset-certification.md
 * 6.6 and 7.4).
 */
public enum WriteSetKind {
    /** A whole transaction, or the first fragment of a streaming one. */
    TRANSACTION(true),
    /** A later fragment of a streaming transaction, the committing one included. */
    LATER_FRAGMENT(true),
    /** Total order isolation, or the start of a non-blocking operation. */
    TOTAL_ORDER(true),
    /** A member's end of a non-blocking operation. */
    NON_BLOCKING_END(false),
    /** The rollback of a streaming transaction. */
    ROLLBACK_FRAGMENT(false),
    /** The end of a streaming transaction that this node does not hold. */
    TERMINATION(false),
    /** An event ordered by another system. */
    PREORDERED(false);

    private final boolean zeroLevelKey;

    WriteSetKind(boolean zeroLevelKey) {
        this.zeroLevelKey = zeroLevelKey;
    }

    /** Which of the kinds that are sent without waiting for their order has these flags. */
    public static WriteSetKind ofUnwaited(int flags) {
        if ((flags & WriteSetFlags.PREORDERED) != 0) {
            return PREORDERED;
        }
        return WriteSetFlags.isNonBlockingEnd(flags) ? NON_BLOCKING_END : ROLLBACK_FRAGMENT;
    }

    /** True if the sender adds the zero-level key, in the versions that have it. */
    public boolean hasZeroLevelKey() {
        return zeroLevelKey;
    }

    /**
     * What to state as last_seen.
     *
     * @param settled everything up to here has left the sender's apply monitor; never more than that
     * @param previousFragment seqno of the transaction's previous fragment, 0 if none is known
     */
    public long lastSeen(long settled, long previousFragment) {
        return switch (this) {
            case LATER_FRAGMENT -> Math.max(settled, previousFragment);
            case PREORDERED -> 0;
            default -> settled;
        };
    }

    /**
     * What to state as the parallel range, to be capped at 65535.
     *
     * @param version of the write set
     * @param lastSeen as {@link #lastSeen} said
     * @param previousFragment seqno of the transaction's previous fragment, 0 if none is known
     * @param preorderedRange the host's parallel range for a preordered event, else unused
     */
    public long range(int version, long lastSeen, long previousFragment, int preorderedRange) {
        if (this == PREORDERED) {
            return preorderedRange + 1L;
        }
        if (version < WriteSetFormat.PRESET_RANGE_VERSION) {
            return 0;
        }
        return switch (this) {
            case LATER_FRAGMENT -> lastSeen - previousFragment;
            case ROLLBACK_FRAGMENT, TERMINATION -> lastSeen;
            default -> WriteSetHeader.MAX_RANGE;
        };
    }
}

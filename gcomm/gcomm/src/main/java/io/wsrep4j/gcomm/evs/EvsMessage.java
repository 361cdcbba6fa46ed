package io.wsrep4j.gcomm.evs;

import io.wsrep4j.api.Uuid;

/** A message between EVS nodes (docs/spec/gcomm-evs.md 3): what all of them have. Immutable, but for the book-keeping of {@link UserMessage}. */
abstract sealed class EvsMessage
        permits UserMessage,
                DelegateMessage,
                GapMessage,
                JoinMessage,
                InstallMessage,
                LeaveMessage,
                DelayedListMessage {

    /** The type field. */
    enum Type {
        USER(1),
        DELEGATE(2),
        GAP(3),
        JOIN(4),
        INSTALL(5),
        LEAVE(6),
        DELAYED_LIST(7);

        private static final Type[] BY_CODE = {null, USER, DELEGATE, GAP, JOIN, INSTALL, LEAVE, DELAYED_LIST};

        final int code;

        Type(int code) {
            this.code = code;
        }

        static Type ofCode(int code) {
            return BY_CODE[code];
        }
    }

    static final int MSG_MORE = 0x01;
    static final int RETRANS = 0x02;
    static final int SOURCE = 0x04;
    static final int AGGREGATE = 0x08;
    static final int COMMIT = 0x10;

    /** The fifo_seq of fillers, which no receiver checks. */
    static final long NO_FIFO_SEQ = -1;

    private final int flags;
    private final int version;
    private final long fifoSeq;
    private final Uuid source;
    private final ViewId sourceView;

    EvsMessage(int flags, int version, long fifoSeq, Uuid source, ViewId sourceView) {
        this.flags = flags;
        this.version = version;
        this.fifoSeq = fifoSeq;
        this.source = source;
        this.sourceView = sourceView;
    }

    abstract Type type();

    /** The order field of the header. */
    EvsOrder order() {
        return EvsOrder.UNRELIABLE;
    }

    /** Membership messages are admitted from any view. */
    boolean isMembership() {
        return false;
    }

    final int flags() {
        return flags;
    }

    final boolean has(int flag) {
        return (flags & flag) != 0;
    }

    final int version() {
        return version;
    }

    final long fifoSeq() {
        return fifoSeq;
    }

    final Uuid source() {
        return source;
    }

    final ViewId sourceView() {
        return sourceView;
    }
}

package io.wsrep4j.gcomm.group;

/**
 * What became of a write set that this node sent.
 *
 * @param status see there
 * @param seqno global seqno if ORDERED, otherwise -1
 * @param localSeqno place in the local order if ORDERED, otherwise {@link GroupAction#NO_LOCAL_SEQNO}
 */
public record ReplicationResult(Status status, long seqno, long localSeqno) {

    /** What became of a send (docs/spec/gcs.md 3.4; the errno in brackets is Galera's). */
    public enum Status {
        /** It has its place in the order. */
        ORDERED,
        /** The configuration is changing or flow control has just paused the group: call again (EAGAIN). */
        TRY_AGAIN,
        /** Interrupted while waiting for its turn; nothing was sent (EINTR). */
        INTERRUPTED,
        /** Not in a primary component; nobody has ordered it (ENOTCONN). */
        NOT_PRIMARY,
        /** A change of configuration cut it in two; nobody has ordered it (ERESTART). */
        CUT_OFF,
        /** Longer than 2^31-1 bytes, or empty (EMSGSIZE). */
        BAD_LENGTH,
        /** The group is closed or its transport failed (ECONNABORTED, EBADFD). */
        CLOSED
    }

    public static ReplicationResult failed(Status status) {
        return new ReplicationResult(status, -1L, GroupAction.NO_LOCAL_SEQNO);
    }
}

package io.wsrep4j.gcomm.group;

/**
 * The group's answer to a request for a state transfer or a desync (docs/spec/gcs.md 10.2 and 10.3).
 *
 * @param status see there
 * @param donorIndex the donor's place in the view, if GRANTED; own place for a desync; otherwise -1
 * @param localSeqno the place in the local order that the request took and that the replicator must leave again; {@link
 *     GroupAction#NO_LOCAL_SEQNO} if it took none
 * @param lastChange if GRANTED, seqno of the last primary configuration before the request's place in the group's order: a donor's history ends
 *     there
 */
public record StateTransferAnswer(Status status, int donorIndex, long localSeqno, long lastChange) {

    /** The errno in brackets is Galera's. */
    public enum Status {
        /** A donor was chosen; this node is JOINER, or DONOR after a desync. */
        GRANTED,
        /** No donor is free now, but one will be (EAGAIN). Ask again. */
        TRY_AGAIN,
        /** Not in a primary component now (ENOTCONN). Ask again. */
        NOT_PRIMARY,
        /** A named donor is not a member, or not a possible donor (EHOSTUNREACH). */
        DONOR_UNREACHABLE,
        /** The node named only itself (EHOSTDOWN). */
        DONOR_IS_SELF,
        /** This node needs no transfer: it is JOINED or SYNCED already (ECANCELED). */
        NOT_NEEDED,
        /** This node may not ask in its state, or the request is malformed (ENOTRECOVERABLE). */
        REFUSED,
        /** Cut off by a change of configuration (ERESTART). Ask again. */
        CUT_OFF,
        /** The group is closed. */
        CLOSED
    }

    public static StateTransferAnswer failed(Status status) {
        return new StateTransferAnswer(status, -1, GroupAction.NO_LOCAL_SEQNO, -1);
    }
}

package io.wsrep4j.gcomm.evs;

/** What became of a message given to {@link EvsCore#send} (docs/spec/gcomm-evs.md 6.2). */
public enum EvsSendResult {
    /** It was sent or queued, and will be delivered to this node too. */
    OK,
    /** The membership is changing, or 1 MiB is queued: try again later (EAGAIN). */
    TRY_AGAIN,
    /** Not a member of anything, or leaving (ENOTCONN). */
    NOT_CONNECTED
}

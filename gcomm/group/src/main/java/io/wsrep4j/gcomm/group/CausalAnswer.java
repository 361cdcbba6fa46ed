package io.wsrep4j.gcomm.group;

import io.wsrep4j.api.Gtid;

/**
 * Answer to {@link Group#causalPosition}.
 *
 * @param status see there
 * @param position to wait for, if KNOWN; otherwise {@link Gtid#UNDEFINED}
 */
public record CausalAnswer(Status status, Gtid position) {

    /** The errno in brackets is Galera's. */
    public enum Status {
        KNOWN,
        /** The configuration is changing (EAGAIN): ask again. */
        TRY_AGAIN,
        /** Not in a primary component (EPERM). */
        NOT_PRIMARY,
        /** No answer in time. */
        TIMED_OUT,
        /** The group is closed. */
        CLOSED
    }

    public static CausalAnswer failed(Status status) {
        return new CausalAnswer(status, Gtid.UNDEFINED);
    }
}

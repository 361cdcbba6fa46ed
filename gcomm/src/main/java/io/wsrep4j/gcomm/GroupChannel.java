package io.wsrep4j.gcomm;

/**
 * A member's connection to a group (docs/spec/gcs.md 22): three facets of one object.
 *
 * <p>A channel is used once: created, joined, left. A process that returns to the group makes a new channel and has a new member id.
 */
public interface GroupChannel {

    /** Joining, leaving, options at run time. */
    GroupControl control();

    /** Sending. */
    GroupMessages messages();

    /** Figures for status variables. */
    GroupStatistics statistics();
}

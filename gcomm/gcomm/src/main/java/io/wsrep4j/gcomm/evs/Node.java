package io.wsrep4j.gcomm.evs;

import io.wsrep4j.api.Uuid;
import java.util.HashMap;
import java.util.Map;

/** What is known about a node (docs/spec/gcomm-evs.md 8). Owned by {@link NodeTable}. */
final class Node {

    /** The index of a node that is not in the current view. */
    static final int NO_INDEX = -1;

    private static final long LONG_AGO = Long.MIN_VALUE / 4;

    final Uuid uuid;

    /** Place in the current view's members. */
    int index = NO_INDEX;

    boolean suspected;
    boolean inactive;

    /** Committed to the stored INSTALL. */
    boolean committed;

    /** Has installed the view of the stored INSTALL. */
    boolean installed;

    /** Up to which slot this node was asked for messages of others, which it may send in their name. */
    final Map<Uuid, Long> askedFor = new HashMap<>();

    /** What of this node's requests for lost messages is still to be served. */
    final ResendAllowance allowance = new ResendAllowance();

    /** When its LEAVE was last passed on to those who do not know it, nanoseconds. */
    long leaveForwardedAt = LONG_AGO;

    JoinMessage join;
    LeaveMessage leave;
    DelayedListMessage delayedList;
    long delayedListAt;

    /** Last time the node made progress, nanoseconds. */
    long progressAt;

    /** Last time that nothing was missing of it, or that something that was missing came, nanoseconds. */
    long completeAt;

    /** Last time it was heard directly, nanoseconds. */
    long seenAt;

    long lastRequestAt = LONG_AGO;
    long fifoSeq = -1;

    /** A commit gap that came before its INSTALL, or null. */
    GapMessage earlyCommit;

    /** The view of an install gap that came before this node was ready for it, or null. */
    ViewId earlyInstall;

    private boolean operational = true;

    Node(Uuid uuid, long now) {
        this.uuid = uuid;
        this.progressAt = now;
        this.seenAt = now;
        this.completeAt = now;
    }

    /** Goes along to the next view, as far as this node is concerned; once false, for ever. */
    boolean operational() {
        return operational;
    }

    void leaves() {
        operational = false;
    }

    /** Gives the node up (SET_INACTIVE). The next check finds it suspected and inactive. */
    void giveUp() {
        progressAt = LONG_AGO;
        join = null;
        operational = false;
    }

    boolean isMember() {
        return index != NO_INDEX;
    }

    @Override
    public String toString() {
        return ShortUuid.of(uuid);
    }
}

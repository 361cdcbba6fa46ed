package io.wsrep4j.gcomm.gmcast;

import io.wsrep4j.api.Uuid;

/** What is known of one address (sheet gcomm-transport-pc, 7.1). */
final class AddressEntry {

    /** Retry count of a node that may be dialled as often as the maximum says. */
    private static final int FRESH = -1;

    final NodeAddress address;
    /** Who lives there; undefined if not known. */
    final Uuid node;

    private long nextReconnectNanos;
    private long lastConnectNanos = Long.MIN_VALUE;
    private int retries;
    private int maximumRetries;

    private AddressEntry(NodeAddress address, Uuid node, int retries, int maximumRetries, long nextReconnectNanos) {
        this.address = address;
        this.node = node;
        this.retries = retries;
        this.maximumRetries = maximumRetries;
        this.nextReconnectNanos = nextReconnectNanos;
    }

    static AddressEntry initial(NodeAddress address, long nowNanos) {
        return new AddressEntry(address, Uuid.UNDEFINED, 0, Integer.MAX_VALUE, nowNanos);
    }

    static AddressEntry learned(NodeAddress address, Uuid node, int maximumRetries, long dialAtNanos) {
        return new AddressEntry(address, node, FRESH, maximumRetries, dialAtNanos);
    }

    void enableReconnect(int maximumInitialReconnects) {
        if (retries != FRESH) {
            retries = FRESH;
            maximumRetries = maximumInitialReconnects;
        }
    }

    /** Not dialled, and refused when it connects, until the ban is over; forgotten then. */
    void forget(long untilNanos) {
        maximumRetries = 0;
        retries = 1;
        nextReconnectNanos = Math.max(nextReconnectNanos, untilNanos);
    }

    /** A member of the group: dialled for ever. */
    void stable() {
        retries = FRESH;
        maximumRetries = Integer.MAX_VALUE;
    }

    void dialFailed(long nextNanos) {
        if (retries < Integer.MAX_VALUE) {
            retries++;
        }
        // a ban is not shortened
        nextReconnectNanos = isForgotten() ? Math.max(nextReconnectNanos, nextNanos) : nextNanos;
    }

    void connected(long nowNanos) {
        lastConnectNanos = nowNanos;
    }

    boolean isForgotten() {
        return retries > maximumRetries;
    }

    /** True if no dial has failed since it was learned or wanted again. */
    boolean isFresh() {
        return retries == FRESH;
    }

    boolean isDue(long nowNanos) {
        return nextReconnectNanos <= nowNanos;
    }

    long nextReconnectNanos() {
        return nextReconnectNanos;
    }

    long lastConnectNanos() {
        return lastConnectNanos;
    }
}

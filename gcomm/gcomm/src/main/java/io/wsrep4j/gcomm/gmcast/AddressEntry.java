package io.wsrep4j.gcomm.gmcast;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.transport.NodeAddress;

/** What is known of one address (docs/spec/gcomm-transport-pc.md 7.1). */
final class AddressEntry {

    /** Retry count of a node that may be dialled as often as the maximum says. */
    private static final int FRESH = -1;

    private static final long RETRY_NANOS = 1_000_000_000L;

    /** After so many failures what is only hearsay is tried less often. */
    private static final int QUICK_TRIES = 10;

    private static final long SLOW_RETRY_NANOS = 5_000_000_000L;

    final NodeAddress address;
    /** Who lives there; undefined if not known. */
    final Uuid node;
    /** The peer that named it first; undefined if it was configured, or its node has connected. */
    final Uuid teller;

    /** True once it is known to be real: connected, or in a view. */
    private boolean proven;
    /** Since when no peer names it. */
    private long untoldSinceNanos = Long.MAX_VALUE;

    private int failures;

    private long nextReconnectNanos;
    private long lastConnectNanos = Long.MIN_VALUE;
    private int retries;
    private int maximumRetries;

    private AddressEntry(
            NodeAddress address, Uuid node, Uuid teller, int retries, int maximumRetries, long nextReconnectNanos) {
        this.address = address;
        this.node = node;
        this.teller = teller;
        this.retries = retries;
        this.maximumRetries = maximumRetries;
        this.nextReconnectNanos = nextReconnectNanos;
    }

    static AddressEntry initial(NodeAddress address, long nowNanos) {
        return new AddressEntry(address, Uuid.UNDEFINED, Uuid.UNDEFINED, 0, Integer.MAX_VALUE, nowNanos);
    }

    static AddressEntry learned(NodeAddress address, Uuid node, int maximumRetries, long dialAtNanos) {
        return new AddressEntry(address, node, Uuid.UNDEFINED, FRESH, maximumRetries, dialAtNanos);
    }

    static AddressEntry told(NodeAddress address, Uuid node, Uuid teller, int maximumRetries, long dialAtNanos) {
        return new AddressEntry(address, node, teller, FRESH, maximumRetries, dialAtNanos);
    }

    /** True if a peer says that somebody lives there and nothing else speaks for it. */
    boolean isHearsay() {
        return !teller.isUndefined() && !proven && !isForgotten();
    }

    /** How long no peer has named it; asked now and then. */
    long untoldFor(boolean told, long nowNanos) {
        if (told) {
            untoldSinceNanos = Long.MAX_VALUE;
            return 0;
        }
        untoldSinceNanos = Math.min(untoldSinceNanos, nowNanos);
        return nowNanos - untoldSinceNanos;
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
        proven = true;
    }

    void dialFailed(long nowNanos) {
        failures = isHearsay() ? failures + 1 : 0;
        long nextNanos = nowNanos + (failures > QUICK_TRIES ? SLOW_RETRY_NANOS : RETRY_NANOS);
        if (retries < Integer.MAX_VALUE) {
            retries++;
        }
        // a ban is not shortened
        nextReconnectNanos = isForgotten() ? Math.max(nextReconnectNanos, nextNanos) : nextNanos;
    }

    void connected(long nowNanos) {
        lastConnectNanos = nowNanos;
        proven = true;
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

package io.wsrep4j.gcomm.evs;

/**
 * How much may be sent again to one node: a request is 80 bytes, and what it asks for may be all messages of the send window. Whoever really
 * lost so much gets it all at once; asking again and again brings no more than the rate. What is left out is asked for again, and every
 * request is served from its lowest slot on, so that whoever needs something always gets on.
 */
final class ResendAllowance {

    /** More than the widest windows in use have under way, bytes. */
    static final long AT_ONCE = 32L << 20;

    /** Bytes a second. */
    static final long RATE = 8L << 20;

    /** What a message costs beside its payload: the headers of all layers. */
    private static final int HEADERS = 128;

    private static final long SECOND = 1_000_000_000L;

    private long left = AT_ONCE;
    private long countedAt;

    /** True if a message of so many bytes of payload may be sent now, which then counts. */
    boolean take(int payloadLength, long now) {
        long more = (now - countedAt) / (SECOND / RATE);
        if (more >= AT_ONCE) {
            left = AT_ONCE;
            countedAt = now;
        } else if (more > 0) {
            left = Math.min(AT_ONCE, left + more);
            countedAt += more * (SECOND / RATE);
        }
        if (left <= 0) {
            return false;
        }
        left -= payloadLength + HEADERS;
        return true;
    }
}

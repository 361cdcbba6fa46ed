package io.wsrep4j.gcomm.evs;

/**
 * What a JOIN or INSTALL says about one node (docs/spec/gcomm-evs.md 2).
 *
 * @param leaveSeq -1, or the last slot that its LEAVE names
 * @param view the view that it is in, as far as the sender knows
 * @param safeSeq the node's safe mark
 * @param lu lowest slot that the sender lacks from it
 * @param hs highest slot that the sender has from it
 */
record NodeEntry(
        boolean operational,
        boolean suspected,
        boolean evicted,
        int segment,
        long leaveSeq,
        ViewId view,
        long safeSeq,
        long lu,
        long hs) {

    static final int OPERATIONAL = 0x01;
    static final int SUSPECTED = 0x02;
    static final int EVICTED = 0x04;

    NodeEntry evicted(boolean on) {
        return new NodeEntry(operational, suspected, on, segment, leaveSeq, view, safeSeq, lu, hs);
    }

    boolean leaving() {
        return leaveSeq != -1;
    }

    int flags() {
        return (operational ? OPERATIONAL : 0) | (suspected ? SUSPECTED : 0) | (evicted ? EVICTED : 0);
    }

    /** Equality for consensus: not of the segment, not of EVICTED. */
    boolean agreesWith(NodeEntry other) {
        return other != null
                && operational == other.operational
                && suspected == other.suspected
                && leaveSeq == other.leaveSeq
                && safeSeq == other.safeSeq
                && lu == other.lu
                && hs == other.hs
                && view.equals(other.view);
    }

    @Override
    public String toString() {
        return (operational ? "o" : "") + (suspected ? "s" : "") + (evicted ? "e" : "") + " l" + leaveSeq + " " + view
                + " ss" + safeSeq + " [" + lu + "," + hs + "]";
    }
}

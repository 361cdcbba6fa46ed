package io.wsrep4j.gcomm.pc;

import io.wsrep4j.gcomm.evs.ViewId;

/**
 * What a member says about a node in STATE and INSTALL (docs/spec/gcomm-transport-pc.md 11.2).
 *
 * @param primary the node was in the primary component when last heard of
 * @param unknown nobody here knows whether the node formed a primary component without us
 * @param evicted the node is in the sender's evict list
 * @param segment 0 to 255
 * @param weight 0 to 255, or {@link #NO_WEIGHT} when the node is too old to have one
 * @param lastSeq number of the last safe user message delivered from the node in its primary view, unsigned; {@link #NEVER_PRIMARY} if none
 * @param lastPrimary id of the node's last primary view
 * @param totalOrderSeq number of the last safe user message in the total order, -1 if none
 */
record NodeState(
        boolean primary,
        boolean unknown,
        boolean evicted,
        int segment,
        int weight,
        int lastSeq,
        ViewId lastPrimary,
        long totalOrderSeq) {

    static final int NO_WEIGHT = -1;
    static final int NEVER_PRIMARY = -1;

    NodeState withWeight(int newWeight) {
        return new NodeState(primary, unknown, evicted, segment, newWeight, lastSeq, lastPrimary, totalOrderSeq);
    }

    /**
     * Names the first field in which the two differ in a way that a real node does not forgive (docs/spec/gcomm-transport-pc.md 12.8); null if in
     * none.
     */
    String differenceFrom(NodeState other) {
        if (primary != other.primary) {
            return "prim " + primary + "/" + other.primary;
        }
        if (unknown != other.unknown) {
            return "un " + unknown + "/" + other.unknown;
        }
        if (lastSeq != other.lastSeq) {
            return "last_seq " + Integer.toUnsignedString(lastSeq) + "/" + Integer.toUnsignedString(other.lastSeq);
        }
        if (!lastPrimary.equals(other.lastPrimary)) {
            return "last_prim " + lastPrimary + "/" + other.lastPrimary;
        }
        if (totalOrderSeq != other.totalOrderSeq) {
            return "to_seq " + totalOrderSeq + "/" + other.totalOrderSeq;
        }
        if (weight != NO_WEIGHT && (weight != other.weight || segment != other.segment)) {
            return "weight and segment " + weight + "," + segment + "/" + other.weight + "," + other.segment;
        }
        return null;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        append(text, primary, "PRIM");
        append(text, weight != NO_WEIGHT, "WEIGHT");
        append(text, unknown, "UN");
        append(text, evicted, "EVICTED");
        return text.append(" seg=")
                .append(segment)
                .append(" w=")
                .append(weight)
                .append(" last_seq=")
                .append(lastSeq == NEVER_PRIMARY ? "-" : Integer.toUnsignedString(lastSeq))
                .append(" last_prim=")
                .append(lastPrimary)
                .append(" to_seq=")
                .append(totalOrderSeq)
                .toString();
    }

    private static void append(StringBuilder text, boolean present, String name) {
        if (present) {
            text.append(text.isEmpty() ? "" : "|").append(name);
        }
    }
}

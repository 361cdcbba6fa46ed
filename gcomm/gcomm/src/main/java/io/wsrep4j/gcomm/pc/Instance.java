package io.wsrep4j.gcomm.pc;

import io.wsrep4j.gcomm.evs.ViewId;

/** A node as this member knows it; changed in the order of delivery, and so equal on all members that share a history. */
final class Instance {

    boolean primary;
    boolean unknown;
    int segment;
    int weight;
    int lastSeq;
    ViewId lastPrimary;
    long totalOrderSeq;

    Instance(int segment, int weight, ViewId lastPrimary) {
        this.segment = segment;
        this.weight = weight;
        this.lastPrimary = lastPrimary;
        this.lastSeq = NodeState.NEVER_PRIMARY;
        this.totalOrderSeq = -1;
    }

    Instance(NodeState state) {
        primary = state.primary();
        unknown = state.unknown();
        segment = state.segment();
        weight = state.weight();
        lastSeq = state.lastSeq();
        lastPrimary = state.lastPrimary();
        totalOrderSeq = state.totalOrderSeq();
    }

    NodeState state(boolean evicted) {
        return new NodeState(primary, unknown, evicted, segment, weight, lastSeq, lastPrimary, totalOrderSeq);
    }
}

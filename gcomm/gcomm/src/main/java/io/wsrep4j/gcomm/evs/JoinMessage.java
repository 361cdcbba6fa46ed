package io.wsrep4j.gcomm.evs;

import io.wsrep4j.api.Uuid;

/** What a node knows about every node (docs/spec/gcomm-evs.md 12.1). */
final class JoinMessage extends EvsMessage {

    private final Knowledge knowledge;

    JoinMessage(int flags, int version, long fifoSeq, Uuid source, ViewId sourceView, Knowledge knowledge) {
        super(flags, version, fifoSeq, source, sourceView);
        this.knowledge = knowledge;
    }

    @Override
    Type type() {
        return Type.JOIN;
    }

    @Override
    boolean isMembership() {
        return true;
    }

    Knowledge knowledge() {
        return knowledge;
    }

    /** The sender's entry about a node, or null. */
    NodeEntry about(Uuid uuid) {
        return knowledge.nodes().get(uuid);
    }

    @Override
    public String toString() {
        return "JOIN " + ShortUuid.of(source()) + " fs" + fifoSeq() + " " + sourceView() + " " + knowledge;
    }
}

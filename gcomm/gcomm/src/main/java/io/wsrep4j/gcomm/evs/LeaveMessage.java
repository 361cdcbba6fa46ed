package io.wsrep4j.gcomm.evs;

import io.wsrep4j.api.Uuid;

/** A node's farewell: it sends nothing above {@code seq} (docs/spec/gcomm-evs.md 12.8). */
final class LeaveMessage extends EvsMessage {

    private final long seq;
    private final long aru;

    LeaveMessage(int flags, int version, long fifoSeq, Uuid source, ViewId sourceView, long seq, long aru) {
        super(flags, version, fifoSeq, source, sourceView);
        this.seq = seq;
        this.aru = aru;
    }

    @Override
    Type type() {
        return Type.LEAVE;
    }

    @Override
    boolean isMembership() {
        return true;
    }

    long seq() {
        return seq;
    }

    long aru() {
        return aru;
    }

    LeaveMessage forwarded() {
        return new LeaveMessage(RETRANS | SOURCE, version(), fifoSeq(), source(), sourceView(), seq, aru);
    }
}

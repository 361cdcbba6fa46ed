package io.wsrep4j.gcomm.evs;

import io.wsrep4j.api.Uuid;

/** An acknowledgement, a request for missing slots, or a step of an installation (docs/spec/gcomm-evs.md 3.3). */
final class GapMessage extends EvsMessage {

    private final long seq;
    private final long aru;
    private final Uuid rangeUuid;
    private final long lu;
    private final long hs;

    GapMessage(
            int flags,
            int version,
            long fifoSeq,
            Uuid source,
            ViewId sourceView,
            long seq,
            long aru,
            Uuid rangeUuid,
            long lu,
            long hs) {
        super(flags, version, fifoSeq, source, sourceView);
        this.seq = seq;
        this.aru = aru;
        this.rangeUuid = rangeUuid;
        this.lu = lu;
        this.hs = hs;
    }

    @Override
    Type type() {
        return Type.GAP;
    }

    /** last_sent of the sender, or the fifo_seq of the INSTALL that it commits to. */
    long seq() {
        return seq;
    }

    long aru() {
        return aru;
    }

    /** Whose slots are wanted; undefined when none are. */
    Uuid rangeUuid() {
        return rangeUuid;
    }

    long lu() {
        return lu;
    }

    long hs() {
        return hs;
    }
}

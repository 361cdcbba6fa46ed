package io.wsrep4j.gcomm.evs;

import io.wsrep4j.api.Uuid;

/** Another node's message, passed on (docs/spec/gcomm-evs.md 3.2). */
final class DelegateMessage extends EvsMessage {

    private final EvsMessage inner;

    DelegateMessage(int flags, int version, long fifoSeq, Uuid source, ViewId sourceView, EvsMessage inner) {
        super(flags, version, fifoSeq, source, sourceView);
        this.inner = inner;
    }

    @Override
    Type type() {
        return Type.DELEGATE;
    }

    EvsMessage inner() {
        return inner;
    }
}

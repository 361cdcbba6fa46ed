package io.wsrep4j.gcomm.evs;

import io.wsrep4j.api.MalformedException;

/** A message that no EVS node may send (docs/spec/gcomm-evs.md 3.4). It is dropped. */
final class MalformedMessageException extends MalformedException {

    private static final long serialVersionUID = 1L;

    /** What kind of wrong. */
    enum Kind {
        /** The message ends before its content. */
        SHORT,
        /** No such message type. */
        TYPE,
        /** No such delivery order. */
        ORDER,
        /** A version that this node does not speak. */
        VERSION,
        /** A node listed twice. */
        DUP,
        /** Well formed, but it cannot be true. */
        CONTENT
    }

    private final Kind kind;

    MalformedMessageException(Kind kind, String where, String given, String allowed) {
        super(kind + ": " + where, given, allowed);
        this.kind = kind;
    }

    Kind kind() {
        return kind;
    }
}

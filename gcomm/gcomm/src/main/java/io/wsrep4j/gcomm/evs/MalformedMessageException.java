package io.wsrep4j.gcomm.evs;

/** A message that no EVS node may send (docs/spec/gcomm-evs.md 3.4). It is dropped; the message says what is wrong. */
final class MalformedMessageException extends Exception {

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

    MalformedMessageException(Kind kind, String text) {
        // no stack trace: a hostile peer could make us spend most of the time in filling them
        super(kind + ": " + text, null, false, false);
        this.kind = kind;
    }

    Kind kind() {
        return kind;
    }
}

package io.wsrep4j.gcomm.paxos.message;

/** Bytes that no member of this version says: the link is closed, and nothing else happens (docs/spec/paxos.md 24). The message names what and where. */
public final class MalformedFrameException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    MalformedFrameException(String message) {
        super(message, null, false, false);
    }
}

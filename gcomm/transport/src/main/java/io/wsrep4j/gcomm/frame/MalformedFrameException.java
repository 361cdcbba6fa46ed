package io.wsrep4j.gcomm.frame;

/** A frame's header or checksum is wrong: the stream cannot be trusted any more and the connection is closed. */
public final class MalformedFrameException extends Exception {

    private static final long serialVersionUID = 1L;

    MalformedFrameException(String message) {
        // a peer can cause as many as it likes: no stack trace
        super(message, null, false, false);
    }
}

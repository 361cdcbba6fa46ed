package io.wsrep4j.gcomm.group.message;

/** Bytes from another member that cannot be what they claim to be. The message says what was found and what is allowed. */
public final class MalformedMessage extends Exception {

    private static final long serialVersionUID = 1L;

    public MalformedMessage(String message) {
        super(message);
    }
}

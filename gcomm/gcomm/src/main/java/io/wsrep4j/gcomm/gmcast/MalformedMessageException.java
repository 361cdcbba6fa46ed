package io.wsrep4j.gcomm.gmcast;

/** A message breaks the format. The message says how; the receiver closes the connection and logs it with the peer's address. */
final class MalformedMessageException extends Exception {

    private static final long serialVersionUID = 1L;

    MalformedMessageException(String message) {
        // a peer can cause as many as it likes: no stack trace
        super(message, null, false, false);
    }
}

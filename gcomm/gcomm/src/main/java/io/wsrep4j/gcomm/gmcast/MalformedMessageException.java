package io.wsrep4j.gcomm.gmcast;

import io.wsrep4j.api.MalformedException;

/** A message that breaks the format (docs/spec/gcomm-transport-pc.md 5.1). The receiver closes the connection and logs it with the peer's address. */
final class MalformedMessageException extends MalformedException {

    private static final long serialVersionUID = 1L;

    MalformedMessageException(String where, String given, String allowed) {
        super(where, given, allowed);
    }
}

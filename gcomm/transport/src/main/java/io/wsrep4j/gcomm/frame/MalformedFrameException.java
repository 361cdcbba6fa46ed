package io.wsrep4j.gcomm.frame;

import io.wsrep4j.api.MalformedException;

/**
 * A frame whose header or checksum is wrong (docs/spec/gcomm-transport-pc.md 3.3): the stream cannot be trusted any more, and the connection is closed.
 */
public final class MalformedFrameException extends MalformedException {

    private static final long serialVersionUID = 1L;

    MalformedFrameException(String where, String given, String allowed) {
        super(where, given, allowed);
    }
}

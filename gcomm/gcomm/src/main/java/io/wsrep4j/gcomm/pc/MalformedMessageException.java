package io.wsrep4j.gcomm.pc;

import io.wsrep4j.api.MalformedException;

/** A message that no member of the group should have sent (docs/spec/gcomm-transport-pc.md 11). */
final class MalformedMessageException extends MalformedException {

    private static final long serialVersionUID = 1L;

    MalformedMessageException(String where, String given, String allowed) {
        super(where, given, allowed);
    }
}

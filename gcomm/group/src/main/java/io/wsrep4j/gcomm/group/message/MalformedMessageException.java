package io.wsrep4j.gcomm.group.message;

import io.wsrep4j.api.MalformedException;

/** A message of the group layer that no member may send (docs/spec/gcs.md 2 to 5). */
public final class MalformedMessageException extends MalformedException {

    private static final long serialVersionUID = 1L;

    public MalformedMessageException(String where, String given, String allowed) {
        super(where, given, allowed);
    }
}

package io.wsrep4j.provider.transfer;

import io.wsrep4j.api.MalformedException;

/** The body of a state request that no joiner may send (docs/spec/replicator-state-transfer.md 17). Its donor refuses it. */
final class MalformedStateRequestException extends MalformedException {

    private static final long serialVersionUID = 1L;

    MalformedStateRequestException(String where, String given, String allowed) {
        super(where, given, allowed);
    }
}

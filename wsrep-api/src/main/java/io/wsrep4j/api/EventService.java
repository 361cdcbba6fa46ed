package io.wsrep4j.api;

/**
 * Takes what operators wait for or must know, as JSON, for the host to show: how far a state transfer is, and that this node was evicted
 * (docs/spec/replicator-state-transfer.md 26.1, docs/spec/wsrep-api-v26.md 1.3). Any provider thread, perhaps with its locks held; must not block, nor call
 * back.
 */
@FunctionalInterface
public interface EventService {

    /** An event of this name. */
    void event(String name, String json);
}

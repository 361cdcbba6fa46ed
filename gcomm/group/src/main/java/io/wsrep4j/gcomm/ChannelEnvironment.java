package io.wsrep4j.gcomm;

import io.wsrep4j.api.AllowlistService;
import io.wsrep4j.api.EventService;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a backend works with.
 *
 * @param address the whole cluster address, with its scheme
 * @param options all options that are set or have a default, by name; a snapshot
 * @param dataDirectory where the backend may keep plain files such as gvwstate.dat
 * @param nodeName name of this node, for logs and threads
 * @param nodeAddress this node's address as the host gave it; may be empty
 * @param allowlist who may connect, or null for everybody
 * @param events takes what the host is to know at once (docs/spec/replicator-state-transfer.md 26.1), or null for nobody
 */
public record ChannelEnvironment(
        String address,
        Map<String, String> options,
        Path dataDirectory,
        String nodeName,
        String nodeAddress,
        AllowlistService allowlist,
        EventService events) {

    /** For a host that takes no events. */
    public ChannelEnvironment(
            String address,
            Map<String, String> options,
            Path dataDirectory,
            String nodeName,
            String nodeAddress,
            AllowlistService allowlist) {
        this(address, options, dataDirectory, nodeName, nodeAddress, allowlist, null);
    }

    private static final String EVENT = "event";

    private static final String EVICTED = "{\"status\": \"evicted\", \"message\": "
            + "\"This node was evicted from the cluster; restart it to join again\"}";

    public ChannelEnvironment {
        options = Map.copyOf(options);
    }

    /** Tells the host that the group has evicted this node (docs/spec/replicator-state-transfer.md 26.1). */
    public void evicted() {
        if (events != null) {
            events.event(EVENT, EVICTED);
        }
    }
}

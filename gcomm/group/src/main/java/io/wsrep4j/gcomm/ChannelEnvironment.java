package io.wsrep4j.gcomm;

import io.wsrep4j.api.AllowlistService;
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
 */
public record ChannelEnvironment(
        String address,
        Map<String, String> options,
        Path dataDirectory,
        String nodeName,
        String nodeAddress,
        AllowlistService allowlist) {

    public ChannelEnvironment {
        options = Map.copyOf(options);
    }
}

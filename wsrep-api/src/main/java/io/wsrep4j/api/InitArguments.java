package io.wsrep4j.api;

import java.nio.file.Path;
import java.util.Objects;

/**
 * What a host tells a provider at {@link Provider#init} (docs/spec/wsrep-api-v26.md 3.3). Immutable.
 *
 * @param nodeName human-readable name of this node
 * @param nodeAddress address of this node, perhaps with {@code :port}; may be empty
 * @param incomingAddress where this node takes clients, {@code ip:port}
 * @param dataDirectory where the provider keeps its files
 * @param options option text {@code key=value;key=value}; may be empty
 * @param protocolVersion highest application protocol that the host speaks
 * @param stateId the position the host recovered; {@link Gtid#UNDEFINED} when unknown
 */
public record InitArguments(
        String nodeName,
        String nodeAddress,
        String incomingAddress,
        Path dataDirectory,
        String options,
        int protocolVersion,
        Gtid stateId) {

    public InitArguments {
        Objects.requireNonNull(nodeName, "nodeName");
        Objects.requireNonNull(nodeAddress, "nodeAddress");
        Objects.requireNonNull(incomingAddress, "incomingAddress");
        Objects.requireNonNull(dataDirectory, "dataDirectory");
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(stateId, "stateId");
    }
}

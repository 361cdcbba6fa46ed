package io.wsrep4j.gcomm.netty;

import io.wsrep4j.gcomm.transport.NodeAddress;
import java.util.List;
import java.util.Optional;

/**
 * What a transport is told at start, validated. The protocol stack above it says where these come from.
 *
 * @param listenAddress where to listen; its port may be 0 until the socket is bound
 * @param group name of the group, which parts groups that share a multicast address
 * @param peerTimeoutNanos how long a peer may take to connect or to finish its TLS handshake, and be silent on the multicast
 * @param sockets for the drivers
 * @param multicast absent when there is none
 * @param names of the options that messages name
 * @param warnings lines for the log: deprecated options, addresses that could not be resolved
 */
public record TransportSettings(
        NodeAddress listenAddress,
        String group,
        long peerTimeoutNanos,
        SocketSettings sockets,
        Optional<MulticastSettings> multicast,
        OptionNames names,
        List<String> warnings) {

    public TransportSettings {
        warnings = List.copyOf(warnings);
    }
}

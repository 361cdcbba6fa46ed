package io.wsrep4j.gcomm.netty;

import io.wsrep4j.gcomm.gmcast.GmcastSettings;
import io.wsrep4j.gcomm.gmcast.NodeAddress;
import io.wsrep4j.gcomm.options.ClusterAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All options of the transport, read and validated in one place: gmcast.*, socket.*, protonet.* and base_port (docs/spec/gcomm-transport-pc.md 16;
 * docs/spec/options-status.md 5.6 and 8).
 *
 * @param gmcast for the protocol core; its listen address may have port 0 until the socket is bound
 * @param sockets for the drivers
 * @param multicast absent when gmcast.mcast_addr is empty
 * @param warnings lines for the log: deprecated options, addresses that could not be resolved
 */
public record TransportSettings(
        GmcastSettings gmcast, SocketSettings sockets, Optional<MulticastSettings> multicast, List<String> warnings) {

    public TransportSettings {
        warnings = List.copyOf(warnings);
    }

    /**
     * Reads the options.
     *
     * @param options provider options, with those of the cluster address's query put over them
     * @param address where the initial peers come from
     * @param group the cluster's name
     * @param bootstrap true if this node begins a new cluster, so that it needs no peer
     * @throws IllegalArgumentException if a value is refused; the message names the key, the value and what is allowed
     */
    public static TransportSettings read(
            Map<String, String> options, ClusterAddress address, String group, boolean bootstrap) {
        return new TransportSettingsReader(options, address, group, bootstrap).read();
    }

    /** The options as they are in effect: what the host shows after connect (docs/spec/options-status.md 4 and 8). */
    public Map<String, String> effective(NodeAddress bound) {
        return TransportSettingsReader.effective(this, bound);
    }
}

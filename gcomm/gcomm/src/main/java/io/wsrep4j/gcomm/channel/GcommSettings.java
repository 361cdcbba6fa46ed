package io.wsrep4j.gcomm.channel;

import io.wsrep4j.api.HostPort;
import io.wsrep4j.gcomm.gmcast.GmcastSettings;
import io.wsrep4j.gcomm.netty.TransportSettings;
import io.wsrep4j.gcomm.options.ClusterAddress;
import io.wsrep4j.gcomm.transport.NodeAddress;
import java.util.Map;

/**
 * All options of GMCast and the transport below it, read and validated in one place: gmcast.*, socket.*, protonet.* and base_port
 * (docs/spec/gcomm-transport-pc.md 16; docs/spec/options-status.md 5.6 and 8).
 *
 * @param gmcast for the protocol core; its listen address may have port 0 until the socket is bound
 * @param transport for the drivers
 * @param names the initial peers that were given by name, with their ports, and the addresses that these names have now; null for one that has none
 */
public record GcommSettings(GmcastSettings gmcast, TransportSettings transport, Map<HostPort, NodeAddress> names) {

    /**
     * Reads the options.
     *
     * @param options provider options, with those of the cluster address's query put over them
     * @param address where the initial peers come from
     * @param group the cluster's name
     * @param bootstrap true if this node begins a new cluster, so that it needs no peer
     * @throws IllegalArgumentException if a value is refused; the message names the key, the value and what is allowed
     */
    public static GcommSettings read(
            Map<String, String> options, ClusterAddress address, String group, boolean bootstrap) {
        return new GcommSettingsReader(options, address, group, bootstrap).read();
    }

    /** The options as they are in effect: what the host shows after connect (docs/spec/options-status.md 4 and 8). */
    Map<String, String> effective(NodeAddress bound) {
        return GcommSettingsReader.effective(this, bound);
    }
}

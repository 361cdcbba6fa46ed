package io.wsrep4j.provider.transfer;

import io.wsrep4j.api.HostPort;
import io.wsrep4j.ist.IstAddress;
import io.wsrep4j.provider.options.ProviderOptions;
import java.net.InetSocketAddress;

/**
 * Where a joiner listens for its incremental transfer, and what it tells donors (docs/spec/replicator-state-transfer.md 20.5). Immutable.
 *
 * @param bind where it listens
 * @param host what donors are told, with the port that is really bound
 * @param scheme tcp, ssl, or empty when the options name none
 */
record TransferAddresses(InetSocketAddress bind, String host, String scheme) {

    /** A host and a port; the port is -1 if the text had none. */
    private record HostAndPort(String host, int port) {}

    /**
     * Reads ist.recv_addr, ist.recv_bind, base_host and base_port.
     *
     * @param nodeAddress the host's address of this node, perhaps with a port; perhaps empty
     * @throws IllegalArgumentException if there is no address to tell; the message says what to set
     */
    static TransferAddresses of(ProviderOptions options, String nodeAddress) {
        int defaultPort = Integer.parseInt(options.text("base_port")) + 1;
        HostAndPort told = told(options, nodeAddress);
        HostAndPort bound = options.text("ist.recv_bind") == null ? told : split(options.text("ist.recv_bind"));
        int port = bound.port >= 0 ? bound.port : told.port >= 0 ? told.port : defaultPort;
        String given = options.text("ist.recv_addr") == null ? "" : options.text("ist.recv_addr");
        String scheme = given.contains("://") ? given.substring(0, given.indexOf("://")) : "";
        return new TransferAddresses(new InetSocketAddress(bound.host, port), told.host, scheme);
    }

    private static HostAndPort told(ProviderOptions options, String nodeAddress) {
        if (options.text("ist.recv_addr") != null) {
            return split(options.text("ist.recv_addr"));
        }
        if (options.text("base_host") != null) {
            return new HostAndPort(split(options.text("base_host")).host, -1);
        }
        if (!nodeAddress.isEmpty()) {
            return new HostAndPort(split(nodeAddress).host, -1);
        }
        throw new IllegalArgumentException(
                "Could not determine IST receive address: set ist.recv_addr, or the node's address");
    }

    private static HostAndPort split(String text) {
        String rest = text.contains("://") ? text.substring(text.indexOf("://") + 3) : text;
        int colon = rest.lastIndexOf(':');
        boolean bareIpv6 = rest.indexOf(':') != colon && !rest.startsWith("[");
        String host = colon < 0 || bareIpv6 || rest.endsWith("]") ? rest : rest.substring(0, colon);
        int port = host.length() == rest.length() ? -1 : HostPort.port(rest.substring(colon + 1));
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        if (host.isEmpty()) {
            throw new IllegalArgumentException("not an address to receive incremental transfers at: '" + text + "'");
        }
        return new HostAndPort(host, port);
    }

    IstAddress told(boolean tls, int port) {
        return new IstAddress(tls, host, port);
    }
}

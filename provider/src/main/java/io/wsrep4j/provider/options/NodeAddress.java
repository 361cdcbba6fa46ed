package io.wsrep4j.provider.options;

import io.wsrep4j.api.HostPort;
import io.wsrep4j.options.OptionException;
import java.util.Set;

/**
 * The host part and the port part of the node address that a host gives (docs/spec/options-status.md 8). Immutable.
 *
 * @param host host name or number, IPv6 as given; empty when the text begins with a colon
 * @param port null when none was given
 */
record NodeAddress(String host, String port) {

    private static final Set<String> ANY_ADDRESS =
            Set.of("0.0.0.0", "::", "[::]", "0:0:0:0:0:0:0:0", "[0:0:0:0:0:0:0:0]");

    /**
     * Reads {@code host}, {@code host:port}, {@code [v6]:port}, a bare IPv6 number, each perhaps after {@code scheme://}.
     *
     * @throws OptionException for the any-address, which nobody could connect to, and a port that is none
     */
    static NodeAddress parse(String text) throws OptionException {
        int scheme = text.indexOf("://");
        String rest = scheme < 0 ? text : text.substring(scheme + 3);
        int bracket = rest.lastIndexOf(']');
        int colon = rest.lastIndexOf(':');
        boolean bareIpv6 = bracket < 0 && colon != rest.indexOf(':');
        boolean withPort = colon > bracket && !bareIpv6;
        String host = withPort ? rest.substring(0, colon) : rest;
        if (ANY_ADDRESS.contains(host)) {
            throw new OptionException("node address '" + text
                    + "' refused: other nodes cannot connect to the any-address; expected this node's own host or"
                    + " address, perhaps with :port");
        }
        String port = withPort ? rest.substring(colon + 1) : null;
        if (port != null) {
            requirePort(text, port);
        }
        return new NodeAddress(host, port);
    }

    private static void requirePort(String text, String port) throws OptionException {
        try {
            HostPort.port(port);
        } catch (IllegalArgumentException e) {
            OptionException refused = new OptionException("node address '" + text + "' refused: " + e.getMessage());
            refused.initCause(e);
            throw refused;
        }
    }
}

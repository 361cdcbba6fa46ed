package io.wsrep4j.ist;

import io.wsrep4j.api.HostPort;

/**
 * Where a joiner listens (docs/spec/replicator-state-transfer.md 20.5). Immutable.
 *
 * @param tls true for {@code ssl://}
 * @param host name or address, without the brackets of an IPv6 address
 * @param port 0 to 65535
 */
public record IstAddress(boolean tls, String host, int port) {

    private static final String TCP = "tcp://";
    private static final String SSL = "ssl://";

    public IstAddress {
        if (host.isEmpty() || port < 0 || port > 65_535) {
            throw new IllegalArgumentException("not an IST address: host '" + host + "', port " + port);
        }
    }

    /**
     * Reads {@code tcp://host:port} or {@code ssl://host:port}.
     *
     * @throws IllegalArgumentException if the text is anything else; the message quotes it
     */
    public static IstAddress parse(String text) {
        if (!text.startsWith(TCP) && !text.startsWith(SSL)) {
            throw notAnAddress(text, null);
        }
        String rest = text.substring(TCP.length());
        int colon = rest.lastIndexOf(':');
        if (colon <= 0) {
            throw notAnAddress(text, null);
        }
        String host = rest.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        try {
            return new IstAddress(text.startsWith(SSL), host, HostPort.port(rest.substring(colon + 1)));
        } catch (IllegalArgumentException e) {
            throw notAnAddress(text, e);
        }
    }

    private static IllegalArgumentException notAnAddress(String text, Exception cause) {
        return new IllegalArgumentException(
                "not an IST address: '" + text + "'; expected tcp://host:port or ssl://host:port", cause);
    }

    @Override
    public String toString() {
        return (tls ? SSL : TCP) + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}

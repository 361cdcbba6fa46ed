package io.wsrep4j.api;

/**
 * {@code host}, {@code host:port}, {@code [ipv6]} or {@code [ipv6]:port}; also a bare IPv6 address, which has no port. The one place that reads hosts
 * and ports, wherever an address comes in: options, cluster addresses, what peers and joiners send. Immutable.
 *
 * @param host without brackets; may be empty
 * @param port {@link #NO_PORT} when there is none
 */
public record HostPort(String host, int port) {

    public static final int NO_PORT = -1;

    /**
     * Takes a text apart; the host is not looked at.
     *
     * @throws IllegalArgumentException if it is none of these forms, or the port is out of range; the message quotes it
     */
    public static HostPort parse(String text) {
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            if (end < 0) {
                throw new IllegalArgumentException("'" + text + "' has no closing bracket");
            }
            String rest = text.substring(end + 1);
            if (!rest.isEmpty() && !rest.startsWith(":")) {
                throw new IllegalArgumentException("'" + text + "' has '" + rest + "' after the bracket");
            }
            return new HostPort(text.substring(1, end), rest.isEmpty() ? NO_PORT : port(rest.substring(1)));
        }
        int colon = text.indexOf(':');
        if (colon < 0 || text.indexOf(':', colon + 1) >= 0) {
            return new HostPort(text, NO_PORT);
        }
        return new HostPort(text.substring(0, colon), port(text.substring(colon + 1)));
    }

    /**
     * A port: one to five digits of ASCII. Java's own parser takes a sign, and the digits of any script.
     *
     * @throws IllegalArgumentException if it is anything else, or more than 65535; the message quotes it
     */
    public static int port(String digits) {
        if (digits.isEmpty()
                || digits.length() > 5
                || !digits.chars().allMatch(c -> c >= '0' && c <= '9')
                || Integer.parseInt(digits) > 65535) {
            throw new IllegalArgumentException("port '" + digits + "' is not a number from 0 to 65535");
        }
        return Integer.parseInt(digits);
    }

    /** As the resolver wants it. */
    public String bracketed() {
        return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    }
}

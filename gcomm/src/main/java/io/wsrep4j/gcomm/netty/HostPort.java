package io.wsrep4j.gcomm.netty;

/**
 * {@code host}, {@code host:port}, {@code [ipv6]} or {@code [ipv6]:port}; also a bare IPv6 address, which has no port.
 *
 * @param host without brackets; may be empty
 * @param port -1 when there is none
 */
record HostPort(String host, int port) {

    static HostPort parse(String text) {
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            if (end < 0) {
                throw new IllegalArgumentException("'" + text + "' has no closing bracket");
            }
            String rest = text.substring(end + 1);
            if (!rest.isEmpty() && !rest.startsWith(":")) {
                throw new IllegalArgumentException("'" + text + "' has '" + rest + "' after the bracket");
            }
            return new HostPort(text.substring(1, end), rest.isEmpty() ? -1 : port(text, rest.substring(1)));
        }
        int colon = text.indexOf(':');
        if (colon < 0 || text.indexOf(':', colon + 1) >= 0) {
            return new HostPort(text, -1);
        }
        return new HostPort(text.substring(0, colon), port(text, text.substring(colon + 1)));
    }

    private static int port(String text, String digits) {
        if (digits.isEmpty()
                || digits.length() > 5
                || !digits.chars().allMatch(c -> c >= '0' && c <= '9')
                || Integer.parseInt(digits) > 65535) {
            throw new IllegalArgumentException(
                    "port '" + digits + "' of '" + text + "' is not a number from 0 to 65535");
        }
        return Integer.parseInt(digits);
    }

    /** As the resolver wants it. */
    String bracketed() {
        return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    }
}

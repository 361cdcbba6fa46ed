package io.wsrep4j.gcomm.transport;

import io.netty.util.NetUtil;
import io.wsrep4j.api.HostPort;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * An address {@code scheme://host:port}, for example {@code tcp://10.0.0.1:4567} or {@code ssl://[::1]:4567} (docs/spec/gcomm-transport-pc.md 2.3).
 * Two addresses are equal when their texts are equal.
 *
 * @param scheme {@code tcp}, {@code ssl} or {@code udp}
 * @param host as text, without brackets
 * @param port 0 to 65535
 */
public record NodeAddress(String scheme, String host, int port) {

    /** The longest text that fits into a message, in bytes. */
    public static final int MAX_TEXT_LENGTH = 64;

    public NodeAddress {
        if (!scheme.equals("tcp") && !scheme.equals("ssl") && !scheme.equals("udp")) {
            throw new IllegalArgumentException("scheme '" + scheme + "' is not tcp, ssl or udp");
        }
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port " + port + " is not between 0 and 65535");
        }
        if (host.isEmpty()) {
            throw new IllegalArgumentException("the host is empty");
        }
    }

    /**
     * Reads the text form; scheme and port are required.
     *
     * @throws IllegalArgumentException if it is anything else; the message quotes the text
     */
    public static NodeAddress parse(String text) {
        try {
            int schemeEnd = text.indexOf("://");
            if (schemeEnd <= 0) {
                throw new IllegalArgumentException("it has no scheme");
            }
            String authority = text.substring(schemeEnd + 3);
            int colon = authority.lastIndexOf(':');
            if (colon < 0 || authority.endsWith("]")) {
                throw new IllegalArgumentException("it has no port");
            }
            String host = authority.substring(0, colon);
            boolean bracketed = host.startsWith("[") && host.endsWith("]");
            if (bracketed) {
                host = host.substring(1, host.length() - 1);
            }
            requireHost(host, bracketed);
            return new NodeAddress(text.substring(0, schemeEnd), host, HostPort.port(authority.substring(colon + 1)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not an address scheme://host:port: " + e.getMessage(), e);
        }
    }

    /**
     * Reads an address that a peer sent: {@code tcp} or {@code ssl}, an IP address, and a port that can be dialled.
     *
     * @throws IllegalArgumentException if it is anything else; the message quotes the text
     */
    public static NodeAddress parseNumeric(String text) {
        NodeAddress address = parse(text);
        if (!NetUtil.isValidIpV4Address(address.host) && !NetUtil.isValidIpV6Address(address.host)) {
            throw new IllegalArgumentException("'" + text + "' has a host that is not an IP address");
        }
        if (address.port == 0 || address.scheme.equals("udp")) {
            throw new IllegalArgumentException("'" + text + "' cannot be dialled");
        }
        return address;
    }

    private static void requireHost(String host, boolean bracketed) {
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            boolean plain = c >= '0' && c <= '9'
                    || c >= 'a' && c <= 'z'
                    || c >= 'A' && c <= 'Z'
                    || c == '.'
                    || c == '-'
                    || c == '_';
            if (!plain && !(bracketed && (c == ':' || c == '%'))) {
                throw new IllegalArgumentException(
                        "host '" + host + "' has a character that no host name or address has");
            }
        }
    }

    /** The address of a resolved host. */
    public static NodeAddress of(String scheme, InetAddress host, int port) {
        return new NodeAddress(scheme, text(host), port);
    }

    /** An IP address as it appears in messages: IPv6 in its short form. */
    public static String text(InetAddress host) {
        return NetUtil.toAddressString(host);
    }

    /** The same host and scheme at another port. */
    public NodeAddress withPort(int otherPort) {
        return new NodeAddress(scheme, host, otherPort);
    }

    /** True for {@code 0.0.0.0}, {@code ::} and their other spellings. */
    public boolean isWildcard() {
        if (host.indexOf(':') < 0 && !host.chars().allMatch(c -> c == '0' || c == '.')) {
            return false;
        }
        try {
            return numericHost().isAnyLocalAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /**
     * The host as an IP address, without asking a name service if it is numeric.
     *
     * @throws UnknownHostException if it is a name that cannot be resolved
     */
    public InetAddress numericHost() throws UnknownHostException {
        return InetAddress.getByName(host.indexOf(':') >= 0 ? "[" + host + "]" : host);
    }

    @Override
    public String toString() {
        return host.indexOf(':') >= 0 ? scheme + "://[" + host + "]:" + port : scheme + "://" + host + ":" + port;
    }
}

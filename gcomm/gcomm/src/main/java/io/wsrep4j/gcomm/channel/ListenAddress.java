package io.wsrep4j.gcomm.channel;

import io.wsrep4j.api.HostPort;
import io.wsrep4j.gcomm.netty.TlsRequest;
import io.wsrep4j.options.OptionException;
import io.wsrep4j.options.OptionValues;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Where the group communication listens (docs/spec/options-status.md 8, "Listen address"). Immutable.
 *
 * @param scheme tcp or ssl
 * @param host a number, IPv6 in brackets
 * @param port the port to bind
 */
record ListenAddress(String scheme, String host, int port) {

    private static final String NAME = "gmcast.listen_addr";
    private static final String BASE_PORT = "base_port";

    /**
     * A node connects: gmcast.listen_addr is completed, and base_port becomes its port.
     *
     * @throws OptionException if one of them is refused
     */
    static void connecting(OptionValues options) {
        boolean tls = TlsRequest.isMade(options) && !options.flag("socket.dynamic");
        ListenAddress listen = complete(options.text(NAME), tls, basePort(options));
        options.put(NAME, listen.toString());
        options.put(BASE_PORT, Integer.toString(listen.port()));
    }

    private static int basePort(OptionValues options) {
        String text = options.text(BASE_PORT);
        try {
            return HostPort.port(text);
        } catch (IllegalArgumentException e) {
            if (options.isSet(NAME) && options.text(NAME).matches(".*:\\d+")) {
                return 0;
            }
            OptionException refused = OptionException.refused(BASE_PORT, text, "expected a port from 0 to 65535");
            refused.initCause(e);
            throw refused;
        }
    }

    /**
     * Completes what was configured: scheme, then port, then resolution to a number.
     *
     * @param text null for "not configured"
     * @param tls connections are encrypted from their first byte
     * @param basePort port to take when the text has none
     */
    private static ListenAddress complete(String text, boolean tls, int basePort) {
        String given = text == null ? "0.0.0.0" : text;
        int end = given.indexOf("://");
        String scheme = end < 0 ? "tcp" : given.substring(0, end);
        String rest = end < 0 ? given : given.substring(end + 3);
        if (!scheme.equals("tcp") && !scheme.equals("ssl")) {
            throw OptionException.refused(NAME, given, "expected tcp://host:port or ssl://host:port");
        }
        int bracket = rest.lastIndexOf(']');
        int colon = rest.lastIndexOf(':');
        boolean withPort = colon > bracket;
        if (end < 0 && withPort) {
            throw OptionException.refused(NAME, given, "a port needs a scheme too, as in tcp://" + given);
        }
        int port = withPort ? port(given, rest.substring(colon + 1)) : basePort;
        String host = resolve(given, withPort ? rest.substring(0, colon) : rest);
        return new ListenAddress(tls ? "ssl" : scheme, host, port);
    }

    private static int port(String given, String digits) {
        try {
            return HostPort.port(digits);
        } catch (IllegalArgumentException e) {
            OptionException refused = OptionException.refused(NAME, given, "expected a port from 0 to 65535");
            refused.initCause(e);
            throw refused;
        }
    }

    private static String resolve(String given, String host) {
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        try {
            String number = InetAddress.getByName(bare).getHostAddress();
            return number.indexOf(':') >= 0 ? "[" + (bare.indexOf(':') >= 0 ? bare : number) + "]" : number;
        } catch (UnknownHostException e) {
            OptionException refused = OptionException.refused(NAME, given, "the host name cannot be resolved");
            refused.initCause(e);
            throw refused;
        }
    }

    @Override
    public String toString() {
        return scheme + "://" + host + ":" + port;
    }
}

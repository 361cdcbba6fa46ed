package io.wsrep4j.sst;

import io.wsrep4j.api.HostPort;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * What a joiner's host asks for with this method: {@code wsrep4j_stream} NUL {@code tcp://host:port/1/secret} NUL, in the form that all hosts use
 * (docs/spec/replicator-state-transfer.md 17.5). The scheme is {@code ssl} for TLS, 1 is the version of the stream, the secret is 64 hexadecimal
 * digits. Immutable.
 *
 * @param tls true if the joiner speaks TLS
 * @param host name or address, without the brackets of an IPv6 address
 * @param port 1 to 65535
 * @param secret good for one transfer; who has it may give this joiner a snapshot
 */
public record SnapshotRequest(boolean tls, String host, int port, Secret secret) {

    /** The method's name. */
    public static final String METHOD = "wsrep4j_stream";

    private static final String TCP = "tcp://";
    private static final String SSL = "ssl://";
    private static final int HIGHEST_PORT = 65_535;

    public SnapshotRequest {
        if (host.isEmpty() || host.startsWith("[") || port < 1 || port > HIGHEST_PORT) {
            throw new IllegalArgumentException("not an address for a snapshot: host '" + host + "', port " + port);
        }
    }

    /** True if this request is for this method; of any other one the donor's host decides. */
    public static boolean isOurs(ByteBuffer request) {
        ByteBuffer method = ascii(METHOD + "\0");
        return request.remaining() >= method.remaining()
                && request.slice(request.position(), method.remaining()).equals(method);
    }

    /**
     * Reads a request; the buffer's position does not move.
     *
     * @throws IllegalArgumentException if it is anything else; the message never has the secret
     */
    public static SnapshotRequest parse(ByteBuffer request) {
        String text = StandardCharsets.ISO_8859_1.decode(request.duplicate()).toString();
        String[] parts = text.split("\0", -1);
        if (!parts[0].equals(METHOD)) {
            throw new IllegalArgumentException("a snapshot by method '" + printable(parts[0])
                    + "' was asked for; this host has only '" + METHOD + "'");
        }
        if (parts.length != 3 || !parts[2].isEmpty()) {
            throw new IllegalArgumentException("request for a snapshot by '" + METHOD + "' with " + (parts.length - 1)
                    + " NULs; expected method, NUL, address, NUL");
        }
        return ofAddress(parts[1]);
    }

    private static SnapshotRequest ofAddress(String text) {
        if (!text.startsWith(TCP) && !text.startsWith(SSL)) {
            throw notAnAddress("it begins otherwise");
        }
        String[] parts = text.substring(TCP.length()).split("/", -1);
        if (parts.length != 3) {
            throw notAnAddress("it has no version and secret");
        }
        if (!parts[1].equals(Integer.toString(SnapshotWire.VERSION))) {
            throw new IllegalArgumentException("the joiner wants version '" + printable(parts[1]) + "' of " + METHOD
                    + "; this host speaks only " + SnapshotWire.VERSION);
        }
        int colon = parts[0].lastIndexOf(':');
        String host = colon <= 0 ? "" : parts[0].substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        int port;
        try {
            port = HostPort.port(parts[0].substring(colon + 1));
        } catch (IllegalArgumentException e) {
            throw notAnAddress("its port is no number from 0 to 65535");
        }
        return new SnapshotRequest(
                text.startsWith(SSL),
                bracketed ? host.substring(1, host.length() - 1) : host,
                port,
                Secret.parse(parts[2]));
    }

    private static IllegalArgumentException notAnAddress(String why) {
        return new IllegalArgumentException("the joiner's address is not tcp://host:port/" + SnapshotWire.VERSION
                + "/secret, nor the same with ssl: " + why);
    }

    private static String printable(String text) {
        String shown = text.length() > 40 ? text.substring(0, 40) + "..." : text;
        return shown.replaceAll("[^\\x20-\\x7e]", "?");
    }

    /** What {@link io.wsrep4j.api.Host#sstRequest} returns. */
    public ByteBuffer toBytes() {
        return ascii(METHOD + "\0" + address() + "/" + SnapshotWire.VERSION + "/"
                + HexFormat.of().formatHex(secret.bytes()) + "\0");
    }

    /** {@code tcp://host:port} or {@code ssl://host:port}. */
    String address() {
        return (tls ? SSL : TCP) + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    private static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return METHOD + " " + address();
    }
}

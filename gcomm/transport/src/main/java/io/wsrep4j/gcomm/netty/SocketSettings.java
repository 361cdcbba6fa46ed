package io.wsrep4j.gcomm.netty;

import io.wsrep4j.gcomm.frame.Checksum;
import io.wsrep4j.options.OptionValues;
import java.util.Optional;

/**
 * The socket.* options, validated (docs/spec/gcomm-transport-pc.md 3 and 4).
 *
 * @param checksum socket.checksum
 * @param receiveBufferSize socket.recv_buf_size in bytes, 0 for auto
 * @param sendBufferSize socket.send_buf_size in bytes, 0 for auto
 * @param dynamic socket.dynamic: each connection finds out whether its peer speaks TLS
 * @param tls the TLS material, absent when TLS is off
 */
public record SocketSettings(
        Checksum checksum, int receiveBufferSize, int sendBufferSize, boolean dynamic, Optional<TlsFiles> tls) {

    /**
     * Reads them.
     *
     * @throws io.wsrep4j.options.OptionException if one is refused
     */
    public static SocketSettings from(OptionValues options) {
        return new SocketSettings(
                Checksum.ofOption(options.integer(TransportOptions.CHECKSUM)),
                bufferSize(options, TransportOptions.RECEIVE_BUFFER),
                bufferSize(options, TransportOptions.SEND_BUFFER),
                options.flag("socket.dynamic"),
                TlsFiles.from(options));
    }

    /** 0 for auto. */
    static int bufferSize(OptionValues options, String key) {
        return options.value(key) instanceof Long bytes ? Math.toIntExact(bytes) : 0;
    }

    /** Scheme of this node's own addresses. */
    public String scheme() {
        return tls.isPresent() && !dynamic ? "ssl" : "tcp";
    }
}

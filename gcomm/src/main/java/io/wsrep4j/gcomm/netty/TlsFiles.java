package io.wsrep4j.gcomm.netty;

import io.wsrep4j.gcomm.options.OptionReader;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the TLS material lies (docs/spec/gcomm-transport-pc.md 4). The files are read at start and again on socket.ssl_reload.
 *
 * @param certificate socket.ssl_cert, PEM chain
 * @param key socket.ssl_key, PEM
 * @param authority socket.ssl_ca, PEM; the certificate file when it was not set
 * @param passwordFile socket.ssl_password_file: its first line is the key's password
 * @param ciphers socket.ssl_cipher, an OpenSSL cipher list for TLS 1.2; empty for the default
 */
public record TlsFiles(Path certificate, Path key, Path authority, Optional<Path> passwordFile, String ciphers) {

    /**
     * Where the options say it lies; empty if TLS is off.
     *
     * @throws IllegalArgumentException if TLS is on but not complete
     */
    static Optional<TlsFiles> from(OptionReader options) {
        String certificate = options.text("socket.ssl_cert", "");
        String key = options.text("socket.ssl_key", "");
        boolean on = options.bool("socket.ssl", !certificate.isEmpty() || !key.isEmpty());
        if (!options.text("socket.ssl_compression", "").isEmpty()) {
            options.bool("socket.ssl_compression", false);
        }
        if (!on) {
            return Optional.empty();
        }
        if (certificate.isEmpty() || key.isEmpty()) {
            String missing = certificate.isEmpty() ? "socket.ssl_cert" : "socket.ssl_key";
            throw new IllegalArgumentException(
                    "option " + missing + " is not set; TLS needs both socket.ssl_cert and socket.ssl_key (PEM files)");
        }
        String authority = options.text("socket.ssl_ca", "");
        String password = options.text("socket.ssl_password_file", "");
        return Optional.of(new TlsFiles(
                Path.of(certificate),
                Path.of(key),
                Path.of(authority.isEmpty() ? certificate : authority),
                password.isEmpty() ? Optional.empty() : Optional.of(Path.of(password)),
                options.text("socket.ssl_cipher", "")));
    }
}

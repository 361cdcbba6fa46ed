package io.wsrep4j.gcomm.netty;

import io.wsrep4j.options.OptionException;
import io.wsrep4j.options.OptionValues;
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
     * @throws OptionException if TLS is on but not complete
     */
    static Optional<TlsFiles> from(OptionValues options) {
        String certificate = textOf(options, "socket.ssl_cert");
        String key = textOf(options, "socket.ssl_key");
        boolean on =
                options.isSet("socket.ssl") ? options.flag("socket.ssl") : !certificate.isEmpty() || !key.isEmpty();
        if (!on) {
            return Optional.empty();
        }
        if (certificate.isEmpty() || key.isEmpty()) {
            String missing = certificate.isEmpty() ? "socket.ssl_cert" : "socket.ssl_key";
            throw new OptionException(
                    "option " + missing + " is not set; TLS needs both socket.ssl_cert and socket.ssl_key (PEM files)");
        }
        String authority = textOf(options, "socket.ssl_ca");
        String password = textOf(options, "socket.ssl_password_file");
        return Optional.of(new TlsFiles(
                Path.of(certificate),
                Path.of(key),
                Path.of(authority.isEmpty() ? certificate : authority),
                password.isEmpty() ? Optional.empty() : Optional.of(Path.of(password)),
                textOf(options, "socket.ssl_cipher")));
    }

    /** Empty if it is not set. */
    private static String textOf(OptionValues options, String name) {
        return options.isSet(name) ? options.text(name) : "";
    }
}

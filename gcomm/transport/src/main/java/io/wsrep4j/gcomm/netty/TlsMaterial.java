package io.wsrep4j.gcomm.netty;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.wsrep4j.gcomm.transport.TransportException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * Keys, certificates and what is made of them, read from files at start and again on request (docs/spec/gcomm-transport-pc.md 4): TLS 1.2 and 1.3,
 * both sides show a certificate that the other verifies, host names do not matter. Thread-safe.
 */
final class TlsMaterial {

    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    private final TlsFiles files;
    private volatile Contexts contexts;

    private record Contexts(SslContext client, SslContext server) {}

    private TlsMaterial(TlsFiles files) {
        this.files = files;
    }

    static TlsMaterial load(Optional<TlsFiles> files) throws TransportException {
        TlsMaterial material = new TlsMaterial(files.orElse(null));
        material.reload();
        return material;
    }

    boolean isPresent() {
        return files != null;
    }

    /** Reads the files again; on failure the former contexts stay. Without TLS it does nothing. */
    void reload() throws TransportException {
        if (files == null) {
            return;
        }
        PrivateKey key = PemKey.read(files.key(), files.passwordFile());
        List<X509Certificate> chain = certificates("socket.ssl_cert", files.certificate());
        List<X509Certificate> trusted = certificates("socket.ssl_ca", files.authority());
        requireMatch(key, chain.get(0));
        List<String> ciphers = CipherList.parse(files.ciphers());
        try {
            SslContext client = common(SslContextBuilder.forClient().keyManager(key, chain), trusted, ciphers)
                    .endpointIdentificationAlgorithm(null)
                    .build();
            SslContext server = common(SslContextBuilder.forServer(key, chain), trusted, ciphers)
                    .clientAuth(ClientAuth.REQUIRE)
                    .build();
            contexts = new Contexts(client, server);
        } catch (SSLException e) {
            throw new TransportException(
                    "TLS cannot be set up with certificate " + files.certificate() + " and key " + files.key() + ": "
                            + e.getMessage(),
                    e);
        }
    }

    private static SslContextBuilder common(
            SslContextBuilder builder, List<X509Certificate> trusted, List<String> ciphers) {
        // the JDK's sessions would outlive a reload: they are resumed without asking for the certificate again
        return builder.sslProvider(SslProvider.JDK)
                .trustManager(trusted)
                .protocols(PROTOCOLS)
                .ciphers(ciphers.isEmpty() ? null : ciphers)
                .sessionTimeout(1);
    }

    private static List<X509Certificate> certificates(String option, Path file) throws TransportException {
        try (InputStream in = Files.newInputStream(file)) {
            List<X509Certificate> found = new ArrayList<>();
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                found.add((X509Certificate) certificate);
            }
            if (found.isEmpty()) {
                throw new TransportException("option " + option + ": file '" + file + "' has no PEM certificate");
            }
            return found;
        } catch (IOException | GeneralSecurityException e) {
            throw new TransportException(
                    "option " + option + ": file '" + file + "' cannot be read as PEM certificates: " + e, e);
        }
    }

    private void requireMatch(PrivateKey key, X509Certificate certificate) throws TransportException {
        String wanted = certificate.getPublicKey().getAlgorithm();
        if (!PemKey.matches(key, certificate.getPublicKey())) {
            throw new TransportException(
                    "option socket.ssl_key: the key in '" + files.key() + "' (" + key.getAlgorithm()
                            + ") is not that of the certificate in '" + files.certificate() + "' (" + wanted + ")");
        }
    }

    SslContext client() {
        return contexts.client();
    }

    SslContext server() {
        return contexts.server();
    }

    GuardedTls newClient(ByteBufAllocator allocator) {
        return new GuardedTls(contexts.client().newEngine(allocator));
    }

    GuardedTls newServer(ByteBufAllocator allocator) {
        return new GuardedTls(contexts.server().newEngine(allocator));
    }
}

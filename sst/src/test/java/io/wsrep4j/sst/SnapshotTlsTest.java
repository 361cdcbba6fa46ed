package io.wsrep4j.sst;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.File;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same with TLS, where both sides show a certificate. */
final class SnapshotTlsTest extends DonorAndJoiner {

    @TempDir
    static Path directory;

    private static SslContext server;
    private static SslContext client;
    private static SslContext stranger;

    @BeforeAll
    static void makeCertificates() throws Exception {
        openssl("ours");
        openssl("theirs");
        File key = file("ours.key");
        File certificate = file("ours.pem");
        server = SslContextBuilder.forServer(certificate, key)
                .trustManager(certificate)
                .clientAuth(ClientAuth.REQUIRE)
                .build();
        client = client("ours");
        stranger = client("theirs");
    }

    private static SslContext client(String name) throws IOException {
        return SslContextBuilder.forClient()
                .keyManager(file(name + ".pem"), file(name + ".key"))
                .trustManager(file("ours.pem"))
                .endpointIdentificationAlgorithm(null)
                .build();
    }

    private static File file(String name) {
        return directory.resolve(name).toFile();
    }

    private static void openssl(String name) throws Exception {
        Path log = directory.resolve("openssl.log");
        Process openssl = new ProcessBuilder(List.of(
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "rsa:2048",
                        "-nodes",
                        "-days",
                        "2",
                        "-subj",
                        "/CN=" + name,
                        "-keyout",
                        name + ".key",
                        "-out",
                        name + ".pem"))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(openssl.waitFor()).as(Files.readString(log)).isZero();
    }

    private SnapshotReceiver tlsReceiver() throws SnapshotException {
        return receiver(SnapshotSettings.of("n2", server), sink);
    }

    private CompletableFuture<Void> send(SslContext tls, SnapshotRequest request, Map<String, byte[]> data)
            throws Exception {
        return sender(SnapshotSettings.of("n1", tls), request, new MemorySource(data))
                .end();
    }

    @Test
    void everyByteArrives() throws Exception {
        byte[] noise = new byte[9 << 20];
        new Random(3).nextBytes(noise);
        SnapshotReceiver receiver = tlsReceiver();
        SnapshotRequest request = request(receiver);
        assertThat(request.address()).startsWith("ssl://127.0.0.1:");
        CompletableFuture<Void> sent = send(client, request, Map.of("noise", noise));

        assertThat(get(receiver.end())).isEqualTo(POSITION);
        get(sent);
        assertThat(sink.bytes("noise")).isEqualTo(noise);
    }

    @Test
    void aDonorWithAnotherCertificateIsRefusedAndTheRightOneStillComesIn() throws Exception {
        SnapshotReceiver receiver = tlsReceiver();
        SnapshotRequest request = request(receiver);
        assertThatThrownBy(() -> get(send(stranger, request, Map.of())))
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("joiner at " + request.address());
        send(client, request, Map.of());
        assertThat(get(receiver.end())).isEqualTo(POSITION);
    }

    @Test
    void tlsOnOneSideOnlyIsRefusedBeforeAnythingIsOpened() throws Exception {
        for (boolean joinerHasIt : List.of(true, false)) {
            SnapshotRequest request =
                    new SnapshotRequest(joinerHasIt, "127.0.0.1", 1, Secret.random(new SecureRandom()));
            assertThatThrownBy(() -> SnapshotSender.send(
                            SnapshotSettings.of("n1", joinerHasIt ? null : client),
                            request,
                            POSITION,
                            () -> {
                                throw new AssertionError("opened");
                            },
                            SnapshotProgress.NONE))
                    .isInstanceOf(SnapshotException.class)
                    .hasMessageContaining("joiner at " + request.address())
                    .hasMessageContaining("socket.ssl_key");
        }
    }

    @Test
    void aPlainDonorAtATlsJoinerIsRefusedAndTheRightOneStillComesIn() throws Exception {
        SnapshotReceiver receiver = tlsReceiver();
        SnapshotRequest request = request(receiver);
        SnapshotRequest plain = new SnapshotRequest(false, request.host(), request.port(), request.secret());
        try (Socket socket = new Socket(plain.host(), plain.port())) {
            socket.getOutputStream().write(new byte[100]);
            socket.getInputStream().readAllBytes();
        }
        send(client, request, Map.of());
        assertThat(get(receiver.end())).isEqualTo(POSITION);
    }
}

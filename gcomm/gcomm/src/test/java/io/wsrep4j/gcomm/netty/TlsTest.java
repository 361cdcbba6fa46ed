package io.wsrep4j.gcomm.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.wsrep4j.gcomm.transport.NodeAddress;
import io.wsrep4j.gcomm.transport.TransportException;
import io.wsrep4j.kit.Await;
import io.wsrep4j.options.OptionCatalog;
import io.wsrep4j.options.OptionValues;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** docs/spec/gcomm-transport-pc.md checklist 34 and 35: TLS, and TLS found out by waiting (docs/spec/gcomm-transport-pc.md 4). */
final class TlsTest {

    @TempDir
    static Path directory;

    private static Certificates certificates;
    private static Map<String, String> shared;

    @BeforeAll
    static void makeCertificates() {
        certificates = new Certificates(directory);
        shared = certificates.selfSigned("shared");
        certificates.selfSigned("authority");
    }

    private static Map<String, String> with(Map<String, String> options, String... more) {
        Map<String, String> all = new HashMap<>(options);
        for (int i = 0; i < more.length; i += 2) {
            all.put(more[i], more[i + 1]);
        }
        return all;
    }

    private static void awaitConnected(TestNode a, TestNode b) {
        Await.until("connection", () -> a.isConnectedTo(b) && b.isConnectedTo(a));
    }

    @ParameterizedTest
    @EnumSource(SocketFamily.class)
    void nodesWithOneCertificateTalkOverTls(SocketFamily family) throws Exception {
        try (TestNode a = new TestNode("a", shared, List.of(), null, family);
                TestNode b = new TestNode("b", shared, List.of(a.address), null, family)) {
            assertThat(a.address.scheme()).isEqualTo("ssl");
            awaitConnected(a, b);
            a.broadcast(new byte[30_000], false);
            Await.until("delivery", () -> !b.received.isEmpty());
            assertThat(a.is(() -> a.gmcast.addressOf(b.id()).equals(b.address.toString())))
                    .as("addresses are ssl://")
                    .isTrue();
        }
    }

    @Test
    void eachNodeHasItsOwnCertificateOfOneAuthority() throws Exception {
        try (TestNode a = new TestNode("a", certificates.signedBy("authority", "node-a"));
                TestNode b = new TestNode("b", certificates.signedBy("authority", "node-b"), a.address)) {
            awaitConnected(a, b);
        }
    }

    @Test
    void aPeerOfAnotherAuthorityIsRefused() throws Exception {
        try (TestNode a = new TestNode("a", shared);
                TestNode stranger = new TestNode("s", certificates.selfSigned("stranger"), a.address);
                TestNode b = new TestNode("b", shared, a.address)) {
            awaitConnected(a, b);
            Await.never("a or b talks to the stranger", () -> a.isConnectedTo(stranger) || b.isConnectedTo(stranger));
        }
    }

    @Test
    void aClientWithoutCertificateIsRefusedAndTheFirstBytesAreTls() throws Exception {
        try (TestNode a = new TestNode("a", shared)) {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
            try (SSLSocket socket =
                    (SSLSocket) context.getSocketFactory().createSocket(a.address.host(), a.address.port())) {
                socket.setSoTimeout(30_000);
                assertThatThrownBy(() -> {
                            socket.startHandshake();
                            // with TLS 1.3 the client learns of the refusal at its first read
                            if (socket.getInputStream().read() < 0) {
                                throw new IOException("closed");
                            }
                        })
                        .isInstanceOf(IOException.class);
            }
        }
    }

    /** With openssl's client, which asks for another handshake when it reads R. */
    @ParameterizedTest
    @ValueSource(strings = {"false", "true"})
    void aSecondHandshakeOnAConnectionIsRefused(String dynamic) throws Exception {
        Map<String, String> options = with(shared, "gmcast.peer_timeout", "PT5M", "socket.dynamic", dynamic);
        Path said = directory.resolve("client-" + dynamic + ".log");
        try (TestNode a = new TestNode("renegotiation", options);
                TestNode b = new TestNode("b", options, a.address)) {
            awaitConnected(a, b);
            Process client = new ProcessBuilder(
                            "openssl",
                            "s_client",
                            "-connect",
                            a.address.host() + ":" + a.address.port(),
                            "-tls1_2",
                            "-cert",
                            shared.get("socket.ssl_cert"),
                            "-key",
                            shared.get("socket.ssl_key"))
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            try {
                client.getOutputStream().write("R\n".getBytes(StandardCharsets.US_ASCII));
                client.getOutputStream().flush();
                assertThat(client.waitFor(60, TimeUnit.SECONDS))
                        .as("the node closes the connection")
                        .isTrue();
            } finally {
                client.destroyForcibly();
            }
            assertThat(Files.readString(said, StandardCharsets.ISO_8859_1)).contains("RENEGOTIATING", "TLSv1.2");
            assertThat(a.isConnectedTo(b) && b.isConnectedTo(a)).isTrue();
        }
    }

    @Test
    void aPeerThatDoesNotSpeakTlsIsClosedAndOthersGoOn() throws Exception {
        try (TestNode a = new TestNode("a", with(shared, "gmcast.peer_timeout", "PT2S"));
                Socket silent = new Socket(a.address.host(), a.address.port());
                Socket plain = new Socket(a.address.host(), a.address.port())) {
            silent.setSoTimeout(30_000);
            plain.setSoTimeout(30_000);
            plain.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes());
            readToEnd(plain.getInputStream());
            try (TestNode b = new TestNode("b", shared, a.address)) {
                awaitConnected(a, b);
            }
            readToEnd(silent.getInputStream());
        }
    }

    private static void readToEnd(InputStream in) {
        try {
            while (in.read() >= 0) {
                // an alert, perhaps
            }
        } catch (java.net.SocketTimeoutException e) {
            throw new AssertionError("still open", e);
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("reset");
        }
    }

    @Test
    void aReloadUsesTheNewFilesForNewConnectionsAndABadOneKeepsTheOld() throws Exception {
        Map<String, String> old = certificates.selfSigned("renewed");
        try (TestNode a = new TestNode("a", old);
                TestNode b = new TestNode("b", old, a.address)) {
            awaitConnected(a, b);

            Files.writeString(Path.of(old.get("socket.ssl_cert")), "nonsense");
            assertThatThrownBy(() -> a.transport.setOption("socket.ssl_reload", "1"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("renewed-cert.pem")
                    .hasMessageContaining("stays in use");

            certificates.selfSigned("renewed");
            assertThat(a.transport.setOption("socket.ssl_reload", "1")).isTrue();
            assertThat(a.isConnectedTo(b)).as("old connections stay").isTrue();
            try (TestNode c = new TestNode("c", old, a.address)) {
                awaitConnected(a, c);
                // they dial each other as soon as a has told them the addresses
                Await.never(
                        "b, which has the old certificate, talks to c", () -> b.isConnectedTo(c) || c.isConnectedTo(b));
            }
        }
    }

    @Test
    void keysInAllFormsThatOpensslWritesAreRead() throws Exception {
        Path password = Files.writeString(directory.resolve("password"), "secret\nmore\n");
        String pkcs8 = shared.get("socket.ssl_key");
        certificates.openssl("rsa", "-in", pkcs8, "-traditional", "-out", "pkcs1.pem");
        certificates.openssl("pkcs8", "-topk8", "-in", pkcs8, "-passout", "pass:secret", "-out", "encrypted.pem");
        certificates.openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "ec.pem");
        certificates.openssl("req", "-x509", "-key", "ec.pem", "-days", "2", "-subj", "/CN=ec", "-out", "ec-cert.pem");
        certificates.openssl(
                "req",
                "-x509",
                "-newkey",
                "ed25519",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=ed",
                "-keyout",
                "ed.pem",
                "-out",
                "ed-cert.pem");

        load(with(shared, "socket.ssl_key", certificates.file("pkcs1.pem")));
        load(with(
                shared,
                "socket.ssl_key",
                certificates.file("encrypted.pem"),
                "socket.ssl_password_file",
                password.toString()));
        load(Map.of(
                "socket.ssl_key", certificates.file("ec.pem"), "socket.ssl_cert", certificates.file("ec-cert.pem")));
        load(Map.of(
                "socket.ssl_key", certificates.file("ed.pem"), "socket.ssl_cert", certificates.file("ed-cert.pem")));
    }

    private static void load(Map<String, String> options) throws TransportException {
        SocketSettings sockets = SocketSettings.from(OptionValues.of(OptionCatalog.of(TransportOptions.LIST), options));
        assertThat(TlsMaterial.load(sockets.tls()).isPresent()).isTrue();
    }

    @Test
    void unusableMaterialIsRefusedWithTheOptionAndTheFile() throws Exception {
        Files.writeString(directory.resolve("empty.pem"), "");
        Files.writeString(directory.resolve("wrong-password"), "wrong");
        certificates.openssl(
                "pkcs8", "-topk8", "-in", shared.get("socket.ssl_key"), "-passout", "pass:x", "-out", "locked.pem");
        refused(with(shared, "socket.ssl_key", certificates.file("none.pem")), "socket.ssl_key", "none.pem");
        refused(with(shared, "socket.ssl_key", certificates.file("empty.pem")), "socket.ssl_key", "empty.pem");
        refused(with(shared, "socket.ssl_cert", certificates.file("empty.pem")), "socket.ssl_cert", "empty.pem");
        refused(with(shared, "socket.ssl_ca", certificates.file("none.pem")), "socket.ssl_ca", "none.pem");
        refused(
                with(shared, "socket.ssl_key", certificates.file("authority-key.pem")),
                "is not that of the certificate");
        refused(with(shared, "socket.ssl_key", certificates.file("locked.pem")), "socket.ssl_password_file");
        refused(
                with(
                        shared,
                        "socket.ssl_key",
                        certificates.file("locked.pem"),
                        "socket.ssl_password_file",
                        certificates.file("wrong-password")),
                "locked.pem");
        refused(with(shared, "socket.ssl_cipher", "NO-SUCH-CIPHER"), "socket.ssl_cipher", "NO-SUCH-CIPHER");
    }

    private static void refused(Map<String, String> options, String... parts) {
        assertThatThrownBy(() -> load(options))
                .isInstanceOf(TransportException.class)
                .hasMessageContainingAll(parts);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ECDHE-RSA-AES256-GCM-SHA384", "DEFAULT:!SHA1", "HIGH", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"})
    void opensslCipherListsAreUnderstood(String list) throws Exception {
        assertThat(CipherList.parse(list))
                .contains("TLS_AES_256_GCM_SHA384")
                .anyMatch(suite -> suite.contains("_WITH_"));
        assertThatCode(() -> load(with(shared, "socket.ssl_cipher", list))).doesNotThrowAnyException();
    }

    /** Suites that a JVM has not: TLS 1.3 is spoken, as between nodes of Galera's with such a list. */
    @ParameterizedTest
    @ValueSource(strings = {"ECDHE-RSA-CAMELLIA256-SHA384", "RC4-SHA"})
    void suitesThatOnlyOpensslHasLeaveTls13(String list) throws Exception {
        assertThat(CipherList.parse(list))
                .contains("TLS_AES_256_GCM_SHA384")
                .noneMatch(suite -> suite.contains("_WITH_"));
        assertThatCode(() -> load(with(shared, "socket.ssl_cipher", list))).doesNotThrowAnyException();
    }

    // ---- socket.dynamic

    @Test
    void dynamicNodesWithTlsMaterialTalkOverTlsAndKeepTheirTcpAddresses() throws Exception {
        Map<String, String> dynamic = with(shared, "socket.dynamic", "true");
        try (TestNode a = new TestNode("a", dynamic);
                Tap tap = new Tap(a.address);
                TestNode b = new TestNode("b", dynamic, tap.address)) {
            assertThat(a.address.scheme()).isEqualTo("tcp");
            awaitConnected(a, b);
            assertThat(a.is(() -> a.gmcast.addressOf(b.id()).equals(b.address.toString())))
                    .as("addresses are tcp://")
                    .isTrue();
            assertThat(tap.firstBytesOfTheDialler).isNotEmpty().containsOnly(Tap.TLS_HANDSHAKE);
            assertThat(tap.firstBytesOfTheAcceptor).isNotEmpty().containsOnly(Tap.TLS_HANDSHAKE);
        }
    }

    @Test
    void aPlainNodeAndADynamicOneTalkPlainlyInBothDirections() throws Exception {
        Map<String, String> dynamic = with(shared, "socket.dynamic", "true");
        try (TestNode a = new TestNode("a", dynamic);
                TestNode b = new TestNode("b", Map.of(), a.address)) {
            awaitConnected(a, b);
        }
        try (TestNode a = new TestNode("a", Map.of());
                TestNode b = new TestNode("b", dynamic, a.address)) {
            awaitConnected(a, b);
        }
    }

    @Test
    void aDynamicNodeWithoutTlsMaterialThrowsAClientHelloAway() throws Exception {
        try (TestNode a = new TestNode("a", Map.of("socket.dynamic", "yes"));
                TestNode b = new TestNode("b", with(shared, "socket.dynamic", "yes"), a.address)) {
            awaitConnected(a, b);
        }
    }

    @Test
    void aDynamicAcceptorGreetsAPlainPeerOnlyAfterItsWait() throws Exception {
        try (TestNode a = new TestNode("a", with(shared, "socket.dynamic", "true"));
                Socket plain = new Socket(a.address.host(), a.address.port())) {
            long start = System.nanoTime();
            plain.setSoTimeout(30_000);
            assertThat(plain.getInputStream().read())
                    .as("length of a HANDSHAKE")
                    .isEqualTo(36);
            assertThat((System.nanoTime() - start) / 1_000_000)
                    .isGreaterThanOrEqualTo(DynamicTls.SERVER_WAIT_MILLIS - 50);
        }
    }

    @Test
    void aTlsAddressWithoutTlsMaterialIsAFailedDial() throws Exception {
        try (TestNode a = new TestNode("a", Map.of());
                TestNode b = new TestNode("b", Map.of())) {
            NodeAddress secure = new NodeAddress("ssl", b.address.host(), b.address.port());
            a.run(() -> a.gmcast.addPeer(secure, a.transport.nanoTime()));
            Await.never("a talks plainly to an ssl:// address", () -> a.isConnectedTo(b) || b.isConnectedTo(a));
            a.run(() -> a.gmcast.addPeer(b.address, a.transport.nanoTime()));
            awaitConnected(a, b);
        }
    }
}

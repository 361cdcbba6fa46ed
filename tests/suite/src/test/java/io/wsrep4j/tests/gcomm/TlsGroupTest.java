package io.wsrep4j.tests.gcomm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.kit.Await;
import io.wsrep4j.tests.process.Certificate;
import io.wsrep4j.tests.process.FreePorts;
import io.wsrep4j.tests.process.Garbd;
import io.wsrep4j.tests.process.NativeProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A group whose connections are all TLS with certificates on both sides, with garbd in it (docs/spec/gcomm-transport-pc.md 4). */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TlsGroupTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private final Map<String, Certificate> certificates = new TreeMap<>();

    private Map<String, String> tls(String certificate) throws Exception {
        if (!certificates.containsKey(certificate)) {
            certificates.put(certificate, Certificate.create(directory, certificate));
        }
        return new TreeMap<>(certificates.get(certificate).options());
    }

    private Member member(String name, String address, int port, Map<String, String> options) throws Exception {
        options.put("gmcast.listen_addr", "ssl://127.0.0.1:" + port);
        return new Member(name, address, Files.createDirectory(directory.resolve(name)), options);
    }

    @Test
    void twoOfUsAndGarbdFormAGroup() throws Exception {
        int first = FreePorts.one();
        String address = "gcomm://127.0.0.1:" + first;
        Map<String, String> arbitratorOptions = tls("group");
        arbitratorOptions.put("gmcast.listen_addr", "ssl://127.0.0.1:" + FreePorts.one());
        String options = arbitratorOptions.entrySet().stream()
                .map(option -> option.getKey() + "=" + option.getValue())
                .collect(Collectors.joining(";"));
        try (Member one = member("one", "gcomm://", first, tls("group")).join("tls", true);
                Member two =
                        member("two", address, FreePorts.one(), tls("group")).join("tls", false);
                NativeProcess arbitrator = Garbd.start(address, "tls", options, directory)) {
            one.awaitView(true, 3, PATIENCE);
            two.awaitView(true, 3, PATIENCE);
            Await.until(
                    "garbd sees three", PATIENCE, () -> arbitrator.output().contains("memb_num = 3"), arbitrator::tail);
            one.send("secret", 30_000);
            two.await("the message", PATIENCE, m -> m.messages().stream().anyMatch(line -> line.contains("secret")));
            assertThat(one.channel().setOption("socket.ssl_reload", "1")).isTrue();
        }
    }

    @Test
    void aNodeWithAnotherCertificateStaysOutside() throws Exception {
        int first = FreePorts.one();
        try (Member one = member("one", "gcomm://", first, tls("group")).join("tls", true)) {
            Map<String, String> options = tls("stranger");
            options.put("pc.announce_timeout", "PT1S");
            options.put("pc.wait_prim_timeout", "PT5S");
            Member stranger = member("stranger", "gcomm://127.0.0.1:" + first, FreePorts.one(), options);

            assertThatThrownBy(() -> stranger.join("tls", false))
                    .isInstanceOf(GroupException.class)
                    .hasMessageContaining("primary");
            assertThat(one.view().members()).hasSize(1);
        }
    }
}

package io.wsrep4j.sst;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a joiner's host asks for. */
final class SnapshotRequestTest {

    private static final String SECRET = "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF";

    private static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @ParameterizedTest
    @CsvSource({
        "tcp://127.0.0.1:4444, false, 127.0.0.1, 4444",
        "ssl://[fe80::1%eth0]:65535, true, fe80::1%eth0, 65535",
        "tcp://db_1.example:1, false, db_1.example, 1"
    })
    void comesBackAsItWasSent(String address, boolean tls, String host, int port) {
        SnapshotRequest request = SnapshotRequest.parse(text("wsrep4j_stream\0" + address + "/1/" + SECRET + "\0"));

        assertThat(request.tls()).isEqualTo(tls);
        assertThat(request.host()).isEqualTo(host);
        assertThat(request.port()).isEqualTo(port);
        assertThat(HexFormat.of().formatHex(request.secret().bytes())).isEqualToIgnoringCase(SECRET);
        assertThat(SnapshotRequest.parse(request.toBytes())).isEqualTo(request);
        assertThat(SnapshotRequest.isOurs(request.toBytes())).isTrue();
        assertThat(request.toBytes().get(request.toBytes().limit() - 1)).isZero();
    }

    @Test
    void keepsItsSecretOutOfLogs() {
        SnapshotRequest request = new SnapshotRequest(true, "::1", 4444, Secret.random(new SecureRandom()));

        assertThat(request).hasToString("wsrep4j_stream ssl://[::1]:4444");
        assertThat(request.secret()).hasToString("secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsync\000127.0.0.1:4444/rsync_sst\0", "wsrep4j_streams\0x\0", "trivial\0", "", "\0"})
    void anotherMethodIsNamed(String request) {
        assertThat(SnapshotRequest.isOurs(text(request))).isFalse();
        assertThatThrownBy(() -> SnapshotRequest.parse(text(request)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a snapshot by method '" + request.split("\0", -1)[0] + "'")
                .hasMessageContaining("only 'wsrep4j_stream'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "wsrep4j_stream",
                "wsrep4j_stream\0",
                "wsrep4j_stream\0tcp://a:1/1/SECRET",
                "wsrep4j_stream\0tcp://a:1/1/SECRET\0more",
                "wsrep4j_stream\0udp://a:1/1/SECRET\0",
                "wsrep4j_stream\0tcp://a/1/SECRET\0",
                "wsrep4j_stream\0tcp://:1/1/SECRET\0",
                "wsrep4j_stream\0tcp://a:0/1/SECRET\0",
                "wsrep4j_stream\0tcp://a:65536/1/SECRET\0",
                "wsrep4j_stream\0tcp://a:x/1/SECRET\0",
                "wsrep4j_stream\0tcp://a:1/1\0",
                "wsrep4j_stream\0tcp://a:1/2/SECRET\0",
                "wsrep4j_stream\0tcp://a:1/1/SECRE\0",
                "wsrep4j_stream\0tcp://a:1/1/SECRET00\0"
            })
    void garbageIsRefusedWithoutShowingTheSecret(String request) {
        assertThatThrownBy(() -> SnapshotRequest.parse(text(request.replace("SECRET", SECRET))))
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain(SECRET.substring(0, 8)));
    }
}

package io.wsrep4j.gcomm.netty;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.netty.buffer.ByteBufUtil;
import io.wsrep4j.gcomm.log.LimitedLog;
import io.wsrep4j.gcomm.log.RecordedLog;
import io.wsrep4j.kit.Await;
import io.wsrep4j.kit.SilentStrangers;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Strangers that hold the port and say nothing, or too little: peers get through, and the log stays short. */
final class StrangersTest {

    private static final int PEERS = 8;

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        // scheme, connections at a time, first words
        "plain, 200, ''",
        "plain, 600, 7400", // half a frame's header
        "tls, 200, ''",
        "tls, 600, 16030100ca010000c60303", // half a ClientHello
    })
    void everyPeerGetsThrough(String kind, int strangers, String firstWords) throws Exception {
        Map<String, String> options = new HashMap<>();
        if (kind.equals("tls")) {
            options.putAll(new Certificates(directory).selfSigned("shared"));
        }
        String name = "held-" + kind + "-" + strangers + "-" + firstWords.length();
        RecordedLog log = new RecordedLog((Logger) LoggerFactory.getLogger("io.wsrep4j.gcomm." + name), Level.INFO);
        try (TestNode node = new TestNode(name, options);
                SilentStrangers flood = new SilentStrangers(
                        node.address.host(), node.address.port(), strangers, ByteBufUtil.decodeHexDump(firstWords))) {
            for (int i = 0; i < PEERS; i++) {
                long before = flood.opened();
                try (TestNode peer = new TestNode("peer", options, node.address)) {
                    Await.until("peer " + i + " behind " + before, () -> node.isConnectedTo(peer));
                }
            }
            assertThat(node.broken).isNull();
            assertThat(log.lines()).hasSizeLessThan(LimitedLog.MAX_LINES + 100);
        } finally {
            log.remove();
        }
    }
}

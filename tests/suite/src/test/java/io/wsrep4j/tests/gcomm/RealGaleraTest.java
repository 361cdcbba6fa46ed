package io.wsrep4j.tests.gcomm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.wsrep4j.kit.Await;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.process.FreePorts;
import io.wsrep4j.tests.process.Garbd;
import io.wsrep4j.tests.process.NativeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Our channel and Galera's own nodes, of Debian's packages, in one group, up to the primary view (docs/spec/gcomm-transport-pc.md 14). */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RealGaleraTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String GROUP = "wsrep4j-test";
    private static final Pattern PRIMARY_VIEW =
            Pattern.compile("view\\(view_id\\((\\w+),[0-9a-f-]+,\\d+\\) memb \\{\\s*([^}]*)\\}");

    @TempDir
    private Path directory;

    private Member member(String name, String address, int port) throws Exception {
        return new Member(
                name,
                address,
                Files.createDirectory(directory.resolve(name)),
                Map.of("gmcast.listen_addr", "tcp://127.0.0.1:" + port));
    }

    private NativeProcess garbd(String address, int port) throws IOException {
        Path home = Files.createDirectories(directory.resolve("garbd" + port));
        return Garbd.start(address, GROUP, "gmcast.listen_addr=tcp://127.0.0.1:" + port, home);
    }

    /** Waits until the last view in a Galera log is of this kind and size. */
    private static void awaitView(String who, LogText log, String kind, int members) {
        Await.until(
                who + " has a view " + kind + " of " + members,
                PATIENCE,
                () -> {
                    Matcher views = PRIMARY_VIEW.matcher(log.read());
                    String last = "";
                    while (views.find()) {
                        last = views.group(1) + " " + views.group(2).strip().split("\\s+").length;
                    }
                    return last.equals(kind + " " + members);
                },
                () -> {
                    try {
                        String text = log.read();
                        return text.substring(Math.max(0, text.length() - 4000));
                    } catch (IOException e) {
                        return e.toString();
                    }
                });
    }

    /** A log that grows. */
    private interface LogText {
        String read() throws IOException;
    }

    @Test
    void garbdJoinsOurGroupAndIsMissedWhenItIsKilledAndWhenItLeaves() throws Exception {
        int first = FreePorts.one();
        int second = FreePorts.one();
        String address = "gcomm://127.0.0.1:" + first + ",127.0.0.1:" + second;
        try (Member one = member("one", "gcomm://", first).join(GROUP, true);
                Member two = member("two", "gcomm://127.0.0.1:" + first, second).join(GROUP, false);
                NativeProcess killed = garbd(address, FreePorts.one());
                NativeProcess leaving = garbd(address, FreePorts.one())) {
            one.awaitView(true, 4, PATIENCE);
            two.awaitView(true, 4, PATIENCE);
            awaitView("garbd", killed::output, "PRIM", 4);
            awaitView("garbd", leaving::output, "PRIM", 4);

            killed.kill();
            one.awaitView(true, 3, PATIENCE);
            two.awaitView(true, 3, PATIENCE);
            awaitView("garbd", leaving::output, "PRIM", 3);

            leaving.signal("TERM");
            leaving.awaitExit(PATIENCE);
            one.awaitView(true, 2, Duration.ofSeconds(20));
            two.awaitView(true, 2, Duration.ofSeconds(20));
            one.send("still", 100);
            two.await("the message", PATIENCE, m -> m.messages().stream().anyMatch(line -> line.contains("still")));
        }
    }

    @Test
    void weJoinAGroupOfGaleraNodesAndAreMissedWhenWeLeave() throws Exception {
        try (MariaDbServer server =
                MariaDbServer.named("real").provider(Providers.galera()).create()) {
            server.bootstrap();
            String address = "gcomm://127.0.0.1:" + server.groupPort();
            int port = FreePorts.one();
            try (NativeProcess arbitrator = garbd(address, FreePorts.one())) {
                server.awaitStatus("wsrep_cluster_size", "2", PATIENCE);
                try (Member ours = member("ours", address, port).join(GROUP, false)) {
                    ours.awaitView(true, 3, PATIENCE);
                    awaitView("mariadbd", server::logText, "PRIM", 3);
                    awaitView("garbd", arbitrator::output, "PRIM", 3);
                    assertThat(ours.channel().status())
                            .containsEntry("evs_state", "OPERATIONAL")
                            .containsEntry("cluster_weight", "3");

                    arbitrator.kill();
                    ours.awaitView(true, 2, PATIENCE);
                    awaitView("mariadbd", server::logText, "PRIM", 2);
                }
                awaitView("mariadbd", server::logText, "PRIM", 1);
                server.awaitStatus("wsrep_cluster_size", "1", PATIENCE);
                server.awaitStatus("wsrep_ready", "ON", PATIENCE);
            }
        }
    }

    @Test
    void aGaleraGroupGoesOnWhenWeAreKilled() throws Exception {
        try (MariaDbServer server =
                MariaDbServer.named("real").provider(Providers.galera()).create()) {
            server.bootstrap();
            String address = "gcomm://127.0.0.1:" + server.groupPort();
            Path home = Files.createDirectory(directory.resolve("ours"));
            Map<String, String> options = Map.of("gmcast.listen_addr", "tcp://127.0.0.1:" + FreePorts.one());
            try (NativeProcess arbitrator = garbd(address, FreePorts.one());
                    MemberProcess ours = new MemberProcess("ours", address, home, GROUP, false, options)) {
                ours.awaitView(true, 3, PATIENCE);
                awaitView("mariadbd", server::logText, "PRIM", 3);

                long before = Long.parseLong(server.status("wsrep_last_committed"));
                ours.kill();

                awaitView("mariadbd", server::logText, "PRIM", 2);
                awaitView("garbd", arbitrator::output, "PRIM", 2);
                assertTimeoutPreemptively(
                        PATIENCE,
                        () -> server.execute(
                                "CREATE TABLE test.after (a INT PRIMARY KEY)", "INSERT INTO test.after VALUES (1)"));
                assertThat(Long.parseLong(server.status("wsrep_last_committed")))
                        .isGreaterThan(before + 1);
                server.awaitStatus("wsrep_cluster_size", "2", PATIENCE);
                server.awaitStatus("wsrep_ready", "ON", PATIENCE);
            }
        }
    }
}

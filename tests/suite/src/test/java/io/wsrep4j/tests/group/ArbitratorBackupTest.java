package io.wsrep4j.tests.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.kit.Await;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.process.FreePorts;
import io.wsrep4j.tests.process.Garbd;
import io.wsrep4j.tests.process.NativeProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An arbitrator's --sst: the donor's host runs its wsrep_sst_backup, and the arbitrator is gone (docs/spec/replicator-state-transfer.md 25). Garbd
 * and ours are used alike, at a donor of either kind, and the donor must do the same for both.
 */
@Timeout(value = 400, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ArbitratorBackupTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String GROUP = "wsrep4j-test";

    @TempDir
    private Path directory;

    private interface Starter {
        NativeProcess start(String address, String options, Path home, String... more) throws Exception;
    }

    @ParameterizedTest(name = "donor {0}")
    @ValueSource(strings = {"galera", "wsrep4j"})
    void theDonorMakesABackupForGarbdAndForOursAlike(String donorKind) throws Exception {
        try (MariaDbServer donor = MariaDbServer.named("donor")
                .provider(donorKind.equals("galera") ? Providers.galera() : Providers.wsrep4j())
                .create()) {
            donor.bootstrap();
            donor.execute("CREATE TABLE test.b (a INT PRIMARY KEY)", "INSERT INTO test.b VALUES (1)");

            List<String> forGarbd = backup(
                    donor, "garbd", (address, options, home, more) -> Garbd.start(address, GROUP, options, home, more));
            List<String> forOurs = backup(
                    donor,
                    "ours",
                    (address, options, home, more) -> OwnArbitrator.start(address, GROUP, options, home, more));

            assertThat(forOurs).isEqualTo(forGarbd);
            donor.execute("INSERT INTO test.b VALUES (2)");
            refusedWithoutDonor(donor);
        }
    }

    /** @return what the donor ran and said about it, without what differs each time */
    private List<String> backup(MariaDbServer donor, String who, Starter starter) throws Exception {
        Path done = donor.dataDirectory().resolve("backup_sst_complete");
        Files.deleteIfExists(done);
        String target = "127.0.0.1:28299/" + who;
        int logged;
        long before;
        int attempt = 0;
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        do {
            assertThat(System.nanoTime()).as(donor.process()::tail).isLessThan(giveUp);
            donor.awaitStatus("wsrep_cluster_size", "1", PATIENCE);
            logged = donor.logText().length();
            before = Long.parseLong(donor.status("wsrep_last_committed"));
        } while (hangsUpBeforeItAsks(
                donor, target, Files.createDirectory(directory.resolve(who + attempt++)), starter));
        Await.until("the backup for " + who, PATIENCE, () -> Files.exists(done), donor.process()::tail);
        Await.until("its position", PATIENCE, () -> Files.readString(done).endsWith("\n"), donor.process()::tail);
        donor.awaitStatus("wsrep_cluster_size", "1", PATIENCE);
        donor.awaitStatus("wsrep_local_state_comment", "Synced", PATIENCE);

        String[] position = Files.readString(done).strip().split("[: ]");
        assertThat(position[0]).isEqualTo(donor.status("wsrep_local_state_uuid"));
        // the configuration with the arbitrator, or the one after it, which may come before the tables are flushed
        assertThat(Long.parseLong(position[1])).isBetween(before + 1, before + 2);
        String log = donor.logText().substring(logged);
        assertThat(log)
                .contains("requested state transfer from 'donor'. Selected")
                .contains("--gtid '" + position[0] + ":" + (before + 1) + "'");
        return log.lines()
                .filter(line -> line.contains("Running: 'wsrep_sst_") || line.contains("Server status change"))
                .map(line -> line.replaceAll(".*WSREP: ", "").replace(target, "TARGET"))
                .map(line -> line.replaceAll("(--gtid '[^:]*:)[0-9]+.*", "$1N"))
                .toList();
    }

    /**
     * One run of an arbitrator. A real garbd closes its connection at any configuration, also at a non-primary one, with which some of its
     * starts begin; then it asks nobody for anything and says 0 nevertheless. Ours never does that.
     */
    private static boolean hangsUpBeforeItAsks(MariaDbServer donor, String target, Path home, Starter starter)
            throws Exception {
        try (NativeProcess arbitrator = starter.start(
                "gcomm://127.0.0.1:" + donor.groupPort(),
                "gmcast.listen_addr=tcp://127.0.0.1:" + FreePorts.one(),
                home,
                "--sst",
                "backup:" + target,
                "--donor",
                "donor")) {
            assertThat(arbitrator.awaitExit(PATIENCE)).as(arbitrator::tail).isZero();
            return arbitrator.output().contains("FATAL: State transfer request failed: -77 ");
        }
    }

    private void refusedWithoutDonor(MariaDbServer donor) throws Exception {
        Path home = Files.createDirectory(directory.resolve("refused"));
        try (NativeProcess arbitrator = OwnArbitrator.start(
                "gcomm://127.0.0.1:" + donor.groupPort(),
                GROUP,
                "gmcast.listen_addr=tcp://127.0.0.1:" + FreePorts.one(),
                home,
                "--sst",
                "backup:127.0.0.1:28299/none",
                "--donor",
                "nobody")) {
            assertThat(arbitrator.awaitExit(PATIENCE)).as(arbitrator::tail).isEqualTo(1);
            assertThat(arbitrator.output()).contains("state transfer from 'nobody' was refused: DONOR_UNREACHABLE");
        }
        donor.awaitStatus("wsrep_cluster_size", "1", PATIENCE);
        assertThat(donor.status("wsrep_local_state_comment")).isEqualTo("Synced");
    }
}

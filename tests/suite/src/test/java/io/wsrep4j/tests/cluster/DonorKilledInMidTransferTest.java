package io.wsrep4j.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.kit.Await;
import io.wsrep4j.tests.mariadb.Cluster;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.mariadb.ServerSettings;
import io.wsrep4j.tests.process.FreePorts;
import io.wsrep4j.tests.transfer.IstRelay;
import io.wsrep4j.tests.transfer.IstRelay.Message;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A donor is killed in the middle of an incremental transfer: its joiner says so and is no member, the others go on, and the joiner comes back with
 * another donor. It needs four nodes: when the donor is gone and the joiner leaves, the rest must be a majority.
 */
@SuppressWarnings("try") // a relay does its work by being there
@Timeout(400)
final class DonorKilledInMidTransferTest {

    /** In all more than the connection's buffers hold, so that the donor cannot have sent everything when the transfer is held. */
    private static final int ROWS = 24;

    /** mariadbd's own exit code when it gives up. */
    private static final int GAVE_UP = 1;

    private static final int ROW_BYTES = 1_000_000;

    private final int istPort = FreePorts.one();
    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch killed = new CountDownLatch(1);
    private volatile long middle = Long.MAX_VALUE;

    private static ServerSettings server(String name) {
        return MariaDbServer.named(name)
                .provider(
                        System.getProperty("wsrep4j.tests.provider", "wsrep4j").equals("galera")
                                ? Providers.galera()
                                : Providers.wsrep4j())
                .arguments("--wsrep-slave-threads=2");
    }

    private static void insert(MariaDbServer server, int from, int to) throws SQLException {
        for (int id = from; id <= to; id++) {
            server.execute(
                    "INSERT INTO test.t VALUES (" + id + ", REPEAT(CHAR(" + (64 + id) + "), " + ROW_BYTES + "))");
        }
    }

    private byte[] holdInTheMiddle(Message message) throws InterruptedException {
        if (message.seqno() == middle) {
            held.countDown();
            killed.await();
        }
        return message.bytes();
    }

    @Test
    void theJoinerEndsAndComesBackWithAnotherDonor() throws Exception {
        MariaDbServer first = server("first").create();
        MariaDbServer second = server("second").create();
        MariaDbServer donor = server("donor").create();
        try (Cluster cluster = Cluster.form(first, second, donor);
                IstRelay relay = IstRelay.inFrontOf(istPort, this::holdInTheMiddle)) {
            MariaDbServer joiner = cluster.add(server("joiner")
                    .providerOptions(IstRelay.joinerOptions(istPort))
                    .create());
            joiner.join(first);
            first.execute("CREATE TABLE test.t (id INT PRIMARY KEY, content LONGTEXT)");
            cluster.awaitEverywhere("SELECT COUNT(*) FROM test.t", "0");
            joiner.stop();
            insert(first, 1, ROWS / 3);
            middle = Long.parseLong(first.status("wsrep_last_committed"));
            insert(first, ROWS / 3 + 1, ROWS);
            cluster.awaitEverywhere("SELECT COUNT(*) FROM test.t", Integer.toString(ROWS));

            int before = joiner.logText().length();
            joiner.launch(MariaDbServer.clusterAddress(first), "--wsrep-sst-donor=donor");
            Await.until(
                    "the transfer is held",
                    Cluster.SOON,
                    () -> held.await(0, TimeUnit.SECONDS),
                    joiner.process()::tail);
            donor.kill();
            killed.countDown();
            joiner.awaitLog(before, "Receiving IST failed, node restart required", Cluster.SOON);
            joiner.awaitEnd(GAVE_UP, Cluster.SOON);

            assertThat(cluster.running()).containsExactly(first, second);
            cluster.awaitSynced();
            second.execute("INSERT INTO test.t VALUES (1000, 'they go on')");

            before = joiner.logText().length();
            joiner.start(
                    MariaDbServer.clusterAddress(first, second),
                    "--wsrep-start-position=" + joiner.recoveredPosition(),
                    "--wsrep-sst-donor=second");
            cluster.awaitSynced();
            assertThat(joiner.logText().substring(before)).contains("(second)(SYNCED) as donor", "Receiving IST: ");
            cluster.awaitEverywhere("SELECT COUNT(*) FROM test.t", Integer.toString(ROWS + 1));
            cluster.awaitSameChecksums("test.t");
        }
    }
}

package io.wsrep4j.tests.mariadb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The fixture itself: two servers with the reference provider form a cluster, and a stop is clean; an end that nobody wanted does not go unseen. */
final class MariaDbServerTest {

    private static final int NO_SUCH_OPTION = 2;

    @Test
    void twoServersWithGaleraFormACluster() throws Exception {
        try (MariaDbServer first =
                        MariaDbServer.named("n1").provider(Providers.galera()).create();
                MariaDbServer second =
                        MariaDbServer.named("n2").provider(Providers.galera()).create()) {
            first.bootstrap();
            first.execute("CREATE TABLE test.t (a INT PRIMARY KEY)", "INSERT INTO test.t VALUES (1)");
            second.join(first);
            first.awaitStatus("wsrep_cluster_size", "2", Duration.ofSeconds(30));
            assertThat(second.queryOne("SELECT COUNT(*) FROM test.t")).isEqualTo("1");
            second.stop();
            first.stop();
        }
    }

    @Test
    void aCrashFailsAllThatComesAfterIt() throws Exception {
        Cluster cluster = new Cluster();
        MariaDbServer intact = cluster.add(MariaDbServer.named("intact").create());
        MariaDbServer crashing = cluster.add(MariaDbServer.named("crashing").create());
        crashing.start("gcomm://");
        intact.start("gcomm://");
        assertThat(cluster.running()).containsExactly(intact, crashing);

        crashing.process().signal("SEGV");
        crashing.process().awaitExit(Cluster.SOON);

        for (ThrowingCallable next : List.<ThrowingCallable>of(
                cluster::running,
                crashing::stop,
                crashing::kill,
                () -> crashing.start("gcomm://"),
                () -> crashing.awaitStatus("wsrep_ready", "ON", Cluster.SOON),
                () -> cluster.awaitAlike("SELECT 1"),
                cluster::close)) {
            assertThatThrownBy(next)
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContainingAll("crashing", "ended with 139", "got signal 11");
        }
        assertThat(intact.process().isAlive()).isFalse();
        assertThat(List.of(intact.home(), crashing.home())).noneMatch(Files::exists);
    }

    @Test
    void anEndThatIsWantedHasTheCodeThatIsWanted() throws Exception {
        try (MariaDbServer server = MariaDbServer.named("ending").create()) {
            server.start("gcomm://");
            server.process().signal("ABRT");
            assertThatThrownBy(() -> server.awaitEnd(1, Cluster.SOON))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("ended with 134");
            server.start("gcomm://").kill();
            assertThat(server.isRunning()).isFalse();
            server.launch("gcomm://", "--no-such-option").awaitEnd(NO_SUCH_OPTION, Cluster.SOON);
        }
    }
}

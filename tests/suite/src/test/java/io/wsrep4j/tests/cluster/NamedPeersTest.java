package io.wsrep4j.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.tests.mariadb.Cluster;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A member that comes back under another address is found by its name (docs/spec/gcomm-transport-pc.md 20.15), as where containers get new addresses. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class NamedPeersTest {

    private static final String NOBODY = "127.0.9.9";

    @TempDir
    private Path directory;

    @Test
    void aNodeThatKnowsNobodyIsFoundByItsNameUnderItsNewAddress() throws Exception {
        Path hosts = Files.writeString(directory.resolve("hosts"), line(NOBODY));
        try (MariaDbServer one = MariaDbServer.named("one")
                        .provider(Providers.wsrep4j())
                        // this server alone sees these hosts; a process that the JVM has loaded reads the file anew
                        .startedBy(
                                "unshare",
                                "--mount",
                                "sh",
                                "-c",
                                "mount --bind " + hosts + " /etc/hosts && exec \"$@\"",
                                "sh")
                        .create();
                MariaDbServer two = MariaDbServer.named("two")
                        .provider(Providers.wsrep4j())
                        .host("127.0.0.7")
                        .create()) {
            one.start("gcomm://two.wsrep4j.test:" + two.groupPort(), "--wsrep-new-cluster");
            Files.writeString(hosts, line("127.0.0.7"), StandardOpenOption.TRUNCATE_EXISTING);
            // its own address leads to nobody: the other must find it
            two.launch("gcomm://" + NOBODY + ":4567");
            one.awaitStatus("wsrep_cluster_size", "2", Cluster.SOON);
            two.awaitReady();
            one.execute("CREATE TABLE test.named (id INT PRIMARY KEY)");
            two.execute("INSERT INTO test.named VALUES (1)");
            assertThat(one.logSinceLaunch())
                    .contains("Host 'two.wsrep4j.test' of the cluster address is tcp://127.0.0.7:" + two.groupPort());
        }
    }

    private static String line(String address) {
        return "127.0.0.1 localhost\n" + address + " two.wsrep4j.test\n";
    }
}

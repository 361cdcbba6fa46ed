package io.wsrep4j.tests.debian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wsrep4j.kit.Await;
import io.wsrep4j.tests.process.PrivateNetwork;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * What somebody does who has new Debian hosts, our package and docs/operations.md, and types the manual's commands: systemd, apt-get, the servers
 * and all scripts are Debian's own. With the long effort; not run where Debian's mirror cannot be reached.
 */
@EnabledIfSystemProperty(named = "wsrep4j.effort", matches = "long")
@Timeout(1800)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DebianHostsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final String SHOWN =
            "'wsrep_cluster_size','wsrep_cluster_status','wsrep_local_state_comment','wsrep_ready'";
    private static final int NODES = 3;

    @TempDir
    private static Path packages;

    private Manual manual;
    private Path built;
    private DebianRoot root;
    private PrivateNetwork network;
    private List<DebianHost> nodes;
    private DebianHost arbitrator;

    @BeforeAll
    void fetchDebian() throws IOException {
        String obstacle = PrivateNetwork.obstacle();
        assumeTrue(obstacle == null, () -> "needs root's rights and kernel namespaces: " + obstacle);
        manual = new Manual();
        built = DebianPackage.build(DebianPackage.version(), packages);
        try {
            root = DebianRoot.fetch("bookworm");
        } catch (DebianRoot.Unreachable unreachable) {
            abort("Debian's mirror cannot be reached: " + unreachable.getMessage());
        }
    }

    @BeforeEach
    void bootHosts() throws IOException {
        network = new PrivateNetwork(NODES + 1, "10.94.0.");
        nodes = new ArrayList<>();
        for (int place = 1; place <= NODES; place++) {
            nodes.add(bootHost(place));
        }
        arbitrator = bootHost(NODES + 1);
    }

    private DebianHost bootHost(int place) throws IOException {
        DebianHost host = DebianHost.booted(root, network, place);
        // the answer to apt-get's question
        host.run("echo 'APT::Get::Assume-Yes \"true\";' >/etc/apt/apt.conf.d/answers");
        // what is lost with the power may be a package here, too
        host.run("echo force-unsafe-io >/etc/dpkg/dpkg.cfg.d/hasty");
        host.take(built);
        return host;
    }

    @AfterEach
    void removeHosts() throws IOException {
        if (arbitrator != null) {
            arbitrator.close();
        }
        if (nodes != null) {
            for (DebianHost host : nodes) {
                host.close();
            }
        }
        if (network != null) {
            network.close();
        }
    }

    @AfterAll
    void removeDebian() throws IOException {
        if (root != null) {
            root.close();
        }
    }

    @Test
    void aNewClusterByTheManual() throws IOException {
        List<String> install = manual.blocks("Install");
        assertThat(install.get(0)).isEqualTo("./wsrep4j package --deb\n");
        assertThat(install.get(1)).contains(built.getFileName().toString());
        for (int place = 1; place <= NODES; place++) {
            DebianHost host = node(place);
            host.runOnline(install.get(1));
            assertThat(host.run("cat /etc/mysql/mariadb.conf.d/70-wsrep4j.cnf")).endsWith(install.get(2));
            host.run("sed -i 's/^wsrep_node_address .*/wsrep_node_address = " + network.address(place)
                    + "/' /etc/mysql/mariadb.conf.d/70-wsrep4j.cnf");
        }
        node(1).run(install.get(3));
        awaitNode(1, "1");
        node(2).run(install.get(4));
        awaitNode(2, "2");
        node(3).run(install.get(4));
        awaitNode(3, "3");
        assertThat(node(3).run(install.get(5)))
                .contains("wsrep_cluster_size\t3\n", "Primary", "Synced", "wsrep_ready\tON\n")
                .contains("26.4.23(wsrep4j-" + DebianPackage.version() + ")");
        node(1).run("mariadb -e 'CREATE TABLE mysql.witness (place INT PRIMARY KEY)'");
        write(1);

        addArbitrator();
        upgrade();
        stopAndStart();
        remove();
    }

    private void addArbitrator() throws IOException {
        arbitrator.runOnline(manual.blocks("Arbitrator").get(0));
        awaitNode(1, "4");
        arbitrator.run("systemctl kill --signal=KILL wsrep4j-arbitrator");
        Await.until("its return", PATIENCE, () -> arbitrator
                .run("systemctl show --property=NRestarts wsrep4j-arbitrator")
                .contains("=1"));
        awaitNode(1, "4");
        arbitrator.run("systemctl stop wsrep4j-arbitrator");
        assertThat(arbitrator.run("systemctl show --property=Result wsrep4j-arbitrator"))
                .isEqualTo("Result=success\n");
        awaitNode(1, "3");
    }

    private void upgrade() throws IOException {
        Path newer = DebianPackage.build("0.2.0", packages);
        List<String> upgrade = manual.blocks("Upgrade");
        assertThat(upgrade.get(0)).contains(newer.getFileName().toString());
        for (DebianHost host : nodes) {
            String before = host.run("pidof mariadbd");
            // what it has not opened by now it would look for in the new version's files
            assertThat(host.run("ls -l /proc/$(pidof mariadbd)/fd | grep -c '[.]jar$'"))
                    .isEqualTo(host.run("ls /usr/lib/wsrep4j/lib/*.jar | wc -l"));
            host.take(newer);
            host.runOnline(upgrade.get(0));
            assertThat(host.run("pidof mariadbd")).isEqualTo(before);
        }
        write(2);
        for (int place = 1; place <= NODES; place++) {
            node(place).run(upgrade.get(1));
            awaitNode(place, "3");
            assertThat(node(place).run("journalctl --unit mariadb --lines 200"))
                    .contains("archive of classes: /usr/lib/wsrep4j/lib/archive/");
        }
        write(3);
    }

    private void stopAndStart() throws IOException {
        List<String> start = manual.blocks("After a full stop");
        for (DebianHost host : nodes) {
            host.run("systemctl stop mariadb");
        }
        assertThatThrownBy(() -> node(1).run("galera_new_cluster")).hasMessageContaining("ended with");
        assertThat(node(1).run("journalctl --unit mariadb --lines 100")).contains("It may not be safe to bootstrap");
        assertThat(node(3).run(start.get(2))).contains("Recovered position");
        assertThat(node(3).run(start.get(0))).contains("safe_to_bootstrap: 1");
        node(1).run("systemctl start mariadb");
        node(2).run("systemctl start mariadb");
        awaitNode(2, "3");
        write(4);
    }

    private void remove() throws IOException {
        DebianHost host = node(3);
        assertThat(host.runOnline("apt-get remove wsrep4j 2>&1"))
                .contains("mariadbd will not start until wsrep_provider is another one")
                .contains("/etc/mysql/mariadb.conf.d/70-wsrep4j.cnf");
        host.run("sed -i 's/^wsrep_on .*/wsrep_on = OFF/' /etc/mysql/mariadb.conf.d/70-wsrep4j.cnf");
        host.runOnline(manual.blocks("Remove").get(0));
        assertPurged(host);
        host.run("systemctl restart mariadb");
        assertThat(rows(host)).isEqualTo("4\n");
    }

    private static void assertPurged(DebianHost host) throws IOException {
        assertThat(host.run(
                        "find / -xdev -not -path '/root/*' -not -path '/var/lib/mysql/*' -not -path '/var/log/*' | grep wsrep4j"
                                + " || true"))
                .isEmpty();
        assertThat(host.run("systemctl list-unit-files | grep wsrep4j || true")).isEmpty();
    }

    @Test
    void aGaleraClusterMovesOverByTheManualAndBack() throws IOException {
        for (int place = 1; place <= NODES; place++) {
            node(place).runOnline("apt-get install mariadb-server && systemctl stop mariadb");
            node(place)
                    .run("cat >/etc/mysql/mariadb.conf.d/60-galera.cnf <<'END'\n[galera]\nwsrep_on = ON\n"
                            + "wsrep_provider = /usr/lib/galera/libgalera_smm.so\nwsrep_cluster_name = my_cluster\n"
                            + "wsrep_cluster_address = gcomm://10.94.0.1,10.94.0.2,10.94.0.3\nwsrep_node_address = "
                            + network.address(place) + "\nbinlog_format = row\ninnodb_autoinc_lock_mode = 2\nEND");
        }
        arbitrator.runOnline("apt-get install galera-arbitrator-4 ./" + built.getFileName());
        arbitrator.run(
                "printf 'GALERA_NODES=\"10.94.0.1 10.94.0.2\"\\nGALERA_GROUP=\"my_cluster\"\\n' >/etc/default/garb");
        node(1).run("galera_new_cluster");
        node(2).run("systemctl start mariadb");
        node(3).run("systemctl start mariadb");
        arbitrator.run("systemctl enable --now garb");
        awaitNode(3, "4");
        node(1).run("mariadb -e 'CREATE TABLE mysql.witness (place INT PRIMARY KEY)'");
        write(1);

        List<String> move = manual.blocks("Move a Galera cluster over, node by node");
        for (DebianHost host : nodes) {
            String before = host.run("pidof mariadbd");
            host.runOnline(move.get(0));
            assertThat(host.run("pidof mariadbd")).isEqualTo(before);
        }
        for (int place = 1; place <= NODES; place++) {
            assertThat(node(place).run(move.get(1))).contains("(wsrep4j-");
            awaitNode(place, "4");
            write(1 + place);
        }
        arbitrator.run(manual.blocks("Arbitrator").get(1));
        Await.until("the other arbitrator", PATIENCE, () -> arbitrator
                .run("journalctl --unit wsrep4j-arbitrator")
                .contains("-> SYNCED"));
        awaitNode(1, "4");

        for (int place = 1; place <= NODES; place++) {
            assertThat(node(place)
                            .run(move.get(1)
                                    .replace("= /usr/lib/wsrep4j/libwsrep4j.so", "= /usr/lib/galera/libgalera_smm.so")))
                    .doesNotContain("wsrep4j");
            awaitNode(place, "4");
            node(place).runOnline(manual.blocks("Remove").get(0));
            assertPurged(node(place));
            write(4 + place);
        }
        arbitrator.runOnline(manual.blocks("Remove").get(0));
        awaitNode(1, "3");
        assertPurged(arbitrator);
        assertThat(rows(node(2))).isEqualTo("7\n");
    }

    private DebianHost node(int place) {
        return nodes.get(place - 1);
    }

    /** Adds the row of this number, on one node after the other, and finds it on all. */
    private void write(int number) throws IOException {
        node(number % NODES + 1).run("mariadb -e 'INSERT INTO mysql.witness VALUES (" + number + ")'");
        for (DebianHost host : nodes) {
            Await.until(number + " rows", PATIENCE, () -> rows(host).equals(number + "\n"), () -> log(host));
        }
    }

    private static String rows(DebianHost host) throws IOException {
        return host.run("mariadb -Ne 'SELECT COUNT(*) FROM mysql.witness'");
    }

    private void awaitNode(int place, String size) {
        Await.until(
                "node " + place + " in a cluster of " + size,
                PATIENCE,
                () -> node(place)
                        .run("mariadb -Ne \"SHOW STATUS WHERE Variable_name IN (" + SHOWN + ")\" | sort")
                        .equals("wsrep_cluster_size\t" + size + "\nwsrep_cluster_status\tPrimary\n"
                                + "wsrep_local_state_comment\tSynced\nwsrep_ready\tON\n"),
                () -> log(node(place)));
    }

    private static String log(DebianHost host) {
        try {
            return host.run("journalctl --no-pager --lines 100");
        } catch (IOException e) {
            return e.getMessage();
        }
    }
}

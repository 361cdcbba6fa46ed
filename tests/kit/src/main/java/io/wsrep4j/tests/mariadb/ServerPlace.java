package io.wsrep4j.tests.mariadb;

import io.wsrep4j.tests.process.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Where a server runs: its files, its ports, and the command line that tells it of them. Not thread-safe. */
final class ServerPlace {

    private final ServerSettings settings;
    private final Path home;
    private final int port = FreePorts.one();
    private final int groupPort = FreePorts.consecutive(2);
    private int sstPort = FreePorts.one();

    ServerPlace(ServerSettings settings, Path home) {
        this.settings = settings;
        this.home = home;
    }

    /** Where it takes clients. */
    int port() {
        return port;
    }

    /** Where it listens for the group. */
    int groupPort() {
        return groupPort;
    }

    /** Where it listens for incremental transfers. */
    int istPort() {
        return groupPort + 1;
    }

    Path dataDirectory() {
        return home.resolve("data");
    }

    Path socket() {
        return home.resolve("s");
    }

    private Path configurationFile() {
        return home.resolve("my.cnf");
    }

    /** Writes the configuration file, if the settings have a text for it. */
    void writeConfiguration() throws IOException {
        if (!settings.configuration.isEmpty()) {
            Files.writeString(
                    configurationFile(), settings.configuration + "[mariadbd]\ninnodb_buffer_pool_size=64M\n");
            DataDirectories.giveToServerUser(configurationFile());
        }
    }

    /** The next process gets a port for snapshots that is nobody's, whatever the last one has left behind. */
    void changeSstPort() {
        sstPort = FreePorts.one();
    }

    /** The command line of a member of a cluster with this address. */
    List<String> command(String clusterAddress) {
        List<String> command = new ArrayList<>(settings.place);
        command.addAll(List.of(
                settings.release.program("mariadbd"),
                settings.configuration.isEmpty() ? "--no-defaults" : "--defaults-file=" + configurationFile()));
        if (DataDirectories.asRoot()) {
            command.add("--user=mysql");
        }
        command.addAll(List.of(
                "--datadir=" + dataDirectory(),
                // a server that starts removes what looks like a left temporary table there, its neighbours' too
                "--tmpdir=" + home,
                "--socket=" + socket(),
                "--pid-file=" + home.resolve("pid"),
                "--port=" + port,
                "--bind-address=127.0.0.1",
                "--skip-name-resolve",
                "--binlog-format=ROW",
                "--default-storage-engine=InnoDB",
                "--innodb-autoinc-lock-mode=2",
                "--innodb-flush-log-at-trx-commit=0",
                "--innodb-log-file-size=16M",
                "--wsrep-on=ON",
                "--wsrep-provider=" + settings.provider,
                "--wsrep-cluster-name=wsrep4j-test",
                "--wsrep-cluster-address=" + clusterAddress,
                "--wsrep-node-name=" + settings.name,
                "--wsrep-node-address=" + settings.host,
                "--wsrep-node-incoming-address=127.0.0.1:" + port,
                "--wsrep-sst-method=rsync",
                "--wsrep-sst-receive-address=" + settings.host + ":" + sstPort,
                "--wsrep-provider-options=" + portOptions() + settings.providerOptions));
        if (settings.configuration.isEmpty()) {
            // beside a configuration file it stands there: mariadb-backup does not know the option that the script
            // would pass on
            command.add("--innodb-buffer-pool-size=64M");
        }
        command.addAll(settings.arguments);
        return command;
    }

    private String portOptions() {
        String listen = settings.network == null
                ? settings.scheme + "://" + settings.host + ":" + groupPort
                : settings.network.listenAddress(settings.placeInNetwork);
        return "base_port=" + groupPort + ";gmcast.listen_addr=" + listen + ";ist.recv_addr=" + settings.host + ":"
                + istPort() + ";gcache.size=64M;";
    }

    /** What others name to join it. */
    String groupAddress() {
        return settings.network == null
                ? settings.host + ":" + groupPort
                : settings.network.address(settings.placeInNetwork);
    }
}

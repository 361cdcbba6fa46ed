package io.wsrep4j.tests.demo;

import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * {@code ./wsrep4j demo}: three MariaDB servers on loopback form a cluster, a small data set is loaded on the first, and their state is shown until
 * Ctrl-C. {@code --mixed} gives the third Galera's own library; {@code --once} shows the state one time and stops.
 */
public final class Demo {

    private static final int NODES = 3;

    private final List<MariaDbServer> servers = new ArrayList<>();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final boolean mixed;
    private final boolean once;

    private Demo(boolean mixed, boolean once) {
        this.mixed = mixed;
        this.once = once;
    }

    public static void main(String[] arguments) throws Exception {
        Set<String> given = Set.of(arguments);
        for (String argument : given) {
            if (!argument.equals("--once") && !argument.equals("--mixed")) {
                System.err.println("unknown argument: " + argument + "; allowed: --mixed, --once");
                System.exit(2);
            }
        }
        Demo demo = new Demo(given.contains("--mixed"), given.contains("--once"));
        Runtime.getRuntime().addShutdownHook(new Thread(demo::stop));
        try {
            demo.run();
        } finally {
            demo.close();
        }
    }

    private void run() throws IOException, SQLException, InterruptedException {
        for (int i = 1; i <= NODES && !isStopping(); i++) {
            boolean galera = mixed && i == NODES;
            MariaDbServer server = MariaDbServer.named("n" + i)
                    .provider(galera ? Providers.galera() : Providers.wsrep4j())
                    .arguments("--wsrep-slave-threads=4")
                    .ownerStopsAtExit()
                    .create();
            servers.add(server);
            System.out.println("starting n" + i + " with " + (galera ? Providers.galera() : Providers.wsrep4j()));
            if (i == 1) {
                server.bootstrap();
                System.out.println("loading a small data set on n1");
                DataSet.load(server);
            } else {
                server.join(servers.get(0));
            }
        }
        for (MariaDbServer server : servers) {
            System.out.println(
                    server.name() + ":  mariadb -uroot --socket=" + server.socket() + " shop     log: " + server.log());
        }
        System.out.println(once ? "" : "Ctrl-C stops the servers and removes their files");
        StatusTable table = new StatusTable(servers);
        do {
            System.out.print(table.render());
        } while (!once && !stopping.await(1, TimeUnit.SECONDS));
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }

    /** At Ctrl-C: the main thread stops the servers; the JVM waits for that. */
    private void stop() {
        stopping.countDown();
        try {
            stopped.await(90, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void close() throws IOException {
        try {
            for (int i = servers.size() - 1; i >= 0; i--) {
                close(servers.get(i));
            }
        } finally {
            stopped.countDown();
        }
    }

    private static void close(MariaDbServer server) throws IOException {
        try {
            if (server.process() != null && server.process().isAlive()) {
                server.stop();
            } else if (server.process() != null) {
                System.out.println(server.name() + " had ended with " + server.awaitEnd(Duration.ZERO));
            }
        } finally {
            server.close();
        }
    }
}

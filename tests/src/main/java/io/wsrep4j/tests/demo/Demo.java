package io.wsrep4j.tests.demo;

import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * {@code ./wsrep4j demo}: starts a MariaDB server with the provider, prints how to connect, and shows its state until Ctrl-C. With {@code
 * --once} it shows the state one time and stops.
 */
public final class Demo {

    private final List<MariaDbServer> servers;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);

    private Demo(List<MariaDbServer> servers) {
        this.servers = servers;
    }

    public static void main(String[] arguments) throws Exception {
        boolean once = List.of(arguments).contains("--once");
        for (String argument : arguments) {
            if (!argument.equals("--once")) {
                System.err.println("unknown argument: " + argument + "; allowed: --once");
                System.exit(2);
            }
        }
        MariaDbServer server =
                MariaDbServer.named("n1").provider(Providers.wsrep4j()).create();
        Demo demo = new Demo(List.of(server));
        Runtime.getRuntime().addShutdownHook(new Thread(demo::stop));
        try {
            demo.run(once);
        } finally {
            demo.close();
        }
    }

    private void run(boolean once) throws Exception {
        System.out.println("starting a MariaDB server with " + Providers.wsrep4j());
        servers.get(0).bootstrap();
        for (MariaDbServer server : servers) {
            System.out.println("connect:  mariadb -uroot --socket=" + server.socket() + "     log: " + server.log());
        }
        System.out.println(once ? "" : "Ctrl-C stops and removes everything");
        StatusTable table = new StatusTable(servers);
        do {
            System.out.print(table.render());
        } while (!once && !stopping.await(1, TimeUnit.SECONDS));
    }

    private void stop() {
        stopping.countDown();
        try {
            stopped.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void close() throws IOException {
        for (MariaDbServer server : servers) {
            try {
                if (server.process() != null && server.process().isAlive()) {
                    server.stop();
                }
            } finally {
                server.close();
            }
        }
        stopped.countDown();
    }
}

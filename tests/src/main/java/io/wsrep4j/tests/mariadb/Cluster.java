package io.wsrep4j.tests.mariadb;

import io.wsrep4j.tests.process.Await;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Servers that are, or were, one cluster. {@link #close} ends and removes them all. Not thread-safe. */
public final class Cluster implements AutoCloseable {

    /** A deadline for what takes moments: there to end a hang, not to judge speed. */
    public static final Duration SOON = Duration.ofSeconds(120);

    private final List<MariaDbServer> servers = new ArrayList<>();

    /** Starts the first as a new cluster, lets the others join one after the other, and waits until all are synced. */
    public static Cluster form(MariaDbServer... servers) throws IOException {
        Cluster cluster = new Cluster();
        cluster.servers.addAll(List.of(servers));
        boolean formed = false;
        try {
            servers[0].bootstrap();
            for (int i = 1; i < servers.length; i++) {
                servers[i].join(servers[0]);
            }
            cluster.awaitSynced();
            formed = true;
            return cluster;
        } finally {
            if (!formed) {
                cluster.close();
            }
        }
    }

    /** The server of this place, from 0 on. */
    public MariaDbServer node(int place) {
        return servers.get(place);
    }

    /** Those that run. */
    public List<MariaDbServer> running() {
        return servers.stream()
                .filter(server -> server.process() != null && server.process().isAlive())
                .toList();
    }

    /** Takes one more server into account; it need not run. */
    public MariaDbServer add(MariaDbServer server) {
        servers.add(server);
        return server;
    }

    /** Waits until all that run are synced, and are the whole cluster. */
    public void awaitSynced() {
        awaitSynced(running());
    }

    /** Waits until these are synced, and are the whole cluster. */
    public static void awaitSynced(List<MariaDbServer> members) {
        for (MariaDbServer member : members) {
            member.awaitStatus("wsrep_cluster_size", Integer.toString(members.size()), SOON);
            member.awaitStatus("wsrep_cluster_status", "Primary", SOON);
            member.awaitStatus("wsrep_local_state_comment", "Synced", SOON);
            member.awaitStatus("wsrep_ready", "ON", SOON);
        }
    }

    /** Waits until a query answers the same on all that run, and gives the answer. */
    public String awaitAlike(String query) {
        List<MariaDbServer> members = running();
        Await.until(
                "all answer '" + query + "' alike",
                SOON,
                () -> answers(members, query).distinct().count() == 1,
                () -> answers(members, query).toList().toString());
        return answers(members, query).findFirst().orElseThrow();
    }

    /** Waits until a query gives this answer on all that run. */
    public void awaitEverywhere(String query, String answer) {
        List<MariaDbServer> members = running();
        Await.until(
                "all answer '" + query + "' with " + answer,
                SOON,
                () -> answers(members, query).allMatch(answer::equals),
                () -> answers(members, query).toList().toString());
    }

    private static Stream<String> answers(List<MariaDbServer> members, String query) {
        return members.stream().map(member -> {
            try {
                return String.valueOf(member.queryOne(query));
            } catch (SQLException e) {
                return member.name() + ": " + e.getMessage();
            }
        });
    }

    @Override
    public void close() throws IOException {
        for (MariaDbServer server : servers) {
            server.close();
        }
    }
}

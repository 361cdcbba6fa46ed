package io.wsrep4j.tests.demo;

import io.wsrep4j.tests.mariadb.MariaDbServer;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** The state of each server in a row, drawn over itself when the output is a terminal. */
final class StatusTable {

    private static final String ROW = "%-6s %-28s %5s %14s %12s %10s %10s %12s %10s%n";

    private final List<MariaDbServer> servers;
    private boolean drawn;

    StatusTable(List<MariaDbServer> servers) {
        this.servers = servers;
    }

    String render() {
        StringBuilder text = new StringBuilder();
        if (drawn && System.console() != null) {
            text.append("\033[").append(servers.size() + 1).append("F");
        }
        drawn = true;
        text.append(ROW.formatted(
                "node",
                "state",
                "size",
                "last committed",
                "receive queue",
                "send queue",
                "flow paused",
                "cert failures",
                "bf aborts"));
        for (MariaDbServer server : servers) {
            text.append(row(server));
        }
        return text.toString();
    }

    private static String row(MariaDbServer server) {
        try {
            Map<String, String> status = server.statuses("wsrep%");
            return ROW.formatted(
                    server.name(),
                    status.get("wsrep_local_state_comment"),
                    status.get("wsrep_cluster_size"),
                    status.get("wsrep_last_committed"),
                    status.get("wsrep_local_recv_queue"),
                    status.get("wsrep_local_send_queue"),
                    status.get("wsrep_flow_control_paused"),
                    status.get("wsrep_local_cert_failures"),
                    status.get("wsrep_local_bf_aborts"));
        } catch (SQLException down) {
            return ROW.formatted(server.name(), down.getMessage(), "", "", "", "", "", "", "");
        }
    }
}

package io.wsrep4j.provider.status;

import io.wsrep4j.api.StatusVariable;
import io.wsrep4j.gcomm.group.GroupFigures;
import io.wsrep4j.provider.certification.CertificationStatistics;
import io.wsrep4j.provider.node.TransactionFigures;
import io.wsrep4j.provider.order.MonitorFigures;
import io.wsrep4j.provider.state.NodeSituation;
import io.wsrep4j.provider.state.ReplicatorState;
import io.wsrep4j.provider.transfer.TransferState;
import java.util.ArrayList;
import java.util.List;

/** All status variables in Galera's order, with its types (docs/spec/options-status.md 10). Thread-safe; works in every state. */
public final class StatusReport {

    private static final int EXPECTED = 60;

    private final StatusSources sources;

    public StatusReport(StatusSources sources) {
        this.sources = sources;
    }

    /** The variables now. */
    public List<StatusVariable> read() {
        List<StatusVariable> all = new ArrayList<>(EXPECTED);
        GroupFigures group = sources.node().group().figures();
        addPosition(all, group);
        addReplication(all);
        addQueues(all, group);
        addFlowControl(all, group);
        addOrders(all);
        addState(all);
        sources.node().group().channelStatus().forEach((name, value) -> text(all, name, value));
        return all;
    }

    private void addPosition(List<StatusVariable> all, GroupFigures group) {
        NodeSituation situation = sources.node().situation();
        boolean unknown = situation.history().isUndefined() && !situation.isCorrupt();
        text(all, "local_state_uuid", unknown ? "" : situation.history().toString());
        integer(all, "protocol_version", group.protocolReplicator());
        integer(all, "protocol_application", group.protocolApplication());
        integer(all, "protocol_replicator", group.protocolReplicator());
        integer(all, "protocol_GCS", group.protocolGroup());
        integer(all, "last_committed", sources.node().orders().applied());
    }

    private void addReplication(List<StatusVariable> all) {
        TransactionFigures figures = sources.node().figures();
        integer(all, "replicated", figures.replicated());
        integer(all, "replicated_bytes", figures.replicatedBytes());
        integer(all, "repl_keys", figures.keys());
        integer(all, "repl_keys_bytes", figures.keyBytes());
        integer(all, "repl_data_bytes", figures.dataBytes());
        integer(all, "repl_other_bytes", figures.otherBytes());
        integer(all, "received", sources.received().getAsLong());
        integer(all, "received_bytes", sources.receivedBytes().getAsLong());
        integer(all, "local_commits", figures.commits());
        integer(all, "local_cert_failures", figures.certificationFailures());
        integer(all, "local_replays", figures.replays());
    }

    private void addQueues(List<StatusVariable> all, GroupFigures group) {
        integer(all, "local_send_queue", group.localSendQueue());
        integer(all, "local_send_queue_max", group.localSendQueueMax());
        integer(all, "local_send_queue_min", group.localSendQueueMin());
        real(all, "local_send_queue_avg", group.localSendQueueAverage());
        integer(all, "local_recv_queue", group.localReceiveQueue());
        integer(all, "local_recv_queue_max", group.localReceiveQueueMax());
        integer(all, "local_recv_queue_min", group.localReceiveQueueMin());
        real(all, "local_recv_queue_avg", group.localReceiveQueueAverage());
        integer(all, "local_cached_downto", sources.cachedDownTo().getAsLong());
    }

    private static void addFlowControl(List<StatusVariable> all, GroupFigures group) {
        integer(all, "flow_control_paused_ns", group.flowControlPausedNanos());
        real(all, "flow_control_paused", group.flowControlPaused());
        integer(all, "flow_control_sent", group.flowControlSent());
        integer(all, "flow_control_recv", group.flowControlReceived());
        text(all, "flow_control_active", Boolean.toString(group.flowControlActive()));
        text(all, "flow_control_requested", Boolean.toString(group.flowControlRequested()));
    }

    private void addOrders(List<StatusVariable> all) {
        MonitorFigures apply = sources.node().orders().apply().figures();
        CertificationStatistics certification = sources.node().certification().statistics();
        MonitorFigures commit = sources.node().orders().commit().figures();
        real(all, "cert_deps_distance", certification.depsDistance());
        real(all, "apply_oooe", apply.outOfOrderEntered());
        real(all, "apply_oool", apply.outOfOrderLeft());
        real(all, "apply_window", apply.window());
        integer(all, "apply_waits", apply.waits());
        real(all, "commit_oooe", commit.outOfOrderEntered());
        real(all, "commit_oool", commit.outOfOrderLeft());
        real(all, "commit_window", commit.window());
    }

    private void addState(List<StatusVariable> all) {
        NodeSituation situation = sources.node().situation();
        CertificationStatistics certification = sources.node().certification().statistics();
        ReplicatorState state = situation.hasLostComponent() ? ReplicatorState.CONNECTED : situation.state();
        integer(all, "local_state", situation.memberStatus().ordinal());
        text(
                all,
                "local_state_comment",
                situation.isCorrupt()
                        ? "Inconsistent"
                        : comment(state, sources.transfer().get()));
        integer(all, "cert_index_size", certification.indexSize());
        integer(all, "causal_reads", sources.node().figures().causalReads());
        real(all, "cert_interval", certification.interval());
        integer(all, "open_transactions", sources.transactions().openTransactions());
        integer(all, "open_connections", sources.transactions().openConnections());
        text(all, "incoming_addresses", sources.incomingAddresses().get());
    }

    private static String comment(ReplicatorState state, TransferState transfer) {
        return switch (state) {
            case CLOSED, CONNECTED ->
                switch (transfer) {
                    case REQUEST_FAILED -> "Joining: State Transfer request failed";
                    case FAILED -> "Joining: State Transfer failed";
                    case NONE, WAIT, JOIN_SENT -> "Initialized";
                };
            case JOINING -> transfer == TransferState.WAIT ? "Joining: receiving State Transfer" : "Joining";
            case JOINED -> "Joined";
            case SYNCED -> "Synced";
            case DONOR -> "Donor/Desynced";
        };
    }

    /** FLUSH STATUS: begins averages and counters anew, except totals. */
    public void reset() {
        sources.node().orders().apply().resetFigures();
        sources.node().orders().commit().resetFigures();
        sources.node().orders().local().resetFigures();
        sources.node().certification().resetStatistics();
        sources.node().group().flushStatistics();
    }

    private static void text(List<StatusVariable> all, String name, String value) {
        all.add(new StatusVariable.Text(name, value));
    }

    private static void integer(List<StatusVariable> all, String name, long value) {
        all.add(new StatusVariable.Int64(name, value));
    }

    private static void real(List<StatusVariable> all, String name, double value) {
        all.add(new StatusVariable.Real(name, value));
    }
}

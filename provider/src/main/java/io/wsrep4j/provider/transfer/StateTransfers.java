package io.wsrep4j.provider.transfer;

import io.wsrep4j.api.ApplierContext;
import io.wsrep4j.api.EventService;
import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Host;
import io.wsrep4j.api.Status;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.group.GroupAction.StateTransferRequested;
import io.wsrep4j.gcomm.group.message.ConfigurationChange;
import io.wsrep4j.provider.node.NodeParts;
import io.wsrep4j.provider.options.ProviderOptions;
import io.wsrep4j.provider.transaction.Transactions;
import java.util.Set;

/**
 * State transfers of one node, as joiner and as donor (docs/spec/replicator-state-transfer.md 18 and 19). Thread-safe: {@link #join} and {@link #donate} run on receiving threads inside the local
 * order, so one at a time; the rest from any thread.
 */
public final class StateTransfers {

    private final Joining joining;
    private final HistoryReception history;
    private final Donating donating;
    private final OwnHistory ownHistory;

    /**
     * @param nodeName this node's name, for threads
     * @param nodeAddress the host's address of this node; perhaps empty
     * @param reports takes how far transfers are; null for nobody
     */
    public StateTransfers(
            NodeParts node,
            Transactions transactions,
            Host host,
            ProviderOptions options,
            String nodeName,
            String nodeAddress,
            ProtocolAgreement agreement,
            EventService reports) {
        TransferEvents events = new TransferEvents();
        HistoryIntake intake = new HistoryIntake(node, transactions, agreement, events);
        HistoryApplication application = new HistoryApplication(
                node, transactions, host, events, new TransferProgress(reports, System::nanoTime));
        history = new HistoryReception(node, options, nodeName, nodeAddress, events, intake, application);
        joining = new Joining(node, host, agreement, history);
        ownHistory = new OwnHistory(node, host, nodeName, events, intake, application);
        donating = new Donating(node, host, options, nodeName);
    }

    /** Preferred donors for the next transfers, comma-separated. */
    public void donors(String names) {
        joining.donors(names);
    }

    /**
     * Gets this node's state: blocks until snapshot and history are through.
     *
     * @param change the configuration that made it necessary
     * @param protocol state request version to use, 0 to 3
     * @throws StateTransferException if it failed: this node must leave
     */
    public void join(ApplierContext context, ConfigurationChange change, int protocol) throws StateTransferException {
        // what this node has cached may be discarded now
        donating.endAll();
        joining.run(context, change, protocol);
    }

    /**
     * At the start: what the own write-set cache holds next after the host's position may be applied from there; anything else that is newer is discarded.
     */
    public void claimOwnHistory(Gtid position) {
        ownHistory.claim(position);
    }

    /** How far this node can bring itself by its own cache; undefined if no further than its host is. */
    public long ownHistoryReaches() {
        return ownHistory.claimed();
    }

    /** True if the group counts this node as being at a position that it has yet to reach by {@link #applyOwnHistory}. */
    public boolean isOwnHistoryDue(Gtid position) {
        return ownHistory.isDue(position);
    }

    /**
     * Has the host apply what the own cache holds, as far as the group counts it as applied. Blocks.
     *
     * @throws StateTransferException if that cannot be: this node must leave
     */
    public void applyOwnHistory(ApplierContext context, ConfigurationChange change) throws StateTransferException {
        ownHistory.apply(context, change);
    }

    /** The group does not count on what the own cache holds beyond the host's position: it is discarded. */
    public void forgoOwnHistory(Gtid group) {
        ownHistory.forgo(group);
    }

    /** Everything the group delivers up to here was contained in the last transfer; -1 if nothing. */
    public long covered() {
        return joining.covered();
    }

    /** The history changed: nothing is covered. */
    public void forgetCovered() {
        joining.forgetCovered();
    }

    /** What the status text says of the transfer. */
    public TransferState state() {
        return joining.state();
    }

    /** The group has seen the end of the transfer. */
    public void finished() {
        joining.finished();
    }

    /** Applies what a running incremental transfer has brought, until its end; returns at once if there is none. */
    public void help(ApplierContext context) {
        history.help(context);
    }

    /** Serves a joiner, as far as that is done on this thread. */
    public void donate(ApplierContext context, StateTransferRequested request, int protocol) {
        donating.donate(context, request, protocol);
    }

    /** Who is in the group's primary component now. */
    public void membersAre(Set<Uuid> members) {
        donating.membersAre(members);
    }

    /** See {@link io.wsrep4j.api.Provider#sstReceived}. */
    public Status sstReceived(Gtid position, int code) {
        return joining.sstReceived(position, code);
    }

    /** See {@link io.wsrep4j.api.Provider#sstSent}. */
    public Status sstSent(Gtid position, int code) {
        return donating.sstSent(position, code);
    }

    /** After {@link #cancel}, when no receiving thread is left: lets go of the cache. */
    public void close() {
        ownHistory.close();
    }

    /** Stops all transfers. */
    public void cancel() {
        joining.cancel();
        donating.cancel();
    }
}

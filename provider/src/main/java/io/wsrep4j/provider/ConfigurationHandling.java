package io.wsrep4j.provider;

import io.wsrep4j.api.ApplierContext;
import io.wsrep4j.api.CallbackStatus;
import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.api.View;
import io.wsrep4j.gcomm.group.GroupAction.ConfigurationChanged;
import io.wsrep4j.gcomm.group.message.ConfigurationChange;
import io.wsrep4j.gcomm.group.message.ConfigurationChange.ConfigurationMember;
import io.wsrep4j.gcomm.group.message.NodeState;
import io.wsrep4j.provider.node.NodeParts;
import io.wsrep4j.provider.order.OrderAbandonedException;
import io.wsrep4j.provider.state.NodeSituation;
import io.wsrep4j.provider.state.ReplicatorState;
import io.wsrep4j.provider.transaction.Transactions;
import io.wsrep4j.provider.transfer.StateTransferException;
import io.wsrep4j.provider.transfer.StateTransfers;
import io.wsrep4j.provider.view.ClusterViews;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a change of the group's configuration does to this node (docs/spec/replicator-state-transfer.md 15). Runs on a receiving thread, one change at
 * a time, inside the local order.
 */
final class ConfigurationHandling {

    private final NodeParts node;
    private final Transactions transactions;
    private final HostViews host;
    private StateTransfers transfers;

    private int replicationProtocol = -1;
    private int applicationProtocol = -1;
    private volatile String incomingAddresses = "";

    ConfigurationHandling(NodeParts node, Transactions transactions, HostViews host) {
        this.node = node;
        this.transactions = transactions;
        this.host = host;
    }

    /** Who gets this node's state when it lacks something; set once, before the first change. */
    void transfers(StateTransfers stateTransfers) {
        transfers = stateTransfers;
    }

    /** A configuration of the past, or one that a state transfer has brought, sets what is spoken. */
    void agreeFromHistory(ConfigurationChange change) {
        incomingAddresses = addresses(change);
        speak(change);
        adjust(change);
    }

    /** Client addresses of the members, comma-separated. */
    String incomingAddresses() {
        return incomingAddresses;
    }

    /** Nobody is a member any more. */
    void forgetMembers() {
        incomingAddresses = "";
    }

    /**
     * Handles one change. Blocks until everything before it is settled.
     *
     * @throws CriticalCallbackException if the host failed in a callback
     */
    void handle(ApplierContext context, ConfigurationChanged action) throws CriticalCallbackException {
        long local = action.localSeqno();
        try {
            node.orders().local().enterRegardless(local, local - 1);
        } catch (OrderAbandonedException e) {
            letGo(context, action);
            return;
        }
        try {
            transactions.judgePendingBefore(local);
            if (action.change().isPrimary()) {
                primary(context, action);
            } else {
                notPrimary(context, action);
            }
        } finally {
            action.buffer().release();
            node.group().resumeReception();
            node.orders().local().leave(local);
        }
    }

    /** Somebody has failed while this was waiting for its turn. */
    private void letGo(ApplierContext context, ConfigurationChanged action) throws CriticalCallbackException {
        if (action.change().members().isEmpty()) {
            handleLast(context, action);
        } else {
            node.group().resumeReception();
            action.buffer().release();
        }
    }

    /** The end of the connection at a node that has given up: only the host has to know. */
    void handleLast(ApplierContext context, ConfigurationChanged action) throws CriticalCallbackException {
        try {
            incomingAddresses = addresses(action.change());
            tellView(context, ClusterViews.last(node.orders().appliedGtid(), replicationProtocol, applicationProtocol));
        } finally {
            node.group().resumeReception();
            action.buffer().release();
        }
    }

    private void notPrimary(ApplierContext context, ConfigurationChanged action) throws CriticalCallbackException {
        ConfigurationChange change = action.change();
        NodeSituation situation = node.situation();
        View view = change.members().isEmpty()
                ? ClusterViews.last(node.orders().appliedGtid(), replicationProtocol, applicationProtocol)
                : ClusterViews.of(change, situation.ownId());
        try {
            drain();
        } catch (OrderAbandonedException e) {
            node.log().debug("the end is told although not all is settled: this node has failed");
        }
        incomingAddresses = addresses(change);
        host.turnOf(action);
        tellView(context, view);
        if (situation.state().compareTo(ReplicatorState.CONNECTED) > 0) {
            situation.become(ReplicatorState.CONNECTED);
        }
    }

    private void primary(ApplierContext context, ConfigurationChanged action) throws CriticalCallbackException {
        ConfigurationChange change = action.change();
        NodeSituation situation = node.situation();
        ConfigurationMember self = change.members().get(action.ownIndex());
        boolean firstView = situation.ownId().isUndefined();
        transfers.membersAre(ids(change));
        View view = ClusterViews.of(change, self.id());
        if (!situation.history().equals(change.position().uuid())) {
            transfers.forgetCovered();
        }
        if (change.position().seqno() <= transfers.covered()) {
            takeNote(action);
            return;
        }
        drain();
        boolean otherHistory = !situation.history().equals(change.position().uuid());
        if (firstView || otherHistory) {
            situation.ownId(self.id());
            require(host.connected(view), "connected");
        }
        boolean safeToBootstrap = change.members().size() == 1;
        incomingAddresses = addresses(change);
        if (self.state() == NodeState.PRIM && lacksEvents(change, otherHistory)) {
            transfer(context, change);
            return;
        }
        boolean ordered = ClusterViews.isOrdered(change);
        long seqno = change.position().seqno();
        long before = ordered ? seqno - 1 : seqno;
        recover(context, change, before);
        agree(change);
        if (firstView) {
            situation.history(change.position().uuid());
            node.orders().initialPosition(change.position().uuid(), before);
            node.cache().reset(change.position().uuid(), before);
        }
        if (ordered) {
            node.cache().publishConfiguration(action.buffer(), seqno);
        }
        shiftTo(self.state(), action.localSeqno());
        node.savedState().set(new Gtid(situation.history(), Seqno.UNDEFINED), safeToBootstrap);
        tellView(context, view);
        if (ordered) {
            // only now: inside the callback the host still sees the position before the view
            node.orders().skip(seqno);
        }
    }

    /**
     * The last state transfer has brought this change already; it only belongs into the history (docs/spec/replicator-state-transfer.md 15.4 step 3).
     */
    private void takeNote(ConfigurationChanged action) {
        ConfigurationChange change = action.change();
        long seqno = change.position().seqno();
        if (ClusterViews.isOrdered(change) && seqno > node.certification().position()) {
            agree(change);
            if (!node.cache().contains(seqno)) {
                node.cache().publishConfiguration(action.buffer(), seqno);
            }
        }
    }

    /** Gets what this node lacks; the view reaches the host with the snapshot, or as an event of the history. */
    private void transfer(ApplierContext context, ConfigurationChange change) throws CriticalCallbackException {
        transfers.forgoOwnHistory(change.position());
        transactions.forgetPending();
        node.cache().release(node.certification().position());
        node.certification().reset();
        try {
            transfers.join(context, change, requestVersion(change.replicatorProtocol()));
        } catch (StateTransferException e) {
            throw new CriticalCallbackException(e);
        }
        if (node.situation().state() == ReplicatorState.JOINING) {
            node.group().join(new Gtid(node.situation().history(), transfers.covered()), 0);
        }
    }

    /** The group counts this node as complete: perhaps because of what its own cache has and its host has not. */
    private void recover(ApplierContext context, ConfigurationChange change, long before)
            throws CriticalCallbackException {
        Gtid position = new Gtid(change.position().uuid(), before);
        if (!transfers.isOwnHistoryDue(position)) {
            transfers.forgoOwnHistory(position);
            return;
        }
        speak(change);
        try {
            transfers.applyOwnHistory(context, change);
        } catch (StateTransferException e) {
            throw new CriticalCallbackException(e);
        }
    }

    /** Version of the state request that a protocol asks for (docs/spec/replicator-state-transfer.md 16). */
    static int requestVersion(int replicationProtocol) {
        if (replicationProtocol >= ClusterViews.FIRST_PROTOCOL_WITH_ORDERED_CHANGES) {
            return 3;
        }
        return replicationProtocol >= 6 ? 2 : replicationProtocol >= 2 ? 1 : 0;
    }

    private boolean lacksEvents(ConfigurationChange change, boolean otherHistory) {
        return otherHistory || node.orders().applied() + 1 < change.position().seqno();
    }

    private void agree(ConfigurationChange change) {
        if (change.replicatorProtocol() != replicationProtocol) {
            transactions.forgetPending();
            node.certification().reset();
        }
        speak(change);
        adjust(change);
    }

    private void speak(ConfigurationChange change) {
        if (change.replicatorProtocol() != replicationProtocol) {
            node.settings().replicationProtocol(change.replicatorProtocol());
        }
        replicationProtocol = change.replicatorProtocol();
        applicationProtocol = change.applicationProtocol();
    }

    private void adjust(ConfigurationChange change) {
        node.certification().adjust(change.position().seqno(), replicationProtocol, ids(change));
        transactions.membersChanged();
    }

    private void shiftTo(NodeState memberState, long localSeqno) throws CriticalCallbackException {
        NodeSituation situation = node.situation();
        ReplicatorState state = situation.state();
        boolean movable =
                state == ReplicatorState.CONNECTED || state == ReplicatorState.DONOR && memberState == NodeState.JOINED;
        if (!movable) {
            return;
        }
        ReplicatorState next = ReplicatorState.of(memberState);
        if (next != ReplicatorState.CONNECTED) {
            situation.become(next, localSeqno);
        }
        if (next == ReplicatorState.SYNCED) {
            require(host.synced(), "synced");
        }
    }

    private void drain() {
        if (!node.situation().isCorrupt()) {
            long position = node.certification().position();
            if (position >= node.orders().applied() && position != Seqno.UNDEFINED) {
                node.orders().drain(position);
            }
        }
    }

    private void tellView(ApplierContext context, View view) throws CriticalCallbackException {
        require(host.view(context, view), "view");
    }

    private static void require(CallbackStatus status, String callback) throws CriticalCallbackException {
        if (status != CallbackStatus.SUCCESS) {
            throw new CriticalCallbackException("the host failed in its " + callback + " callback");
        }
    }

    private static Set<Uuid> ids(ConfigurationChange change) {
        return change.members().stream().map(ConfigurationMember::id).collect(Collectors.toSet());
    }

    private static String addresses(ConfigurationChange change) {
        return change.members().stream()
                .map(ConfigurationMember::incomingAddress)
                .collect(Collectors.joining(","));
    }
}

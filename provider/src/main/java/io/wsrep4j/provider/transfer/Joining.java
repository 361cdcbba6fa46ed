package io.wsrep4j.provider.transfer;

import io.wsrep4j.api.ApplierContext;
import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Host;
import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.Status;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.group.GroupAction;
import io.wsrep4j.gcomm.group.StateTransferAnswer;
import io.wsrep4j.gcomm.group.message.ConfigurationChange;
import io.wsrep4j.gcomm.group.message.StateTransferRequest;
import io.wsrep4j.provider.node.NodeParts;
import io.wsrep4j.provider.state.ReplicatorState;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The joiner's procedure (docs/spec/replicator-state-transfer.md 18). {@link #run} belongs to the thread that handles the configuration change,
 * inside the local order; the rest is for any thread.
 */
final class Joining {

    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final NodeParts node;
    private final Host host;
    private final ProtocolAgreement agreement;
    private final HistoryReception history;
    private final SnapshotArrival arrival = new SnapshotArrival();

    private volatile String donors = "";
    private volatile long covered = Seqno.UNDEFINED;
    private volatile TransferState state = TransferState.NONE;
    private volatile boolean cancelled;

    /** The saved state says "unknown" because of this transfer. Owned by the thread that runs it. */
    private boolean unsafe;

    /** The last seqno that a donor can send for the request that was granted. Owned by the thread that runs it. */
    private long lastPossible;

    Joining(NodeParts node, Host host, ProtocolAgreement agreement, HistoryReception history) {
        this.node = node;
        this.host = host;
        this.agreement = agreement;
        this.history = history;
    }

    void donors(String names) {
        donors = names;
        cancelled = false;
    }

    long covered() {
        return covered;
    }

    void forgetCovered() {
        covered = Seqno.UNDEFINED;
    }

    TransferState state() {
        return state;
    }

    void finished() {
        state = TransferState.NONE;
    }

    void cancel() {
        cancelled = true;
        history.cancel();
    }

    private boolean isGivenUp() {
        return cancelled || node.group().isLost() || node.failStop().hasFailed();
    }

    void run(ApplierContext context, ConfigurationChange change, int version) throws StateTransferException {
        boolean interrupted = false;
        try {
            transfer(context, change, version);
        } catch (InterruptedException e) {
            interrupted = true;
            throw new StateTransferException("the state transfer was interrupted", e);
        } finally {
            arrival.forget();
            history.stop();
            if (unsafe) {
                // nobody knows what the host's data is now
                settle(Gtid.UNDEFINED);
                node.situation().history(Uuid.UNDEFINED);
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void transfer(ApplierContext context, ConfigurationChange change, int version)
            throws StateTransferException, InterruptedException {
        Gtid target = change.position();
        node.situation().become(ReplicatorState.CONNECTED);
        boolean sameHistory = node.situation().history().equals(target.uuid());
        node.log()
                .info("State transfer required: group state " + target + ", local state "
                        + node.situation().history() + ":" + node.orders().applied());
        ByteBuffer snapshotRequest = host.sstRequest();
        if (snapshotRequest == null) {
            throw new StateTransferException(
                    "SST request callback failed. This is unrecoverable, restart required. The server's log says why");
        }
        if (!snapshotRequest.hasRemaining() && !sameHistory) {
            throw new StateTransferException(
                    "this node's history " + node.situation().history() + " is not the group's " + target.uuid()
                            + ", and a running server cannot take a snapshot: restart it");
        }
        long lastApplied = sameHistory ? node.orders().applied() : Seqno.UNDEFINED;
        ByteBuffer istRequest = history.listen(change, lastApplied, sameHistory, version, this::isGivenUp);
        if (!snapshotRequest.hasRemaining() && !istRequest.hasRemaining()) {
            throw new StateTransferException("neither a snapshot nor an incremental transfer is possible"
                    + (history.obstacle() == null ? "" : " (" + history.obstacle() + ")") + ": restart the server");
        }
        StateRequestBody body = version == 0
                ? new StateRequestBody.Plain(snapshotRequest)
                : new StateRequestBody.Combined(snapshotRequest, istRequest);
        if (version >= HistoryReception.FIRST_VERSION_FOR_STRANGERS
                && !istRequest.hasRemaining()
                && !body.needsNoTransfer()) {
            // every donor would refuse (docs/spec/replicator-state-transfer.md 19 step 6): with a snapshot comes the
            // certification index, and it
            // comes to this listener
            throw new StateTransferException(
                    "no donor can send this node's state, because " + history.obstacle()
                            + ". Free that address, or set ist.recv_addr (and ist.recv_bind) to another, then start this node again");
        }
        arrival.expect();
        node.savedState().markUnsafe();
        unsafe = true;
        ask(new StateTransferRequest(
                donors,
                version,
                istRequest.hasRemaining() ? new Gtid(node.situation().history(), lastApplied) : Gtid.UNDEFINED,
                ByteBuffer.wrap(body.toBytes())));
        node.situation().become(ReplicatorState.JOINING);
        state = TransferState.WAIT;
        covered = Seqno.UNDEFINED;
        if (!sameHistory) {
            node.cache().reset(target.uuid(), target.seqno());
        }
        takeSnapshot(body, target, sameHistory);
        if (istRequest.hasRemaining() && !body.needsNoTransfer()) {
            history.take(context, change, lastPossible, last -> covered = last);
        } else {
            history.stop();
            agreement.agreeFromHistory(change);
        }
        state = TransferState.JOIN_SENT;
    }

    // ---- asking

    private void ask(StateTransferRequest request) throws StateTransferException {
        boolean told = false;
        while (true) {
            StateTransferAnswer answer = node.group().requestStateTransfer(request);
            if (answer.localSeqno() != GroupAction.NO_LOCAL_SEQNO) {
                node.orders().local().skip(answer.localSeqno());
            }
            switch (answer.status()) {
                case GRANTED -> {
                    lastPossible = answer.lastChange();
                    node.log().info("Requesting state transfer: success, donor: " + answer.donorIndex());
                    return;
                }
                case TRY_AGAIN, NOT_PRIMARY, CUT_OFF -> {
                    if (isGivenUp()) {
                        throw failed("the connection to the group ended before a donor was found");
                    }
                    if (!told) {
                        told = true;
                        node.log()
                                .info("Requesting state transfer failed: " + answer.status()
                                        + ". Will keep retrying every 1 second(s)");
                    }
                    LockSupport.parkNanos(this, RETRY_NANOS);
                }
                case DONOR_UNREACHABLE, DONOR_IS_SELF, NOT_NEEDED, REFUSED, CLOSED ->
                    throw failed("State transfer request failed unrecoverably: " + answer.status()
                            + (donors.isEmpty() ? "" : " (wsrep_sst_donor = '" + donors + "')"));
            }
        }
    }

    private StateTransferException failed(String reason) {
        state = TransferState.REQUEST_FAILED;
        settle(node.orders().appliedGtid());
        return new StateTransferException(reason);
    }

    private void settle(Gtid position) {
        unsafe = false;
        node.savedState().set(position, false);
        node.savedState().markSafe();
    }

    // ---- the snapshot

    private void takeSnapshot(StateRequestBody body, Gtid target, boolean sameHistory)
            throws StateTransferException, InterruptedException {
        Gtid snapshot;
        if (!body.snapshotRequest().hasRemaining()) {
            snapshot = new Gtid(target.uuid(), node.orders().applied());
        } else if (body.needsNoTransfer()) {
            snapshot = target;
        } else {
            snapshot = awaitSnapshot(target);
        }
        if (body.snapshotRequest().hasRemaining()) {
            if (sameHistory && node.orders().applied() != snapshot.seqno()) {
                node.log().info("Resetting GCache seqno map due to seqno gap");
                node.cache().reset(snapshot.uuid(), snapshot.seqno());
            }
            node.situation().history(snapshot.uuid());
            node.orders().initialPosition(Uuid.UNDEFINED, Seqno.UNDEFINED);
            node.orders().initialPosition(snapshot.uuid(), snapshot.seqno());
        }
        covered = snapshot.seqno();
        acceptState(body);
    }

    private Gtid awaitSnapshot(Gtid target) throws StateTransferException, InterruptedException {
        SnapshotArrival.Report report = arrival.await(this::isGivenUp);
        if (report == null) {
            throw new StateTransferException("SST failed: the connection to the group ended meanwhile");
        }
        if (!report.position().uuid().equals(target.uuid()) || report.position().seqno() < 0) {
            state = TransferState.FAILED;
            settle(report.position());
            // the saved state has the last word on it: this node's own position is of before
            node.situation().history(Uuid.UNDEFINED);
            throw new StateTransferException(
                    report.code() == 0
                            ? "SST failed: application received wrong state: received " + report.position()
                                    + ", required " + target
                            : "SST failed: the host could not receive the snapshot (code " + report.code()
                                    + "); look into its log");
        }
        node.log().info("SST received: " + report.position());
        return report.position();
    }

    private void acceptState(StateRequestBody body) throws StateTransferException {
        Gtid unfinished = new Gtid(node.situation().history(), Seqno.UNDEFINED);
        if (!node.savedState().isCorrupt()) {
            settle(unfinished);
            return;
        }
        if (!body.snapshotRequest().hasRemaining() || body.needsNoTransfer()) {
            throw new StateTransferException(
                    "this node's data is inconsistent and only a full snapshot mends that: restart the server");
        }
        node.savedState().markUncorrupt(unfinished);
        unsafe = false;
        node.situation().forgive();
    }

    // ---- the host's report

    Status sstReceived(Gtid position, int code) {
        if (!arrival.report(position, code)) {
            node.log()
                    .error("not JOINING when sst_received() called, state: "
                            + node.situation().state() + (isGivenUp() ? ", the transfer was given up" : ""));
            return Status.CONNECTION_FAIL;
        }
        return Status.OK;
    }
}

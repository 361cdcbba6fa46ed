package io.wsrep4j.provider.transaction;

import io.wsrep4j.api.ApplierContext;
import io.wsrep4j.api.ApplyResult;
import io.wsrep4j.api.DataType;
import io.wsrep4j.api.GatheredWriteSet;
import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Host;
import io.wsrep4j.api.Key;
import io.wsrep4j.api.KeyType;
import io.wsrep4j.api.Provider.AbortResult;
import io.wsrep4j.api.Provider.SyncResult;
import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.Status;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.api.WriteSetHandle;
import io.wsrep4j.gcomm.group.ActionBuffer;
import io.wsrep4j.gcomm.group.GroupAction;
import io.wsrep4j.provider.node.FailStop;
import io.wsrep4j.provider.node.NodeParts;
import io.wsrep4j.provider.order.OrderAbandonedException;
import io.wsrep4j.provider.writeset.CorruptWriteSetException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Everything that happens to transactions and other events of one node (docs/spec/replicator-state-transfer.md 6 to 11). The methods are those of {@link io.wsrep4j.api.Provider} and behave as
 * said there, once the provider is initialised. Thread-safe.
 *
 * <p>What is thrown once something may be ordered goes to {@link FailStop}, and only from here and from the receiving threads.
 */
public final class Transactions {

    private final FailStop failStop;
    private final TransactionRegistry registry = new TransactionRegistry();
    private final PendingCertification pending = new PendingCertification();
    private final NonBlockingWaits nonBlocking = new NonBlockingWaits();
    private final CertificationTurn certificationTurn;
    private final Gathering gathering;
    private final Replication replication;
    private final CommitSection commitSection;
    private final Release release;
    private final Replay replay;
    private final BruteForceAbort bruteForceAbort;
    private final Isolation isolation;
    private final RemoteApplication remoteApplication;
    private final AsynchronousSends asynchronousSends;
    private final CausalReads causalReads;

    public Transactions(NodeParts node, Host host) {
        failStop = node.failStop();
        HostCalls hostCalls = new HostCalls(host, node.log());
        Sending sending = new Sending(node);
        Builders builders = new Builders(node.settings());
        ErrorVoting voting = new ErrorVoting(node);
        EventEnd eventEnd = new EventEnd(node);
        certificationTurn = new CertificationTurn(node, pending, eventEnd);
        gathering = new Gathering(node, registry, builders);
        Acknowledgement acknowledgement = new Acknowledgement();
        replication = new Replication(node, registry, sending, certificationTurn, acknowledgement);
        commitSection = new CommitSection(node, voting);
        release = new Release(node, registry, certificationTurn, eventEnd);
        replay = new Replay(node, registry, certificationTurn, hostCalls, acknowledgement);
        bruteForceAbort = new BruteForceAbort(node, registry);
        isolation = new Isolation(
                node,
                registry,
                builders,
                replication,
                certificationTurn,
                voting,
                eventEnd,
                sending,
                nonBlocking,
                acknowledgement);
        remoteApplication =
                new RemoteApplication(node, sending, certificationTurn, eventEnd, hostCalls, nonBlocking, voting);
        asynchronousSends = new AsynchronousSends(node, registry, sending);
        causalReads = new CausalReads(node);
    }

    /** See {@link io.wsrep4j.api.Provider#appendKey}. */
    public Status appendKey(WriteSetHandle handle, List<Key> keys, KeyType type) {
        return gathering.appendKey(handle, keys, type);
    }

    /** See {@link io.wsrep4j.api.Provider#appendData}. */
    public Status appendData(WriteSetHandle handle, List<ByteBuffer> data, DataType type, boolean copy) {
        return gathering.appendData(handle, data, type, copy);
    }

    /** See {@link io.wsrep4j.api.Provider#appendGathered}. */
    public Status append(WriteSetHandle handle, GatheredWriteSet gathered) {
        return gathering.append(handle, gathered);
    }

    /**
     * See {@link io.wsrep4j.api.Provider#certify(long, WriteSetHandle, int, TransactionMeta, Runnable)}.
     *
     * @param placed null if the host does not ask
     */
    public Status certify(long connectionId, WriteSetHandle handle, int flags, TransactionMeta meta, Runnable placed) {
        try {
            return replication.orderAndCertify(connectionId, handle, flags, meta, placed);
        } catch (Throwable thrown) {
            LocalTransaction transaction = registry.find(handle);
            if (transaction == null || !transaction.isBeyondRecall()) {
                throw thrown;
            }
            return failStop.failed("certifying a local transaction", transaction.orderedSeqno(), thrown);
        }
    }

    /** See {@link io.wsrep4j.api.Provider#commitOrderEnter}. */
    public Status commitOrderEnter(WriteSetHandle handle) {
        try {
            if (handle.opaque() instanceof OrderedEvent writeSet) {
                return commitSection.enter(writeSet);
            }
            LocalTransaction transaction = registry.find(handle);
            return transaction == null ? Status.TRANSACTION_MISSING : commitSection.enter(transaction);
        } catch (Throwable thrown) {
            return failStop.failed("entering the commit order", seqno(handle), thrown);
        }
    }

    /** See {@link io.wsrep4j.api.Provider#commitOrderLeave}. */
    public Status commitOrderLeave(WriteSetHandle handle, ByteBuffer error) {
        try {
            if (handle.opaque() instanceof OrderedEvent writeSet) {
                return commitSection.leave(writeSet, error);
            }
            LocalTransaction transaction = registry.find(handle);
            return transaction == null ? Status.TRANSACTION_MISSING : commitSection.leave(transaction, error);
        } catch (Throwable thrown) {
            return failStop.failed("leaving the commit order", seqno(handle), thrown);
        }
    }

    /** See {@link io.wsrep4j.api.Provider#release}. */
    public Status release(WriteSetHandle handle) {
        try {
            return release.release(handle);
        } catch (Throwable thrown) {
            Status status = failStop.failed("settling a local transaction", seqno(handle), thrown);
            release.abandon(handle);
            return status;
        }
    }

    /** See {@link io.wsrep4j.api.Provider#replay}. */
    public Status replay(WriteSetHandle handle, ApplierContext context) {
        try {
            return replay.replay(handle, context);
        } catch (Throwable thrown) {
            return failStop.failed("replaying a local transaction", seqno(handle), thrown);
        }
    }

    /** See {@link io.wsrep4j.api.Provider#abortCertification}. */
    public AbortResult abort(long bfSeqno, long victimTransactionId) {
        return bruteForceAbort.abort(bfSeqno, victimTransactionId);
    }

    /** See {@link io.wsrep4j.api.Provider#rollback}. */
    public Status rollback(long transactionId, ByteBuffer data) {
        return asynchronousSends.rollback(transactionId, data);
    }

    /** See {@link io.wsrep4j.api.Provider#syncWait}. */
    public SyncResult syncWait(Gtid upTo, int timeoutSeconds) {
        try {
            return causalReads.await(upTo, timeoutSeconds);
        } catch (OrderAbandonedException e) {
            return new SyncResult(Status.NODE_FAIL, Gtid.UNDEFINED);
        }
    }

    /** See {@link io.wsrep4j.api.Provider#toExecuteStart}. */
    public Status toExecuteStart(
            long connectionId, List<Key> keys, List<ByteBuffer> data, int flags, TransactionMeta meta) {
        return isolation.start(connectionId, keys, data, flags, meta);
    }

    /** See {@link io.wsrep4j.api.Provider#toExecuteEnd}. */
    public Status toExecuteEnd(long connectionId, ByteBuffer error) {
        try {
            return isolation.end(connectionId, error);
        } catch (Throwable thrown) {
            LocalTransaction transaction = registry.findIsolated(connectionId);
            registry.removeIsolated(connectionId);
            return failStop.failed(
                    "ending an isolated action",
                    transaction == null ? Seqno.UNDEFINED : transaction.orderedSeqno(),
                    thrown);
        }
    }

    /** See {@link io.wsrep4j.api.Provider#preorderedCollect}. */
    public Status preorderedCollect(WriteSetHandle handle, List<ByteBuffer> data) {
        return asynchronousSends.collectPreordered(handle, data);
    }

    /** See {@link io.wsrep4j.api.Provider#preorderedCommit}. */
    public Status preorderedCommit(WriteSetHandle handle, Uuid source, int flags, int parallelRange, boolean commit) {
        return asynchronousSends.commitPreordered(handle, source, flags, parallelRange, commit);
    }

    /**
     * Certifies and applies a write set that the group delivered and nobody here waits for. Blocks.
     *
     * @throws CorruptWriteSetException if the bytes are no write set: this node must not go on
     */
    public ApplyResult process(ApplierContext context, GroupAction.WriteSet action) throws CorruptWriteSetException {
        return remoteApplication.process(context, action);
    }

    /** Sends an event again that lost its place in a change of configuration. Blocks. */
    public void sendAgain(GroupAction.LostWriteSet lost) {
        asynchronousSends.sendAgain(lost);
    }

    /**
     * A write set of the past, from a state transfer; it was certified where it comes from.
     *
     * @param buffer published under its seqno; the event's from now on
     * @throws CorruptWriteSetException if the bytes are no certified write set
     */
    public OrderedEvent historicEvent(ActionBuffer buffer, long seqno) throws CorruptWriteSetException {
        return remoteApplication.historic(buffer, seqno);
    }

    /** A seqno of the past without content. */
    public OrderedEvent skippedEvent(long seqno) {
        return remoteApplication.skipped(seqno);
    }

    /** An event of the past that nobody will apply: it passes no order. */
    public void forgetHistoric(OrderedEvent event) {
        event.buffer().release();
    }

    /** Applies an event of the past. Blocks. */
    public ApplyResult applyHistoric(ApplierContext context, OrderedEvent event) {
        return remoteApplication.apply(context, event);
    }

    /** Lets an event of the past pass the orders without applying it. Blocks. */
    public void passOver(OrderedEvent event) {
        remoteApplication.passOver(event);
    }

    /** Certifies what own transactions gave up before this place of the local order. Inside the local order only. */
    public void judgePendingBefore(long localSeqno) {
        certificationTurn.judgePendingBefore(localSeqno);
    }

    /** The group's members are others than before. Inside the local order only. */
    public void membersChanged() {
        nonBlocking.membersChanged();
    }

    /** Forgets what waits for certification and what is open of non-blocking operations: certification begins anew. */
    public void forgetPending() {
        pending.clear();
        nonBlocking.forget();
    }

    private long seqno(WriteSetHandle handle) {
        if (handle.opaque() instanceof OrderedEvent writeSet) {
            return writeSet.seqno();
        }
        LocalTransaction transaction = registry.find(handle);
        return transaction == null ? Seqno.UNDEFINED : transaction.orderedSeqno();
    }

    /** Transactions of this node that hold a place in an order. */
    public boolean anyOrdered() {
        return registry.anyBeyondRecall();
    }

    /** Local transactions known now. */
    public int openTransactions() {
        return registry.transactions();
    }

    /** Connections with an isolated action now. */
    public int openConnections() {
        return registry.connections();
    }
}

package io.wsrep4j.provider;

import io.wsrep4j.api.AllowlistService;
import io.wsrep4j.api.ApplierContext;
import io.wsrep4j.api.DataType;
import io.wsrep4j.api.EventService;
import io.wsrep4j.api.GatheredWriteSet;
import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Host;
import io.wsrep4j.api.InitArguments;
import io.wsrep4j.api.IsolationMode;
import io.wsrep4j.api.Key;
import io.wsrep4j.api.KeyType;
import io.wsrep4j.api.Parameter;
import io.wsrep4j.api.Provider;
import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.Status;
import io.wsrep4j.api.StatusVariable;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.api.WriteSetHandle;
import io.wsrep4j.gcache.CacheException;
import io.wsrep4j.options.OptionException;
import io.wsrep4j.provider.log.NodeLog;
import io.wsrep4j.provider.order.OrderAbandonedException;
import io.wsrep4j.provider.view.ClusterViews;
import io.wsrep4j.provider.writeset.WriteSetFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Function;

/**
 * wsrep4j as a {@link Provider}: checks that a call is allowed now, passes it on, and turns whatever goes wrong inside into a status and a log line.
 *
 * <p>Thread-safe as {@link Provider} says. Before {@link #init} and after {@link #free} every call answers with the status that
 * docs/spec/wsrep-api-v26.md 2.3 gives for a provider that is not there.
 */
public final class Wsrep4jProvider implements Provider {

    private static final String NAME = "wsrep4j";
    private static final String VENDOR = "wsrep4j";
    private static final long PAUSE_FAILED = -1L;

    private volatile AllowlistService allowlist;
    private volatile EventService events;
    private volatile ProviderNode node;
    private volatile boolean freed;
    private volatile Gtid lastKnown = Gtid.UNDEFINED;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String version() {
        return ProviderVersion.text();
    }

    @Override
    public String vendor() {
        return VENDOR;
    }

    @Override
    public Status init(InitArguments arguments, Host host) {
        NodeLog log = new NodeLog(host);
        if (node != null || freed) {
            log.error("init was called twice on one provider");
            return Status.NODE_FAIL;
        }
        try {
            node = ProviderNode.start(arguments, host, allowlist, events, log);
            return Status.OK;
        } catch (OptionException e) {
            e.problems().forEach(log::error);
        } catch (IOException | CacheException | UncheckedIOException e) {
            log.error(e.getMessage());
        } catch (RuntimeException e) {
            log.error("initialisation failed", e);
        }
        return Status.NODE_FAIL;
    }

    @Override
    public void useAllowlist(AllowlistService service) {
        allowlist = service;
    }

    @Override
    public void useEvents(EventService service) {
        events = service;
    }

    @Override
    public int capabilities() {
        return ClusterViews.capabilities(WriteSetFormat.MAX_PROTOCOL);
    }

    /** Calls a node that is there; any failure inside becomes a status. */
    private Status call(Status withoutNode, Function<ProviderNode, Status> action) {
        ProviderNode current = node;
        if (current == null) {
            return withoutNode;
        }
        try {
            return action.apply(current);
        } catch (OrderAbandonedException e) {
            // this node has failed, and has said so
            return Status.NODE_FAIL;
        } catch (CacheException | UncheckedIOException e) {
            current.log().error(e.getMessage());
            return Status.NODE_FAIL;
        } catch (RuntimeException e) {
            current.log().error("internal error", e);
            return Status.NODE_FAIL;
        }
    }

    private <T> T answer(T withoutNode, Function<ProviderNode, T> action) {
        ProviderNode current = node;
        return current == null ? withoutNode : action.apply(current);
    }

    @Override
    public Status connect(String clusterName, String clusterAddress, String donors, boolean bootstrap) {
        return call(Status.NODE_FAIL, n -> n.connect(clusterName, clusterAddress, donors, bootstrap));
    }

    @Override
    public Status disconnect() {
        return call(Status.OK, ProviderNode::disconnect);
    }

    @Override
    public Status receive(ApplierContext context) {
        return call(Status.FATAL, n -> n.replicator().receive(context));
    }

    @Override
    public void isolate(IsolationMode mode) {
        ProviderNode current = node;
        if (current != null) {
            current.isolate(mode);
        }
    }

    @Override
    public void free() {
        ProviderNode current = node;
        freed = true;
        if (current == null) {
            return;
        }
        try {
            current.free();
        } catch (RuntimeException e) {
            current.log().error("closing failed", e);
        } finally {
            lastKnown = current.lastCommitted();
            node = null;
        }
    }

    @Override
    public Status setOptions(String options) {
        return call(Status.NODE_FAIL, n -> n.setOptions(options));
    }

    @Override
    public String options() {
        return answer("", n -> n.options().show());
    }

    @Override
    public List<Parameter> parameters() {
        return answer(List.of(), n -> n.options().parameters());
    }

    @Override
    public Status setEncryptionKey(ByteBuffer key) {
        return call(Status.NODE_FAIL, n -> n.setEncryptionKey(key));
    }

    @Override
    public List<StatusVariable> status() {
        return answer(List.of(), n -> n.status().read());
    }

    @Override
    public void resetStatus() {
        ProviderNode current = node;
        if (current != null) {
            current.status().reset();
        }
    }

    @Override
    public Status assignReadView(WriteSetHandle handle, Gtid gtid) {
        return Status.NOT_IMPLEMENTED;
    }

    @Override
    public Status appendKey(WriteSetHandle handle, List<Key> keys, KeyType type, boolean copy) {
        return call(Status.CONNECTION_FAIL, n -> n.transactions().appendKey(handle, keys, type));
    }

    @Override
    public Status appendData(WriteSetHandle handle, List<ByteBuffer> data, DataType type, boolean copy) {
        return call(Status.CONNECTION_FAIL, n -> n.transactions().appendData(handle, data, type, copy));
    }

    @Override
    public Status appendGathered(WriteSetHandle handle, GatheredWriteSet gathered) {
        return call(Status.CONNECTION_FAIL, n -> n.transactions().append(handle, gathered));
    }

    @Override
    public Status certify(long connectionId, WriteSetHandle handle, int flags, TransactionMeta meta) {
        return call(Status.CONNECTION_FAIL, n -> n.transactions().certify(connectionId, handle, flags, meta, null));
    }

    @Override
    public Status certify(long connectionId, WriteSetHandle handle, int flags, TransactionMeta meta, Runnable placed) {
        return call(Status.CONNECTION_FAIL, n -> n.transactions().certify(connectionId, handle, flags, meta, placed));
    }

    @Override
    public Status commitOrderEnter(WriteSetHandle handle, TransactionMeta meta) {
        return call(Status.TRANSACTION_FAIL, n -> n.transactions().commitOrderEnter(handle));
    }

    @Override
    public Status commitOrderLeave(WriteSetHandle handle, TransactionMeta meta, ByteBuffer error) {
        return call(Status.NODE_FAIL, n -> n.transactions().commitOrderLeave(handle, error));
    }

    @Override
    public Status release(WriteSetHandle handle) {
        if (handle.opaque() == null && handle.transactionId() == -1L) {
            return Status.OK;
        }
        return call(Status.OK, n -> n.transactions().release(handle));
    }

    @Override
    public Status replay(WriteSetHandle handle, ApplierContext context) {
        return call(Status.NODE_FAIL, n -> n.transactions().replay(handle, context));
    }

    @Override
    public AbortResult abortCertification(long bfSeqno, long victimTransactionId) {
        return answer(new AbortResult(Status.OK, Seqno.UNDEFINED), n -> n.transactions()
                .abort(bfSeqno, victimTransactionId));
    }

    @Override
    public Status rollback(long transactionId, ByteBuffer data) {
        return call(Status.TRANSACTION_FAIL, n -> n.transactions().rollback(transactionId, data));
    }

    @Override
    public SyncResult syncWait(Gtid upTo, int timeoutSeconds) {
        return answer(new SyncResult(Status.TRANSACTION_FAIL, Gtid.UNDEFINED), n -> n.transactions()
                .syncWait(upTo, timeoutSeconds));
    }

    @Override
    public Gtid lastCommitted() {
        return answer(lastKnown, ProviderNode::lastCommitted);
    }

    @Override
    public Status freeConnection(long connectionId) {
        return Status.OK;
    }

    @Override
    public Status toExecuteStart(
            long connectionId, List<Key> keys, List<ByteBuffer> data, int flags, TransactionMeta meta) {
        return call(
                Status.CONNECTION_FAIL, n -> n.transactions().toExecuteStart(connectionId, keys, data, flags, meta));
    }

    @Override
    public Status toExecuteEnd(long connectionId, ByteBuffer error) {
        return call(Status.CONNECTION_FAIL, n -> n.transactions().toExecuteEnd(connectionId, error));
    }

    @Override
    public Status preorderedCollect(WriteSetHandle handle, List<ByteBuffer> data, boolean copy) {
        return call(Status.TRANSACTION_FAIL, n -> n.transactions().preorderedCollect(handle, data));
    }

    @Override
    public Status preorderedCommit(WriteSetHandle handle, Uuid sourceId, int flags, int parallelRange, boolean commit) {
        return call(Status.TRANSACTION_FAIL, n -> n.transactions()
                .preorderedCommit(handle, sourceId, flags, parallelRange, commit));
    }

    @Override
    public Status sstSent(Gtid stateId, int code) {
        return call(Status.CONNECTION_FAIL, n -> n.transfers().sstSent(stateId, code));
    }

    @Override
    public Status sstReceived(Gtid stateId, ByteBuffer state, int code) {
        return call(Status.CONNECTION_FAIL, n -> n.transfers().sstReceived(stateId, code));
    }

    @Override
    public Status snapshot(ByteBuffer message, String donor) {
        return Status.NOT_IMPLEMENTED;
    }

    @Override
    public long pause() {
        return answer(PAUSE_FAILED, n -> n.replicator().pause());
    }

    @Override
    public Status resume() {
        return call(Status.OK, n -> n.replicator().resume());
    }

    @Override
    public Status desync() {
        return call(Status.TRANSACTION_FAIL, n -> n.replicator().desync());
    }

    @Override
    public Status resync() {
        return call(Status.NODE_FAIL, n -> n.replicator().resync());
    }

    @Override
    public Status lock(String name, boolean shared, long owner, long timeoutNanos) {
        return Status.NOT_IMPLEMENTED;
    }

    @Override
    public Status unlock(String name, long owner) {
        return Status.OK;
    }

    @Override
    public boolean isLocked(String name) {
        return false;
    }
}

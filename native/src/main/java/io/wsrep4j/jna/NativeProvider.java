package io.wsrep4j.jna;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
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
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * A native provider, such as libgalera_smm.so, behind the Java API, through JNA (docs/spec/wsrep-api-v26.md 9). Several may live in one process, of
 * the same library or of others; node isolation and the services are the library's and act on all of them.
 *
 * <p>Thread-safe as {@link Provider} asks. Before {@link #init} and after {@link #free} no native code is called: such a call answers as a
 * provider that is not connected. A native provider may still end the whole process; the reference does for some errors (docs/spec/wsrep-api-v26.md
 * 7.7).
 */
public final class NativeProvider implements Provider {

    private final Vtable vtable;
    private final NativeCalls calls;
    private final NativeTransactions transactions;
    /** What C may look at as long as the provider is there. */
    private InitImage given;

    private AllowlistService allowlist;
    private EventService events;

    /**
     * Loads a provider; nothing of it runs but its loader.
     *
     * @throws IllegalArgumentException if the library cannot be loaded or is no provider of interface 26
     */
    public NativeProvider(Path library) {
        vtable = new Vtable(library);
        calls = new NativeCalls(vtable);
        transactions = new NativeTransactions(calls);
    }

    @Override
    public String name() {
        return vtable.text(Vtable.NAME);
    }

    @Override
    public String version() {
        return vtable.text(Vtable.VERSION);
    }

    @Override
    public String vendor() {
        return vtable.text(Vtable.VENDOR);
    }

    // ---- life cycle

    @Override
    public Status init(InitArguments arguments, Host host) {
        if (!calls.isClosed()) {
            return Status.NODE_FAIL;
        }
        NativeServices services = NativeServices.of(vtable);
        if (allowlist != null) {
            services.addAllowlist(vtable, allowlist);
        }
        if (events != null) {
            services.addEvents(vtable, events);
        }
        NativeCallbacks fresh = new NativeCallbacks(host);
        given = new InitImage(arguments, fresh);
        Status status = Status.ofCode(vtable.callInt(Vtable.INIT, given.memory()));
        if (status == Status.OK) {
            calls.open(fresh);
        } else {
            stopServices();
        }
        return status;
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
        return calls.isClosed() ? 0 : vtable.callInt(Vtable.CAPABILITIES);
    }

    @Override
    public Status connect(String clusterName, String clusterAddress, String donors, boolean bootstrap) {
        return calls.call(
                Status.NODE_FAIL,
                Vtable.CONNECT,
                NativeCalls.text(clusterName),
                NativeCalls.text(clusterAddress),
                NativeCalls.text(donors),
                bootstrap ? 1 : 0);
    }

    @Override
    public Status disconnect() {
        return calls.call(Status.OK, Vtable.DISCONNECT);
    }

    @Override
    public Status receive(ApplierContext context) {
        return calls.callWith(context, Status.FATAL, Vtable.RECV, id -> new Object[] {id});
    }

    @Override
    public void isolate(IsolationMode mode) {
        Function function = vtable.optional("wsrep_node_isolation_mode_set_v1");
        if (function != null) {
            function.invokeInt(new Object[] {mode.ordinal()});
        }
    }

    @Override
    public synchronized void free() {
        if (!calls.isClosed()) {
            vtable.callVoid(Vtable.FREE);
            calls.close(); // not earlier: free itself may still log and deliver
            stopServices();
            vtable.callVoid(Vtable.FREE); // as native hosts do: the provider must stand it
        }
    }

    private void stopServices() {
        NativeServices services = NativeServices.of(vtable);
        if (events != null) {
            services.removeEvents(vtable, events);
        }
        if (allowlist != null) {
            services.removeAllowlist(vtable, allowlist);
        }
    }

    // ---- options and status

    @Override
    public Status setOptions(String options) {
        return calls.call(Status.NODE_FAIL, Vtable.OPTIONS_SET, NativeCalls.text(options));
    }

    @Override
    public String options() {
        Pointer text = calls.isClosed() ? null : vtable.callPointer(Vtable.OPTIONS_GET);
        if (text == null) {
            return "";
        }
        try {
            return text.getString(0, StandardCharsets.UTF_8.name());
        } finally {
            Native.free(Pointer.nativeValue(text));
        }
    }

    @Override
    public List<Parameter> parameters() {
        return calls.isClosed() ? List.of() : NativeConfigService.parameters(vtable);
    }

    @Override
    public Status setEncryptionKey(ByteBuffer key) {
        return calls.call(Status.NODE_FAIL, Vtable.ENC_SET_KEY, BufferImage.buffer(key));
    }

    @Override
    public List<StatusVariable> status() {
        Pointer array = calls.isClosed() ? null : vtable.callPointer(Vtable.STATS_GET);
        if (array == null) {
            return List.of();
        }
        try {
            return StatusImage.read(array);
        } finally {
            vtable.callVoid(Vtable.STATS_FREE, array);
        }
    }

    @Override
    public void resetStatus() {
        if (!calls.isClosed()) {
            vtable.callVoid(Vtable.STATS_RESET);
        }
    }

    // ---- transactions

    @Override
    public Status assignReadView(WriteSetHandle handle, Gtid gtid) {
        return transactions.assignReadView(handle, gtid);
    }

    @Override
    public Status appendKey(WriteSetHandle handle, List<Key> keys, KeyType type, boolean copy) {
        return transactions.appendKey(handle, keys, type);
    }

    @Override
    public Status appendData(WriteSetHandle handle, List<ByteBuffer> data, DataType type, boolean copy) {
        return transactions.appendData(handle, data, type);
    }

    @Override
    public Status appendGathered(WriteSetHandle handle, GatheredWriteSet gathered) {
        return GatheredReplay.append(this, handle, gathered);
    }

    @Override
    public Status certify(long connectionId, WriteSetHandle handle, int flags, TransactionMeta meta) {
        return transactions.certify(connectionId, handle, flags, meta);
    }

    @Override
    public Status certify(long connectionId, WriteSetHandle handle, int flags, TransactionMeta meta, Runnable placed) {
        return transactions.certify(connectionId, handle, flags, meta, placed);
    }

    @Override
    public Status commitOrderEnter(WriteSetHandle handle, TransactionMeta meta) {
        return transactions.commitOrderEnter(handle, meta);
    }

    @Override
    public Status commitOrderLeave(WriteSetHandle handle, TransactionMeta meta, ByteBuffer error) {
        return transactions.commitOrderLeave(handle, meta, error);
    }

    @Override
    public Status release(WriteSetHandle handle) {
        return transactions.release(handle);
    }

    @Override
    public Status replay(WriteSetHandle handle, ApplierContext context) {
        return transactions.replay(handle, context);
    }

    @Override
    public AbortResult abortCertification(long bfSeqno, long victimTransactionId) {
        return transactions.abortCertification(bfSeqno, victimTransactionId);
    }

    @Override
    public Status rollback(long transactionId, ByteBuffer data) {
        return transactions.rollback(transactionId, data);
    }

    @Override
    public Status toExecuteStart(
            long connectionId, List<Key> keys, List<ByteBuffer> data, int flags, TransactionMeta meta) {
        return transactions.toExecuteStart(connectionId, keys, data, flags, meta);
    }

    @Override
    public Status toExecuteEnd(long connectionId, ByteBuffer error) {
        return transactions.toExecuteEnd(connectionId, error);
    }

    @Override
    public Status preorderedCollect(WriteSetHandle handle, List<ByteBuffer> data, boolean copy) {
        return transactions.preorderedCollect(handle, data);
    }

    @Override
    public Status preorderedCommit(WriteSetHandle handle, Uuid sourceId, int flags, int parallelRange, boolean commit) {
        return transactions.preorderedCommit(handle, sourceId, flags, parallelRange, commit);
    }

    // ---- causality

    @Override
    public SyncResult syncWait(Gtid upTo, int timeoutSeconds) {
        Memory out = NativeMemory.gtidMemory(Gtid.UNDEFINED);
        Status status = calls.call(
                Status.CONNECTION_FAIL,
                Vtable.SYNC_WAIT,
                upTo == null ? null : NativeMemory.gtidMemory(upTo),
                timeoutSeconds,
                out);
        return new SyncResult(status, status == Status.OK ? NativeMemory.gtid(out) : Gtid.UNDEFINED);
    }

    @Override
    public Gtid lastCommitted() {
        Memory out = NativeMemory.gtidMemory(Gtid.UNDEFINED);
        calls.call(Status.OK, Vtable.LAST_COMMITTED_ID, out);
        return NativeMemory.gtid(out);
    }

    @Override
    public Status freeConnection(long connectionId) {
        return calls.call(Status.OK, Vtable.FREE_CONNECTION, connectionId);
    }

    // ---- state transfer

    @Override
    public Status sstSent(Gtid stateId, int code) {
        return calls.call(Status.CONNECTION_FAIL, Vtable.SST_SENT, NativeMemory.gtidMemory(stateId), code);
    }

    @Override
    public Status sstReceived(Gtid stateId, ByteBuffer state, int code) {
        return calls.call(
                Status.CONNECTION_FAIL,
                Vtable.SST_RECEIVED,
                NativeMemory.gtidMemory(stateId),
                state == null ? null : BufferImage.buffer(state),
                code);
    }

    @Override
    public Status snapshot(ByteBuffer message, String donor) {
        return calls.call(
                Status.NOT_IMPLEMENTED, Vtable.SNAPSHOT, BufferImage.buffer(message), NativeCalls.text(donor));
    }

    // ---- pause and desync

    @Override
    public long pause() {
        return calls.isClosed() ? Seqno.UNDEFINED : Math.max(Seqno.UNDEFINED, vtable.callLong(Vtable.PAUSE));
    }

    @Override
    public Status resume() {
        return calls.call(Status.NODE_FAIL, Vtable.RESUME);
    }

    @Override
    public Status desync() {
        return calls.call(Status.NODE_FAIL, Vtable.DESYNC);
    }

    @Override
    public Status resync() {
        return calls.call(Status.NODE_FAIL, Vtable.RESYNC);
    }

    // ---- locks

    /** Locks are not offered: their native answers are error numbers, not statuses. */
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

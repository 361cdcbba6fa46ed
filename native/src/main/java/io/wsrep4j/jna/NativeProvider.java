package io.wsrep4j.jna;

import com.sun.jna.Callback;
import com.sun.jna.CallbackReference;
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
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
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
    private final List<Memory> kept = new ArrayList<>();
    private AllowlistService allowlist;
    private EventService events;
    private volatile NativeCallbacks callbacks;

    /**
     * Loads a provider; nothing of it runs but its loader.
     *
     * @throws IllegalArgumentException if the library cannot be loaded or is no provider of interface 26
     */
    public NativeProvider(Path library) {
        vtable = new Vtable(library);
    }

    private boolean isClosed() {
        return callbacks == null;
    }

    private Status call(Status whenClosed, int function, Object... arguments) {
        return isClosed() ? whenClosed : Status.ofCode(vtable.callInt(function, arguments));
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
        if (!isClosed()) {
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
        Memory image = new Memory(InitImage.BYTES);
        image.clear();
        image.setPointer(InitImage.NODE_NAME, text(arguments.nodeName()));
        image.setPointer(InitImage.NODE_ADDRESS, text(arguments.nodeAddress()));
        image.setPointer(InitImage.NODE_INCOMING, text(arguments.incomingAddress()));
        image.setPointer(InitImage.DATA_DIRECTORY, text(arguments.dataDirectory() + "/"));
        image.setPointer(InitImage.OPTIONS, text(arguments.options()));
        image.setInt(InitImage.PROTOCOL_VERSION, arguments.protocolVersion());
        image.setPointer(InitImage.STATE_ID, keep(NativeMemory.gtidMemory(arguments.stateId())));
        fresh.write(image);
        Status status = Status.ofCode(vtable.callInt(Vtable.INIT, keep(image)));
        if (status == Status.OK) {
            callbacks = fresh;
        } else {
            stopServices();
        }
        return status;
    }

    private Memory keep(Memory memory) {
        kept.add(memory);
        return memory;
    }

    private Memory text(String text) {
        byte[] bytes = NativeMemory.terminated(text);
        Memory memory = keep(new Memory(bytes.length));
        memory.write(0, bytes, 0, bytes.length);
        return memory;
    }

    private static Memory argument(String text) {
        byte[] bytes = NativeMemory.terminated(text);
        Memory memory = new Memory(bytes.length);
        memory.write(0, bytes, 0, bytes.length);
        return memory;
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
        return isClosed() ? 0 : vtable.callInt(Vtable.CAPABILITIES);
    }

    @Override
    public Status connect(String clusterName, String clusterAddress, String donors, boolean bootstrap) {
        return call(
                Status.NODE_FAIL,
                Vtable.CONNECT,
                argument(clusterName),
                argument(clusterAddress),
                argument(donors),
                bootstrap ? 1 : 0);
    }

    @Override
    public Status disconnect() {
        return call(Status.OK, Vtable.DISCONNECT);
    }

    @Override
    public Status receive(ApplierContext context) {
        NativeCallbacks open = callbacks;
        if (open == null) {
            return Status.FATAL;
        }
        long id = open.remember(context);
        try {
            return Status.ofCode(vtable.callInt(Vtable.RECV, new Pointer(id)));
        } finally {
            open.forget(id);
        }
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
        if (!isClosed()) {
            vtable.callVoid(Vtable.FREE);
            callbacks = null; // not earlier: free itself may still log and deliver
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
        return call(Status.NODE_FAIL, Vtable.OPTIONS_SET, argument(options));
    }

    @Override
    public String options() {
        Pointer text = isClosed() ? null : vtable.callPointer(Vtable.OPTIONS_GET);
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
        return isClosed() ? List.of() : NativeConfigService.parameters(vtable);
    }

    @Override
    public Status setEncryptionKey(ByteBuffer key) {
        return call(Status.NODE_FAIL, Vtable.ENC_SET_KEY, BufferImage.buffer(key));
    }

    @Override
    public List<StatusVariable> status() {
        Pointer array = isClosed() ? null : vtable.callPointer(Vtable.STATS_GET);
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
        if (!isClosed()) {
            vtable.callVoid(Vtable.STATS_RESET);
        }
    }

    // ---- transactions

    @Override
    public Status assignReadView(WriteSetHandle handle, Gtid gtid) {
        NativeHandle own = NativeHandle.of(handle);
        return call(
                Status.CONNECTION_FAIL,
                Vtable.ASSIGN_READ_VIEW,
                own.memory(),
                gtid == null ? null : NativeMemory.gtidMemory(gtid));
    }

    /** Copies always: the memory that C sees is made for the call. */
    @Override
    public Status appendKey(WriteSetHandle handle, List<Key> keys, KeyType type, boolean copy) {
        NativeHandle own = NativeHandle.of(handle);
        Status status = call(
                Status.CONNECTION_FAIL,
                Vtable.APPEND_KEY,
                own.memory(),
                BufferImage.keys(keys),
                (long) keys.size(),
                type.ordinal(),
                1);
        own.settle(handle);
        return status;
    }

    /** Copies always: the memory that C sees is made for the call. */
    @Override
    public Status appendData(WriteSetHandle handle, List<ByteBuffer> data, DataType type, boolean copy) {
        NativeHandle own = NativeHandle.of(handle);
        Status status = call(
                Status.CONNECTION_FAIL,
                Vtable.APPEND_DATA,
                own.memory(),
                BufferImage.buffers(data),
                (long) data.size(),
                type.ordinal(),
                1);
        own.settle(handle);
        return status;
    }

    @Override
    public Status appendGathered(WriteSetHandle handle, GatheredWriteSet gathered) {
        return GatheredReplay.append(this, handle, gathered);
    }

    @Override
    public Status certify(long connectionId, WriteSetHandle handle, int flags, TransactionMeta meta) {
        NativeHandle own = NativeHandle.of(handle);
        Memory image = image(meta);
        Status status = call(Status.CONNECTION_FAIL, Vtable.CERTIFY, connectionId, own.memory(), flags, image);
        MetaLayout.read(NativeMemory.ordered(image, MetaLayout.BYTES), 0, meta);
        own.settle(handle);
        return status;
    }

    @Override
    public Status certify(long connectionId, WriteSetHandle handle, int flags, TransactionMeta meta, Runnable placed) {
        Function function = vtable.optional("wsrep_certify_v1");
        if (function == null) {
            throw new UnsupportedOperationException(vtable.file() + " has no wsrep_certify_v1");
        }
        if (isClosed()) {
            meta.setUnordered();
            return Status.CONNECTION_FAIL;
        }
        NativeHandle own = NativeHandle.of(handle);
        Memory image = image(meta);
        Placed callback = context -> placed.run();
        NativeCallbacks.keepAttached(callback);
        Memory struct = new Memory(2L * Native.POINTER_SIZE);
        struct.setPointer(0, null);
        struct.setPointer(Native.POINTER_SIZE, CallbackReference.getFunctionPointer(callback));
        Object[] arguments = {vtable.table(), connectionId, own.memory(), flags, image, struct};
        Status status = Status.ofCode(function.invokeInt(arguments));
        Reference.reachabilityFence(callback);
        MetaLayout.read(NativeMemory.ordered(image, MetaLayout.BYTES), 0, meta);
        own.settle(handle);
        return status;
    }

    interface Placed extends Callback {
        void placed(Pointer context);
    }

    private static Memory image(TransactionMeta meta) {
        Memory image = new Memory(MetaLayout.BYTES);
        MetaLayout.write(meta, NativeMemory.ordered(image, MetaLayout.BYTES), 0);
        return image;
    }

    @Override
    public Status commitOrderEnter(WriteSetHandle handle, TransactionMeta meta) {
        return call(
                Status.NODE_FAIL,
                Vtable.COMMIT_ORDER_ENTER,
                NativeHandle.of(handle).memory(),
                image(meta));
    }

    @Override
    public Status commitOrderLeave(WriteSetHandle handle, TransactionMeta meta, ByteBuffer error) {
        return call(
                Status.NODE_FAIL,
                Vtable.COMMIT_ORDER_LEAVE,
                NativeHandle.of(handle).memory(),
                image(meta),
                BufferImage.buffer(error));
    }

    @Override
    public Status release(WriteSetHandle handle) {
        NativeHandle own = NativeHandle.of(handle);
        Status status = call(Status.OK, Vtable.RELEASE, own.memory());
        own.settle(handle);
        return status;
    }

    @Override
    public Status replay(WriteSetHandle handle, ApplierContext context) {
        NativeCallbacks open = callbacks;
        if (open == null) {
            return Status.NODE_FAIL;
        }
        long id = open.remember(context);
        try {
            return Status.ofCode(
                    vtable.callInt(Vtable.REPLAY_TRX, NativeHandle.of(handle).memory(), new Pointer(id)));
        } finally {
            open.forget(id);
        }
    }

    @Override
    public AbortResult abortCertification(long bfSeqno, long victimTransactionId) {
        Memory victimSeqno = new Memory(Long.BYTES);
        victimSeqno.setLong(0, Seqno.UNDEFINED);
        Status status =
                call(Status.CONNECTION_FAIL, Vtable.ABORT_CERTIFICATION, bfSeqno, victimTransactionId, victimSeqno);
        return new AbortResult(status, victimSeqno.getLong(0));
    }

    @Override
    public Status rollback(long transactionId, ByteBuffer data) {
        return call(
                Status.TRANSACTION_FAIL,
                Vtable.ROLLBACK,
                transactionId,
                data == null ? null : BufferImage.buffer(data));
    }

    // ---- causality

    @Override
    public SyncResult syncWait(Gtid upTo, int timeoutSeconds) {
        Memory out = NativeMemory.gtidMemory(Gtid.UNDEFINED);
        Status status = call(
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
        call(Status.OK, Vtable.LAST_COMMITTED_ID, out);
        return NativeMemory.gtid(out);
    }

    @Override
    public Status freeConnection(long connectionId) {
        return call(Status.OK, Vtable.FREE_CONNECTION, connectionId);
    }

    // ---- total order isolation

    @Override
    public Status toExecuteStart(
            long connectionId, List<Key> keys, List<ByteBuffer> data, int flags, TransactionMeta meta) {
        Memory image = image(meta);
        Status status = call(
                Status.CONNECTION_FAIL,
                Vtable.TO_EXECUTE_START,
                connectionId,
                BufferImage.keys(keys),
                (long) keys.size(),
                BufferImage.buffers(data),
                (long) data.size(),
                flags,
                image);
        MetaLayout.read(NativeMemory.ordered(image, MetaLayout.BYTES), 0, meta);
        return status;
    }

    @Override
    public Status toExecuteEnd(long connectionId, ByteBuffer error) {
        return call(Status.CONNECTION_FAIL, Vtable.TO_EXECUTE_END, connectionId, BufferImage.buffer(error));
    }

    // ---- preordered events

    @Override
    public Status preorderedCollect(WriteSetHandle handle, List<ByteBuffer> data, boolean copy) {
        NativeHandle own = NativeHandle.of(handle); // wsrep_po_handle_t is the second half of a wsrep_ws_handle_t
        Status status = call(
                Status.TRANSACTION_FAIL,
                Vtable.PREORDERED_COLLECT,
                own.memory().share(Native.POINTER_SIZE),
                BufferImage.buffers(data),
                (long) data.size(),
                1);
        own.settle(handle);
        return status;
    }

    @Override
    public Status preorderedCommit(WriteSetHandle handle, Uuid sourceId, int flags, int parallelRange, boolean commit) {
        NativeHandle own = NativeHandle.of(handle);
        Status status = call(
                Status.TRANSACTION_FAIL,
                Vtable.PREORDERED_COMMIT,
                own.memory().share(Native.POINTER_SIZE),
                NativeMemory.gtidMemory(new Gtid(sourceId, Seqno.UNDEFINED)),
                flags,
                parallelRange,
                commit ? 1 : 0);
        own.settle(handle);
        return status;
    }

    // ---- state transfer

    @Override
    public Status sstSent(Gtid stateId, int code) {
        return call(Status.CONNECTION_FAIL, Vtable.SST_SENT, NativeMemory.gtidMemory(stateId), code);
    }

    @Override
    public Status sstReceived(Gtid stateId, ByteBuffer state, int code) {
        return call(
                Status.CONNECTION_FAIL,
                Vtable.SST_RECEIVED,
                NativeMemory.gtidMemory(stateId),
                state == null ? null : BufferImage.buffer(state),
                code);
    }

    @Override
    public Status snapshot(ByteBuffer message, String donor) {
        return call(Status.NOT_IMPLEMENTED, Vtable.SNAPSHOT, BufferImage.buffer(message), argument(donor));
    }

    // ---- pause and desync

    @Override
    public long pause() {
        return isClosed() ? Seqno.UNDEFINED : Math.max(Seqno.UNDEFINED, vtable.callLong(Vtable.PAUSE));
    }

    @Override
    public Status resume() {
        return call(Status.NODE_FAIL, Vtable.RESUME);
    }

    @Override
    public Status desync() {
        return call(Status.NODE_FAIL, Vtable.DESYNC);
    }

    @Override
    public Status resync() {
        return call(Status.NODE_FAIL, Vtable.RESYNC);
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

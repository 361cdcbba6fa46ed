package io.wsrep4j.jna;

import com.sun.jna.Callback;
import com.sun.jna.CallbackReference;
import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.wsrep4j.api.ApplierContext;
import io.wsrep4j.api.DataType;
import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Key;
import io.wsrep4j.api.KeyType;
import io.wsrep4j.api.Provider.AbortResult;
import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.Status;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.api.WriteSetHandle;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * What a Java host does with transactions and other events of its own in a native provider (docs/spec/wsrep-api-v26.md 5). Each method is that of
 * {@link io.wsrep4j.api.Provider} with its name. Thread-safe as that asks; handles live in C's memory, see {@link NativeHandle}.
 */
final class NativeTransactions {

    private final NativeCalls calls;

    NativeTransactions(NativeCalls calls) {
        this.calls = calls;
    }

    Status assignReadView(WriteSetHandle handle, Gtid gtid) {
        NativeHandle own = NativeHandle.of(handle);
        return calls.call(
                Status.CONNECTION_FAIL,
                Vtable.ASSIGN_READ_VIEW,
                own.memory(),
                gtid == null ? null : NativeMemory.gtidMemory(gtid));
    }

    /** Copies always: the memory that C sees is made for the call. */
    Status appendKey(WriteSetHandle handle, List<Key> keys, KeyType type) {
        NativeHandle own = NativeHandle.of(handle);
        Status status = calls.call(
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
    Status appendData(WriteSetHandle handle, List<ByteBuffer> data, DataType type) {
        NativeHandle own = NativeHandle.of(handle);
        Status status = calls.call(
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

    Status certify(long connectionId, WriteSetHandle handle, int flags, TransactionMeta meta) {
        NativeHandle own = NativeHandle.of(handle);
        Memory image = image(meta);
        Status status = calls.call(Status.CONNECTION_FAIL, Vtable.CERTIFY, connectionId, own.memory(), flags, image);
        MetaLayout.read(NativeMemory.ordered(image, MetaLayout.BYTES), 0, meta);
        own.settle(handle);
        return status;
    }

    Status certify(long connectionId, WriteSetHandle handle, int flags, TransactionMeta meta, Runnable placed) {
        Function function = calls.vtable().optional("wsrep_certify_v1");
        if (function == null) {
            throw new UnsupportedOperationException(calls.vtable().file() + " has no wsrep_certify_v1");
        }
        if (calls.isClosed()) {
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
        Object[] arguments = {calls.vtable().table(), connectionId, own.memory(), flags, image, struct};
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

    Status commitOrderEnter(WriteSetHandle handle, TransactionMeta meta) {
        return calls.call(
                Status.NODE_FAIL,
                Vtable.COMMIT_ORDER_ENTER,
                NativeHandle.of(handle).memory(),
                image(meta));
    }

    Status commitOrderLeave(WriteSetHandle handle, TransactionMeta meta, ByteBuffer error) {
        return calls.call(
                Status.NODE_FAIL,
                Vtable.COMMIT_ORDER_LEAVE,
                NativeHandle.of(handle).memory(),
                image(meta),
                BufferImage.buffer(error));
    }

    Status release(WriteSetHandle handle) {
        NativeHandle own = NativeHandle.of(handle);
        Status status = calls.call(Status.OK, Vtable.RELEASE, own.memory());
        own.settle(handle);
        return status;
    }

    Status replay(WriteSetHandle handle, ApplierContext context) {
        Pointer memory = NativeHandle.of(handle).memory();
        return calls.callWith(context, Status.NODE_FAIL, Vtable.REPLAY_TRX, id -> new Object[] {memory, id});
    }

    AbortResult abortCertification(long bfSeqno, long victimTransactionId) {
        Memory victimSeqno = new Memory(Long.BYTES);
        victimSeqno.setLong(0, Seqno.UNDEFINED);
        Status status = calls.call(
                Status.CONNECTION_FAIL, Vtable.ABORT_CERTIFICATION, bfSeqno, victimTransactionId, victimSeqno);
        return new AbortResult(status, victimSeqno.getLong(0));
    }

    Status rollback(long transactionId, ByteBuffer data) {
        return calls.call(
                Status.TRANSACTION_FAIL,
                Vtable.ROLLBACK,
                transactionId,
                data == null ? null : BufferImage.buffer(data));
    }

    // ---- total order isolation

    Status toExecuteStart(long connectionId, List<Key> keys, List<ByteBuffer> data, int flags, TransactionMeta meta) {
        Memory image = image(meta);
        Status status = calls.call(
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

    Status toExecuteEnd(long connectionId, ByteBuffer error) {
        return calls.call(Status.CONNECTION_FAIL, Vtable.TO_EXECUTE_END, connectionId, BufferImage.buffer(error));
    }

    // ---- preordered events

    Status preorderedCollect(WriteSetHandle handle, List<ByteBuffer> data) {
        NativeHandle own = NativeHandle.of(handle); // wsrep_po_handle_t is the second half of a wsrep_ws_handle_t
        Status status = calls.call(
                Status.TRANSACTION_FAIL,
                Vtable.PREORDERED_COLLECT,
                own.memory().share(Native.POINTER_SIZE),
                BufferImage.buffers(data),
                (long) data.size(),
                1);
        own.settle(handle);
        return status;
    }

    Status preorderedCommit(WriteSetHandle handle, Uuid sourceId, int flags, int parallelRange, boolean commit) {
        NativeHandle own = NativeHandle.of(handle);
        Status status = calls.call(
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
}

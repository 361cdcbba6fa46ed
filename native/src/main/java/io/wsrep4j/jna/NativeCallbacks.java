package io.wsrep4j.jna;

import com.sun.jna.Callback;
import com.sun.jna.CallbackReference;
import com.sun.jna.CallbackThreadInitializer;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.wsrep4j.api.ApplierContext;
import io.wsrep4j.api.ApplyResult;
import io.wsrep4j.api.CallbackStatus;
import io.wsrep4j.api.EncryptContext;
import io.wsrep4j.api.EncryptDirection;
import io.wsrep4j.api.Host;
import io.wsrep4j.api.LogLevel;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.WriteSetHandle;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The callbacks that a native provider gets from a Java host. JNA turns what a callback throws into 0, which is success here: so each
 * catches everything and answers failure. Any thread of the provider.
 */
final class NativeCallbacks {

    interface Log extends Callback {
        void log(int level, Pointer message);
    }

    interface Connected extends Callback {
        int connected(Pointer app, Pointer view);
    }

    interface Viewed extends Callback {
        int view(Pointer app, Pointer context, Pointer view, Pointer state, long stateLength);
    }

    interface SstRequest extends Callback {
        int request(Pointer app, Pointer request, Pointer length);
    }

    interface Encrypt extends Callback {
        int encrypt(Pointer app, Pointer context, Pointer input, Pointer output, int direction, byte last);
    }

    interface Apply extends Callback {
        int apply(Pointer context, Pointer handle, int flags, Pointer data, Pointer meta, Pointer exitLoop);
    }

    interface Unordered extends Callback {
        int unordered(Pointer context, Pointer data);
    }

    interface SstDonate extends Callback {
        int donate(Pointer app, Pointer context, Pointer request, Pointer stateId, Pointer state, byte bypass);
    }

    interface Synced extends Callback {
        int synced(Pointer app);
    }

    private static final int SUCCESS = 0;
    private static final int FAILURE = 1;
    private static final int LENGTH = 8;

    private final Host host;
    private final List<Callback> kept = new ArrayList<>();
    private final Map<Long, ApplierContext> contexts = new ConcurrentHashMap<>();
    private final Map<Long, EncryptContext> streams = new ConcurrentHashMap<>();
    private final AtomicLong lastId = new AtomicLong();

    NativeCallbacks(Host host) {
        this.host = host;
    }

    /** Threads of the provider stay attached between callbacks, as daemons: attaching anew costs 20 microseconds each time. */
    static void keepAttached(Callback callback) {
        Native.setCallbackThreadInitializer(callback, new CallbackThreadInitializer(true, false));
    }

    /** Writes all callbacks into {@code struct wsrep_init_args}. */
    void write(Memory arguments) {
        put(arguments, InitImage.LOGGER, (Log) this::log);
        put(arguments, InitImage.CONNECTED, (Connected) (app, view) -> guarded("connected", () -> connected(view)));
        put(arguments, InitImage.VIEW, (Viewed) (app, context, view, state, length) ->
                guarded("view", () -> code(host.view(context(context), ViewImage.read(view)))));
        put(arguments, InitImage.SST_REQUEST, (SstRequest)
                (app, request, length) -> guarded("sst_request", () -> sstRequest(request, length)));
        put(arguments, InitImage.APPLY, (Apply) (context, handle, flags, data, meta, exitLoop) ->
                guarded("apply", () -> apply(context, handle, flags, data, meta, exitLoop)));
        put(arguments, InitImage.UNORDERED, (Unordered)
                (context, data) -> guarded("unordered", () -> code(host.unordered(context(context), buffer(data)))));
        put(arguments, InitImage.SST_DONATE, (SstDonate) (app, context, request, stateId, state, bypass) -> guarded(
                "sst_donate",
                () -> code(
                        host.sstDonate(context(context), buffer(request), NativeMemory.gtid(stateId), bypass != 0))));
        put(arguments, InitImage.SYNCED, (Synced) app -> guarded("synced", () -> code(host.synced())));
        if (host.canEncrypt()) {
            put(arguments, InitImage.ENCRYPT, (Encrypt) this::encrypt);
        }
    }

    private void put(Memory arguments, int offset, Callback callback) {
        keepAttached(callback);
        kept.add(callback);
        arguments.setPointer(offset, CallbackReference.getFunctionPointer(callback));
    }

    /** What to pass as recv_ctx for this context; give it back with {@link #forget}. */
    long remember(ApplierContext context) {
        long id = lastId.incrementAndGet();
        contexts.put(id, context);
        return id;
    }

    void forget(long id) {
        contexts.remove(id);
    }

    private ApplierContext context(Pointer pointer) {
        return contexts.get(Pointer.nativeValue(pointer));
    }

    private interface Body {
        int run();
    }

    private int guarded(String name, Body body) {
        try {
            return body.run();
        } catch (Throwable thrown) {
            host.log(LogLevel.ERROR, "the host's callback " + name + " threw " + thrown);
            return FAILURE;
        }
    }

    private static int code(CallbackStatus status) {
        return status == CallbackStatus.SUCCESS ? SUCCESS : FAILURE;
    }

    private void log(int level, Pointer message) {
        try {
            LogLevel[] levels = LogLevel.values();
            host.log(levels[Math.min(level, levels.length - 1)], message.getString(0, StandardCharsets.UTF_8.name()));
        } catch (Throwable thrown) {
            System.err.println("a log line of the native provider was lost: " + thrown);
        }
    }

    private int connected(Pointer view) {
        return code(host.connected(ViewImage.read(view)));
    }

    private int sstRequest(Pointer request, Pointer length) {
        ByteBuffer answer = host.sstRequest();
        if (answer == null) {
            return FAILURE;
        }
        int size = answer.remaining();
        long copy = size == 0 ? 0 : Native.malloc(size); // the provider gives it to free()
        if (size > 0 && copy == 0) {
            return FAILURE;
        }
        if (size > 0) {
            new Pointer(copy).getByteBuffer(0, size).put(answer.duplicate());
        }
        request.setLong(0, copy);
        length.setLong(0, size);
        return SUCCESS;
    }

    private int apply(Pointer context, Pointer handle, int flags, Pointer data, Pointer metaAt, Pointer exitLoop) {
        TransactionMeta meta = new TransactionMeta();
        MetaLayout.read(NativeMemory.ordered(metaAt, MetaLayout.BYTES), 0, meta);
        WriteSetHandle event = new WriteSetHandle(handle.getLong(0), new NativeHandle(handle));
        ApplyResult result = host.apply(context(context), event, flags, buffer(data), meta);
        if (result == ApplyResult.SUCCESS_AND_EXIT) {
            exitLoop.setByte(0, (byte) 1);
        }
        return result == ApplyResult.FAILURE ? FAILURE : SUCCESS;
    }

    private int encrypt(Pointer app, Pointer context, Pointer input, Pointer output, int direction, byte last) {
        try {
            long id = context.getLong(2L * Native.POINTER_SIZE);
            if (id == 0) {
                id = lastId.incrementAndGet();
                streams.put(
                        id,
                        new EncryptContext(
                                buffer(context.getPointer(0)),
                                context.getPointer(Native.POINTER_SIZE).getByteBuffer(0, EncryptContext.IV_BYTES)));
                context.setLong(2L * Native.POINTER_SIZE, id);
            }
            EncryptContext stream = last != 0 ? streams.remove(id) : streams.get(id);
            ByteBuffer in = buffer(input);
            ByteBuffer out = output.getByteBuffer(0, in.remaining());
            return host.encrypt(stream, in, out, EncryptDirection.values()[direction], last != 0);
        } catch (Throwable thrown) {
            host.log(LogLevel.ERROR, "the host's callback encrypt threw " + thrown);
            return -1;
        }
    }

    /** A {@code wsrep_buf_t}'s bytes, not copied; empty for null. */
    private static ByteBuffer buffer(Pointer at) {
        ByteBuffer bytes = at == null ? null : NativeMemory.buffer(at.getLong(0), at.getLong(LENGTH));
        return bytes == null ? ByteBuffer.allocateDirect(0) : bytes;
    }
}

package io.wsrep4j.jna;

import io.wsrep4j.api.ApplierContext;
import io.wsrep4j.api.ApplyResult;
import io.wsrep4j.api.CallbackStatus;
import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Host;
import io.wsrep4j.api.InitArguments;
import io.wsrep4j.api.LogLevel;
import io.wsrep4j.api.Provider;
import io.wsrep4j.api.Status;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.View;
import io.wsrep4j.api.WriteSetHandle;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A Java host that keeps nothing but a record of its callbacks, and runs one receiving thread. */
final class RecordingHost implements Host {

    /** A receiving thread's context. */
    record Context(String name) implements ApplierContext {}

    /** An event as apply saw it. */
    record Applied(String context, long transactionId, int flags, byte[] data, Gtid gtid, long sourceConnection) {}

    static final long SECONDS = 60;

    final List<String> log = new CopyOnWriteArrayList<>();
    final List<View> views = new CopyOnWriteArrayList<>();
    final List<Applied> applied = new CopyOnWriteArrayList<>();
    final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    volatile boolean throwInConnected;
    private Provider provider;

    /** Serves as host of this provider. */
    Status init(Provider newProvider, Path dataDirectory, String options) {
        provider = newProvider;
        return newProvider.init(
                new InitArguments(
                        "node-\u00e9", "127.0.0.1", "127.0.0.1:3306", dataDirectory, options, 4, Gtid.UNDEFINED),
                this);
    }

    /** Starts a thread inside receive; the future has its result. */
    CompletableFuture<Status> receive(String name) {
        CompletableFuture<Status> result = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        result.complete(provider.receive(new Context(name)));
                    } catch (Throwable thrown) {
                        result.completeExceptionally(thrown);
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    /** Waits for the next callback but logging. */
    String next() {
        try {
            String event = events.poll(SECONDS, TimeUnit.SECONDS);
            if (event == null) {
                throw new AssertionError("no callback within " + SECONDS + " s; log:\n" + String.join("\n", log));
            }
            return event;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void log(LogLevel level, String message) {
        log.add(level + ": " + message);
    }

    @Override
    public CallbackStatus connected(View view) {
        events.add("connected");
        if (throwInConnected) {
            throw new IllegalStateException("thrown by the test");
        }
        views.add(view);
        return CallbackStatus.SUCCESS;
    }

    @Override
    public CallbackStatus view(ApplierContext context, View view) {
        views.add(view);
        events.add("view " + view.status() + " " + view.members().size() + " on " + ((Context) context).name());
        return CallbackStatus.SUCCESS;
    }

    @Override
    public ByteBuffer sstRequest() {
        events.add("sst_request");
        return ByteBuffer.wrap("trivial\0".getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public CallbackStatus sstDonate(ApplierContext context, ByteBuffer request, Gtid stateId, boolean bypass) {
        events.add("sst_donate");
        return CallbackStatus.SUCCESS;
    }

    @Override
    public ApplyResult apply(
            ApplierContext context, WriteSetHandle handle, int flags, ByteBuffer data, TransactionMeta meta) {
        byte[] bytes = new byte[data.remaining()];
        data.duplicate().get(bytes);
        applied.add(new Applied(
                ((Context) context).name(), handle.transactionId(), flags, bytes, meta.gtid(), meta.connectionId()));
        Status entered = provider.commitOrderEnter(handle, meta);
        Status left = provider.commitOrderLeave(handle, meta, null);
        events.add("apply " + entered + " " + left);
        return entered == Status.OK && left == Status.OK ? ApplyResult.SUCCESS : ApplyResult.FAILURE;
    }

    @Override
    public CallbackStatus synced() {
        events.add("synced");
        return CallbackStatus.SUCCESS;
    }
}

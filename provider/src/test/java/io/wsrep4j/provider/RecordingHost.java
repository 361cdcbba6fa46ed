package io.wsrep4j.provider;

import io.wsrep4j.api.ApplierContext;
import io.wsrep4j.api.ApplyResult;
import io.wsrep4j.api.CallbackStatus;
import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Host;
import io.wsrep4j.api.LogLevel;
import io.wsrep4j.api.Provider;
import io.wsrep4j.api.Status;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.View;
import io.wsrep4j.api.WriteSetHandle;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A host that keeps what it is told, and applies by going through the commit order. */
final class RecordingHost implements Host {

    final List<String> log = new CopyOnWriteArrayList<>();
    final List<String> callbacks = new CopyOnWriteArrayList<>();
    final List<View> views = new CopyOnWriteArrayList<>();
    final List<Applied> applied = new CopyOnWriteArrayList<>();
    volatile Provider provider;
    volatile Consumer<String> onLog = line -> {};
    volatile Supplier<CallbackStatus> onSynced = () -> CallbackStatus.SUCCESS;
    /** This host's own handle of the transaction that it replays: it is that one which goes through the commit order. */
    volatile WriteSetHandle replayed;

    /** How a callback fails. */
    enum Failure {
        ANSWER,
        EXCEPTION,
        ERROR
    }

    private volatile String failing = "";
    private volatile Failure failure;
    private final AtomicInteger untilFailure = new AtomicInteger();
    private volatile String held = "";
    /** How long it takes to apply a write set. */
    volatile long applyNanos;

    final CountDownLatch inside = new CountDownLatch(1);
    final CountDownLatch release = new CountDownLatch(1);

    /** From now on this callback does not return, until {@code release} is opened; {@code inside} says that it was called. */
    void hold(String callback) {
        held = callback;
    }

    record Applied(int flags, Gtid gtid, long transactionId, int bytes) {}

    /** From now on this call of this callback fails, once. */
    void fail(String callback, Failure how, int call) {
        failing = callback;
        failure = how;
        untilFailure.set(call);
    }

    boolean hasFailed() {
        return !failing.isEmpty() && untilFailure.get() <= 0;
    }

    /** True if this call is to answer that it failed. */
    private boolean fails(String callback) {
        if (callback.equals(held)) {
            inside.countDown();
            boolean free = false;
            while (!free) {
                try {
                    release.await();
                    free = true;
                } catch (InterruptedException e) {
                    // it hangs
                    continue;
                }
            }
        }
        if (!callback.equals(failing) || untilFailure.getAndDecrement() != 1) {
            return false;
        }
        switch (failure) {
            case EXCEPTION -> throw new IllegalStateException("as the test wants it: " + callback);
            case ERROR -> throw new NoClassDefFoundError("as the test wants it: " + callback);
            default -> {
                return true;
            }
        }
    }

    private CallbackStatus status(String callback) {
        return fails(callback) ? CallbackStatus.FAILURE : CallbackStatus.SUCCESS;
    }

    @Override
    public void log(LogLevel level, String message) {
        log.add(level + " " + message);
        onLog.accept(message);
    }

    @Override
    public void terminate() {
        callbacks.add("terminate");
    }

    @Override
    public CallbackStatus connected(View view) {
        callbacks.add("connected");
        return status("connected");
    }

    @Override
    public CallbackStatus view(ApplierContext context, View view) {
        callbacks.add(view.isFinal() ? "final view" : "view");
        views.add(view);
        return status(view.isFinal() && held.equals("final view") ? "final view" : "view");
    }

    @Override
    public ByteBuffer sstRequest() {
        callbacks.add("sstRequest");
        fails("sstRequest");
        return null;
    }

    @Override
    public CallbackStatus sstDonate(ApplierContext context, ByteBuffer request, Gtid stateId, boolean bypass) {
        callbacks.add("sstDonate");
        fails("sstDonate");
        return CallbackStatus.FAILURE;
    }

    @Override
    public ApplyResult apply(
            ApplierContext context, WriteSetHandle handle, int flags, ByteBuffer data, TransactionMeta meta) {
        if (fails("apply")) {
            return ApplyResult.FAILURE;
        }
        for (long end = System.nanoTime() + applyNanos; System.nanoTime() < end; ) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
        applied.add(new Applied(flags, meta.gtid(), meta.transactionId(), data.remaining()));
        WriteSetHandle own = replayed == null ? handle : replayed;
        Status entered = provider.commitOrderEnter(own, meta);
        provider.commitOrderLeave(own, meta, null);
        return entered == Status.OK ? ApplyResult.SUCCESS : ApplyResult.FAILURE;
    }

    @Override
    public CallbackStatus synced() {
        callbacks.add("synced");
        CallbackStatus asked = status("synced");
        return asked == CallbackStatus.SUCCESS ? onSynced.get() : asked;
    }

    @Override
    public CallbackStatus unordered(ApplierContext context, ByteBuffer data) {
        return status("unordered");
    }
}

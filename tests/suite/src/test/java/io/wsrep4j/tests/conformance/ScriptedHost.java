package io.wsrep4j.tests.conformance;

import io.wsrep4j.api.ApplierContext;
import io.wsrep4j.api.ApplyResult;
import io.wsrep4j.api.CallbackStatus;
import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Host;
import io.wsrep4j.api.LogLevel;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.TransactionSource;
import io.wsrep4j.api.View;
import io.wsrep4j.api.WriteSetHandle;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A host that keeps what it is told, and does in its callbacks what a test wants. Thread-safe. */
final class ScriptedHost implements Host {

    /** A callback, and the thread it came on. */
    record Call(String name, Thread thread) {}

    /** What came to apply. The data is a copy. */
    record Applied(
            int flags, byte[] data, Gtid gtid, TransactionSource source, long dependsOn, ApplierContext context) {}

    /** A script for apply: goes through the commit order itself. */
    @FunctionalInterface
    interface ApplyScript {
        ApplyResult apply(WriteSetHandle handle, TransactionMeta meta, Applied event);
    }

    /** A script for a callback with a view. */
    @FunctionalInterface
    interface ViewScript {
        void view(View view);
    }

    final List<String> log = new CopyOnWriteArrayList<>();
    final List<Call> calls = new CopyOnWriteArrayList<>();
    final List<View> views = new CopyOnWriteArrayList<>();
    final List<View> connectedViews = new CopyOnWriteArrayList<>();
    final List<Applied> applied = new CopyOnWriteArrayList<>();

    volatile ApplyScript onApply;
    volatile ViewScript onView = view -> {};
    volatile Runnable onSynced = () -> {};

    List<String> names() {
        return calls.stream().map(Call::name).toList();
    }

    private void called(String name) {
        calls.add(new Call(name, Thread.currentThread()));
    }

    @Override
    public void log(LogLevel level, String message) {
        log.add(level + ": " + message);
    }

    @Override
    public CallbackStatus connected(View view) {
        called("connected");
        connectedViews.add(view);
        return CallbackStatus.SUCCESS;
    }

    @Override
    public CallbackStatus view(ApplierContext context, View view) {
        called(view.isFinal() ? "final view" : "view");
        onView.view(view);
        views.add(view);
        return CallbackStatus.SUCCESS;
    }

    @Override
    public ByteBuffer sstRequest() {
        called("sst request");
        return null;
    }

    @Override
    public CallbackStatus sstDonate(ApplierContext context, ByteBuffer request, Gtid stateId, boolean bypass) {
        called("sst donate");
        return CallbackStatus.FAILURE;
    }

    @Override
    public ApplyResult apply(
            ApplierContext context, WriteSetHandle handle, int flags, ByteBuffer data, TransactionMeta meta) {
        called("apply");
        byte[] copy = new byte[data.remaining()];
        data.get(data.position(), copy);
        TransactionSource source = new TransactionSource(meta.sourceNode(), meta.transactionId(), meta.connectionId());
        Applied event = new Applied(flags, copy, meta.gtid(), source, meta.dependsOn(), context);
        applied.add(event);
        return onApply.apply(handle, meta, event);
    }

    @Override
    public CallbackStatus synced() {
        called("synced");
        onSynced.run();
        return CallbackStatus.SUCCESS;
    }
}

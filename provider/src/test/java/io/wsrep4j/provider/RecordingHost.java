package io.wsrep4j.provider;

import io.wsrep4j.api.ApplierContext;
import io.wsrep4j.api.ApplyResult;
import io.wsrep4j.api.CallbackStatus;
import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Host;
import io.wsrep4j.api.LogLevel;
import io.wsrep4j.api.Provider;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.View;
import io.wsrep4j.api.WriteSetHandle;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** A host that keeps what it is told, and applies by going through the commit order. */
final class RecordingHost implements Host {

    final List<String> log = new CopyOnWriteArrayList<>();
    final List<String> callbacks = new CopyOnWriteArrayList<>();
    final List<View> views = new CopyOnWriteArrayList<>();
    final List<Applied> applied = new CopyOnWriteArrayList<>();
    volatile Provider provider;
    volatile Supplier<CallbackStatus> onSynced = () -> CallbackStatus.SUCCESS;
    /** This host's own handle of the transaction that it replays: it is that one which goes through the commit order. */
    volatile WriteSetHandle replayed;

    record Applied(int flags, Gtid gtid, long transactionId, int bytes) {}

    @Override
    public void log(LogLevel level, String message) {
        log.add(level + " " + message);
    }

    @Override
    public CallbackStatus connected(View view) {
        callbacks.add("connected");
        return CallbackStatus.SUCCESS;
    }

    @Override
    public CallbackStatus view(ApplierContext context, View view) {
        callbacks.add(view.isFinal() ? "final view" : "view");
        views.add(view);
        return CallbackStatus.SUCCESS;
    }

    @Override
    public ByteBuffer sstRequest() {
        callbacks.add("sstRequest");
        return null;
    }

    @Override
    public CallbackStatus sstDonate(ApplierContext context, ByteBuffer request, Gtid stateId, boolean bypass) {
        callbacks.add("sstDonate");
        return CallbackStatus.FAILURE;
    }

    @Override
    public ApplyResult apply(
            ApplierContext context, WriteSetHandle handle, int flags, ByteBuffer data, TransactionMeta meta) {
        applied.add(new Applied(flags, meta.gtid(), meta.transactionId(), data.remaining()));
        WriteSetHandle own = replayed == null ? handle : replayed;
        provider.commitOrderEnter(own, meta);
        provider.commitOrderLeave(own, meta, null);
        return ApplyResult.SUCCESS;
    }

    @Override
    public CallbackStatus synced() {
        callbacks.add("synced");
        return onSynced.get();
    }
}

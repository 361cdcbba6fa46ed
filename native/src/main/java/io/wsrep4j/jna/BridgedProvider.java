package io.wsrep4j.jna;

import com.sun.jna.Pointer;
import io.wsrep4j.api.IsolationMode;
import io.wsrep4j.api.Key;
import io.wsrep4j.api.Provider;
import io.wsrep4j.api.Status;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.api.WriteSetHandle;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/**
 * A provider as the C side calls it: upcall.c by name and signature, with addresses for everything that is not a number. Called from any of
 * the host's threads at once.
 *
 * <p>Every answer is a status code with {@link #MARK}: what comes back without it never ran to its end. Nothing thrown leaves this class.
 */
final class BridgedProvider {

    private static final int MARK = 0x100;

    private final NativeHost host;
    private final HostLog log;
    private final Consumer<BridgedProvider> onFree;
    private volatile Provider provider;

    BridgedProvider(Provider provider, NativeHost host, HostLog log, Consumer<BridgedProvider> onFree) {
        this.provider = provider;
        this.host = host;
        this.log = log;
        this.onFree = onFree;
    }

    private static int mark(Status status) {
        return status.code() | MARK;
    }

    private int failed(String call, Throwable cause) {
        Bridge.report(log, call, cause);
        return mark(Status.NODE_FAIL);
    }

    /** A call that is made seldom enough for a lambda. */
    private interface Call {
        Status on(Provider provider) throws Exception;
    }

    private int rare(String name, Call call) {
        return rare(name, Status.NODE_FAIL, call);
    }

    private int rare(String name, Status whenClosed, Call call) {
        try {
            log.enter();
            Provider open = provider;
            return mark(open == null ? whenClosed : call.on(open));
        } catch (Throwable thrown) {
            return failed(name, thrown);
        }
    }

    // ---- life cycle

    int init(long arguments, long options) {
        return rare("init", open -> {
            open.useAllowlist(host.allowlist());
            open.useEvents(host.events());
            return open.init(InitImage.read(new Pointer(arguments), NativeMemory.text(options)), host);
        });
    }

    int capabilities(long out) {
        return rare("capabilities", open -> {
            new Pointer(out).setInt(0, open.capabilities());
            return Status.OK;
        });
    }

    int connect(long clusterName, long clusterAddress, long donors, boolean bootstrap) {
        return rare(
                "connect",
                open -> open.connect(
                        NativeMemory.text(clusterName),
                        NativeMemory.text(clusterAddress),
                        NativeMemory.text(donors),
                        bootstrap));
    }

    int disconnect() {
        return rare("disconnect", Status.OK, Provider::disconnect);
    }

    int receive(ApplierSlot applier) {
        return rare("recv", Status.FATAL, open -> open.receive(applier));
    }

    int free() {
        return rare("free", Status.OK, open -> {
            try {
                open.free();
                open.useAllowlist(null);
                open.useEvents(null);
            } finally {
                provider = null;
                onFree.accept(this);
                log.close();
            }
            return Status.OK;
        });
    }

    void isolate(IsolationMode mode) {
        rare("node isolation", Status.OK, open -> {
            open.isolate(mode);
            return Status.OK;
        });
    }

    // ---- options and status

    int setOptions(long text) {
        return rare("options_set", open -> open.setOptions(NativeMemory.text(text)));
    }

    int options(long out) {
        return rare("options_get", open -> {
            byte[] text = NativeMemory.terminated(open.options());
            long copy = Trampolines.allocate(text.length);
            if (copy == 0) {
                return Status.NODE_FAIL;
            }
            new Pointer(copy).write(0, text, 0, text.length);
            new Pointer(out).setLong(0, copy);
            return Status.OK;
        });
    }

    int parameters(long out) {
        return rare("get_parameters", open -> {
            new Pointer(out).setLong(0, ParameterImage.allocate(open.parameters()));
            return Status.OK;
        });
    }

    int setEncryptionKey(long address, long length) {
        return rare("enc_set_key", open -> open.setEncryptionKey(NativeMemory.buffer(address, length)));
    }

    int status(long out) {
        return rare("stats_get", open -> {
            new Pointer(out).setLong(0, StatusImage.allocate(open.status()));
            return Status.OK;
        });
    }

    int resetStatus() {
        return rare("stats_reset", open -> {
            open.resetStatus();
            return Status.OK;
        });
    }

    // ---- transactions: the calls of every one, without lambdas

    int certify(TransactionSlot slot, long connectionId, int flags) {
        try {
            log.enter();
            Provider open = provider;
            return mark(open == null ? Status.CONNECTION_FAIL : slot.submitAndCertify(open, connectionId, flags, null));
        } catch (Throwable thrown) {
            return failed("certify", thrown);
        }
    }

    /** As {@link #certify}; {@code callback} is the host's {@code struct wsrep_seq_cb}. */
    int certifyPlaced(TransactionSlot slot, long connectionId, int flags, long callback) {
        return rare(
                "certify",
                Status.CONNECTION_FAIL,
                open -> slot.submitAndCertify(open, connectionId, flags, () -> Trampolines.placed(callback)));
    }

    int commitOrderEnter(Slot slot) {
        try {
            Provider open = provider;
            return mark(open == null ? Status.NODE_FAIL : open.commitOrderEnter(slot.handle(), slot.meta()));
        } catch (Throwable thrown) {
            return failed("commit_order_enter", thrown);
        }
    }

    int commitOrderLeave(Slot slot, long error, long length) {
        try {
            Provider open = provider;
            ByteBuffer text = error == 0 ? null : NativeMemory.buffer(error, length);
            return mark(open == null ? Status.NODE_FAIL : open.commitOrderLeave(slot.handle(), slot.meta(), text));
        } catch (Throwable thrown) {
            return failed("commit_order_leave", thrown);
        }
    }

    int release(TransactionSlot slot) {
        try {
            Provider open = provider;
            return mark(open == null ? Status.OK : slot.release(open));
        } catch (Throwable thrown) {
            return failed("release", thrown);
        }
    }

    int replay(TransactionSlot slot, ApplierSlot applier) {
        return rare("replay_trx", open -> open.replay(slot.handle(), applier));
    }

    int abortCertification(long bfSeqno, long victim, long out) {
        return rare("abort_certification", Status.CONNECTION_FAIL, open -> {
            Provider.AbortResult result = open.abortCertification(bfSeqno, victim);
            new Pointer(out).setLong(0, result.victimSeqno());
            return result.status();
        });
    }

    int rollback(long transactionId, long data, long length) {
        return rare(
                "rollback",
                Status.TRANSACTION_FAIL,
                open -> open.rollback(transactionId, NativeMemory.buffer(data, length)));
    }

    // ---- causality

    int syncWait(long upTo, int timeoutSeconds, long out) {
        return rare("sync_wait", Status.CONNECTION_FAIL, open -> {
            Provider.SyncResult result =
                    open.syncWait(upTo == 0 ? null : NativeMemory.gtid(new Pointer(upTo)), timeoutSeconds);
            NativeMemory.putGtid(new Pointer(out), result.gtid());
            return result.status();
        });
    }

    int lastCommitted(long out) {
        return rare("last_committed_id", Status.OK, open -> {
            NativeMemory.putGtid(new Pointer(out), open.lastCommitted());
            return Status.OK;
        });
    }

    // ---- total order isolation

    int toExecuteStart(
            long connectionId, long keys, long keyCount, long data, long dataCount, int flags, long metaAddress) {
        TransactionMeta meta = new TransactionMeta();
        ByteBuffer out = NativeMemory.ordered(new Pointer(metaAddress), MetaLayout.BYTES);
        MetaLayout.read(out, 0, meta);
        int answer = rare("to_execute_start", Status.CONNECTION_FAIL, open -> {
            List<Key> parts = NativeMemory.keys(keys, keyCount);
            return open.toExecuteStart(connectionId, parts, NativeMemory.buffers(data, dataCount), flags, meta);
        });
        MetaLayout.write(meta, out, 0);
        return answer;
    }

    int toExecuteEnd(long connectionId, long error, long length) {
        return rare(
                "to_execute_end",
                Status.CONNECTION_FAIL,
                open -> open.toExecuteEnd(connectionId, error == 0 ? null : NativeMemory.buffer(error, length)));
    }

    // ---- preordered events

    int preorderedCollect(TransactionSlot slot, long data, long count) {
        return rare(
                "preordered_collect",
                Status.TRANSACTION_FAIL,
                open -> open.preorderedCollect(slot.handle(), NativeMemory.buffers(data, count), true));
    }

    int preorderedCommit(TransactionSlot slot, long source, int flags, int range, boolean commit) {
        return rare("preordered_commit", Status.TRANSACTION_FAIL, open -> {
            WriteSetHandle handle = slot.handle();
            return open.preorderedCommit(
                    handle,
                    source == 0 ? Uuid.UNDEFINED : NativeMemory.uuid(new Pointer(source), 0),
                    flags,
                    range,
                    commit);
        });
    }

    // ---- state transfer

    int sstSent(long stateId, int code) {
        return rare(
                "sst_sent",
                Status.CONNECTION_FAIL,
                open -> open.sstSent(NativeMemory.gtid(new Pointer(stateId)), code));
    }

    int sstReceived(long stateId, long state, long length, int code) {
        return rare(
                "sst_received",
                Status.CONNECTION_FAIL,
                open -> open.sstReceived(
                        NativeMemory.gtid(new Pointer(stateId)), NativeMemory.buffer(state, length), code));
    }

    // ---- pause and desync

    int pause(long out) {
        return rare("pause", open -> {
            new Pointer(out).setLong(0, open.pause());
            return Status.OK;
        });
    }

    int resume() {
        return rare("resume", Provider::resume);
    }

    int desync() {
        return rare("desync", Provider::desync);
    }

    int resync() {
        return rare("resync", Provider::resync);
    }
}

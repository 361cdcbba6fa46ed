package io.wsrep4j.jna;

import io.wsrep4j.api.AllowlistService;
import io.wsrep4j.api.ApplierContext;
import io.wsrep4j.api.CallbackStatus;
import io.wsrep4j.api.Capabilities;
import io.wsrep4j.api.DataType;
import io.wsrep4j.api.EventService;
import io.wsrep4j.api.GatheredWriteSet;
import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Host;
import io.wsrep4j.api.InitArguments;
import io.wsrep4j.api.IsolationMode;
import io.wsrep4j.api.Key;
import io.wsrep4j.api.KeyType;
import io.wsrep4j.api.LogLevel;
import io.wsrep4j.api.Member;
import io.wsrep4j.api.Parameter;
import io.wsrep4j.api.Provider;
import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.Status;
import io.wsrep4j.api.StatusVariable;
import io.wsrep4j.api.TransactionFlags;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.api.View;
import io.wsrep4j.api.ViewStatus;
import io.wsrep4j.api.WriteSetHandle;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A group of one member with nothing but an order of commits: enough for a real host to run on, and for tests to see what the bridge hands
 * over. Transactions commit in the order of their seqnos; nothing ever conflicts.
 */
class SoloProvider implements Provider {

    /** What certify saw of one transaction. */
    static final class Transaction {
        int keys;
        final List<byte[]> keyRecords = new ArrayList<>();
        final List<byte[]> ordered = new ArrayList<>();
        long seqno = Seqno.UNDEFINED;
    }

    final AtomicLong keysSeen = new AtomicLong();
    final AtomicLong released = new AtomicLong();
    final BlockingQueue<IsolationMode> isolated = new LinkedBlockingQueue<>();
    final List<String> certifyThreads = new CopyOnWriteArrayList<>();
    final List<String> isolateThreads = new CopyOnWriteArrayList<>();
    volatile Transaction last;
    volatile StackOverflowError failure;
    volatile boolean pauseFails;
    volatile CallbackStatus connectedResult;
    private final Uuid history = new Uuid(0x1122334455667788L, 0x99aabbccddeeff00L);
    private final Uuid self = new Uuid(0x0102030405060708L, 0x090a0b0c0d0e0f10L);
    private Host host;
    volatile InitArguments arguments;
    private final Set<Long> victims = ConcurrentHashMap.newKeySet();
    private long ordered;
    private long left;
    private long settled;
    private boolean connected;
    private boolean closing;
    private boolean bootstrapViewPending;
    private int receivers;
    private boolean finalViewDone;
    private int syncedPending;
    private long paused;

    @Override
    public String name() {
        return "solo";
    }

    @Override
    public String version() {
        return "1";
    }

    @Override
    public String vendor() {
        return "test";
    }

    @Override
    public synchronized Status init(InitArguments initArguments, Host newHost) {
        arguments = initArguments;
        host = newHost;
        if (initArguments.options().contains("no.such")) {
            newHost.log(LogLevel.ERROR, "unknown option in '" + initArguments.options() + "'");
            return Status.NODE_FAIL;
        }
        newHost.log(LogLevel.INFO, "solo provider for " + initArguments.nodeName());
        return Status.OK;
    }

    @Override
    public void useAllowlist(AllowlistService service) {}

    @Override
    public void useEvents(EventService service) {}

    @Override
    public int capabilities() {
        return Capabilities.MULTI_MASTER | Capabilities.CERTIFICATION | Capabilities.STREAMING | Capabilities.PAUSE;
    }

    @Override
    public synchronized Status connect(String clusterName, String address, String donors, boolean bootstrap) {
        if (!bootstrap) {
            return Status.NODE_FAIL;
        }
        connected = true;
        closing = false;
        finalViewDone = false;
        bootstrapViewPending = true;
        ordered++;
        return Status.OK;
    }

    @Override
    public synchronized Status disconnect() {
        if (!connected) {
            return Status.OK;
        }
        closing = true;
        notifyAll();
        while (!finalViewDone && receivers > 0) {
            await();
        }
        connected = false;
        return Status.OK;
    }

    @Override
    public Status receive(ApplierContext context) {
        synchronized (this) {
            if (!connected) {
                return Status.FATAL;
            }
            receivers++;
            notifyAll();
        }
        try {
            bootstrapView(context);
            return serve(context);
        } finally {
            synchronized (this) {
                receivers--;
                notifyAll();
            }
        }
    }

    /** Returns once as many threads are inside receive; false if they are not in time. */
    synchronized boolean awaitReceivers(int count, long timeoutMillis) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        while (receivers < count) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                return false;
            }
            await(left);
        }
        return true;
    }

    private void bootstrapView(ApplierContext context) {
        synchronized (this) {
            if (!bootstrapViewPending) {
                return;
            }
            bootstrapViewPending = false;
        }
        View view = new View(
                new Gtid(history, ordered),
                1,
                ViewStatus.PRIMARY,
                capabilities(),
                0,
                arguments.protocolVersion(),
                List.of(new Member(self, arguments.nodeName(), arguments.incomingAddress())));
        connectedResult = host.connected(view);
        host.view(context, view);
        synchronized (this) {
            left = ordered;
            settled = ordered;
            notifyAll();
        }
        host.synced();
    }

    private Status serve(ApplierContext context) {
        while (true) {
            synchronized (this) {
                while (!closing && syncedPending == 0) {
                    await();
                }
                if (closing) {
                    if (finalViewDone) {
                        return Status.CONNECTION_FAIL;
                    }
                    finalViewDone = true;
                } else {
                    syncedPending--;
                }
            }
            if (!closing) {
                host.synced();
                continue;
            }
            host.view(context, new View(new Gtid(history, ordered), -1, ViewStatus.NON_PRIMARY, 0, -1, 4, List.of()));
            return Status.OK;
        }
    }

    private void await() {
        await(0);
    }

    private void await(long millis) {
        try {
            wait(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void isolate(IsolationMode mode) {
        isolateThreads.add(Thread.currentThread().getName());
        isolated.add(mode);
    }

    @Override
    public synchronized void free() {
        closing = true;
        finalViewDone = true;
        notifyAll();
        while (receivers > 0) {
            await();
        }
        connected = false;
    }

    @Override
    public Status setOptions(String options) {
        return options.startsWith("no.such") ? Status.NODE_FAIL : Status.OK;
    }

    @Override
    public String options() {
        return "base_host = 127.0.0.1; repl.max_ws_size = 2147483647";
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(
                new Parameter("a.count", new Parameter.Int64(1L << 40), false, false),
                new Parameter("a.share", new Parameter.Real(0.25), false, true),
                new Parameter("a.switch", new Parameter.Switch(true), true, true),
                new Parameter("a.text", new Parameter.Text("é;="), false, false),
                new Parameter("b.nothing", new Parameter.Text(""), true, false));
    }

    @Override
    public Status setEncryptionKey(ByteBuffer key) {
        return Status.OK;
    }

    @Override
    public synchronized List<StatusVariable> status() {
        return List.of(
                new StatusVariable.Text("local_state_comment", closing ? "Initialized" : "Synced"),
                new StatusVariable.Int64("last_committed", settled),
                new StatusVariable.Int64("repl_keys", keysSeen.get()),
                new StatusVariable.Int64("local_state", 4),
                new StatusVariable.Real("local_send_queue_avg", 0.5));
    }

    @Override
    public void resetStatus() {
        keysSeen.set(0);
    }

    @Override
    public Status assignReadView(WriteSetHandle handle, Gtid gtid) {
        return Status.NOT_IMPLEMENTED;
    }

    private static Transaction transaction(WriteSetHandle handle) {
        if (handle.opaque() == null) {
            handle.setOpaque(new Transaction());
        }
        return (Transaction) handle.opaque();
    }

    @Override
    public Status appendKey(WriteSetHandle handle, List<Key> keys, KeyType type, boolean copy) {
        transaction(handle).keys += keys.size();
        return Status.OK;
    }

    @Override
    public Status appendData(WriteSetHandle handle, List<ByteBuffer> data, DataType type, boolean copy) {
        transaction(handle);
        return Status.OK;
    }

    @Override
    public Status appendGathered(WriteSetHandle handle, GatheredWriteSet gathered) {
        Transaction transaction = transaction(handle);
        transaction.keys += gathered.keyCount();
        transaction.keyRecords.add(bytes(gathered.keys()));
        transaction.ordered.add(bytes(gathered.ordered()));
        keysSeen.addAndGet(gathered.keyCount());
        return Status.OK;
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    @Override
    public synchronized Status certify(long connectionId, WriteSetHandle handle, int flags, TransactionMeta meta) {
        if (failure != null) {
            throw failure;
        }
        certifyThreads.add(Thread.currentThread().getName());
        if (!connected || victims.remove(handle.transactionId())) {
            meta.setUnordered();
            return Status.CONNECTION_FAIL;
        }
        Transaction transaction = transaction(handle);
        last = transaction;
        while (paused > 0) {
            await();
        }
        transaction.seqno = ++ordered;
        meta.setOrdered(history, transaction.seqno, transaction.seqno - 1);
        meta.setSource(self, handle.transactionId(), connectionId);
        return Status.OK;
    }

    @Override
    public Status certify(long connectionId, WriteSetHandle handle, int flags, TransactionMeta meta, Runnable placed) {
        placed.run();
        return certify(connectionId, handle, flags, meta);
    }

    @Override
    public synchronized Status commitOrderEnter(WriteSetHandle handle, TransactionMeta meta) {
        while (left != meta.seqno() - 1) {
            await();
        }
        return Status.OK;
    }

    @Override
    public synchronized Status commitOrderLeave(WriteSetHandle handle, TransactionMeta meta, ByteBuffer error) {
        left = meta.seqno();
        notifyAll();
        return Status.OK;
    }

    @Override
    public synchronized Status release(WriteSetHandle handle) {
        Transaction transaction = transaction(handle);
        while (transaction.seqno > left + 1) {
            await();
        }
        left = Math.max(left, transaction.seqno); // ordered, but the host rolled back without entering the commit order
        settled = left;
        released.incrementAndGet();
        handle.setOpaque(null);
        notifyAll();
        return Status.OK;
    }

    @Override
    public Status replay(WriteSetHandle handle, ApplierContext context) {
        Transaction transaction = transaction(handle);
        TransactionMeta meta = new TransactionMeta();
        meta.setOrdered(history, transaction.seqno, transaction.seqno - 1);
        meta.setSource(self, handle.transactionId(), 0);
        ByteBuffer data = ByteBuffer.allocateDirect(1024);
        for (byte[] piece : transaction.ordered) {
            data.put(piece);
        }
        host.apply(
                context,
                new WriteSetHandle(handle.transactionId(), transaction),
                TransactionFlags.TRX_START | TransactionFlags.TRX_END,
                data.flip(),
                meta);
        return Status.OK;
    }

    @Override
    public AbortResult abortCertification(long bfSeqno, long victimTransactionId) {
        victims.add(victimTransactionId);
        return new AbortResult(Status.OK, Seqno.UNDEFINED);
    }

    @Override
    public Status rollback(long transactionId, ByteBuffer data) {
        return Status.OK;
    }

    @Override
    public SyncResult syncWait(Gtid upTo, int timeoutSeconds) {
        return new SyncResult(Status.OK, lastCommitted());
    }

    @Override
    public synchronized Gtid lastCommitted() {
        return settled == 0 ? Gtid.UNDEFINED : new Gtid(history, settled);
    }

    @Override
    public Status freeConnection(long connectionId) {
        return Status.OK;
    }

    @Override
    public Status toExecuteStart(
            long connectionId, List<Key> keys, List<ByteBuffer> data, int flags, TransactionMeta meta) {
        WriteSetHandle handle = new WriteSetHandle(-1);
        Status status = certify(connectionId, handle, flags, meta);
        return status == Status.OK ? commitOrderEnter(handle, meta) : status;
    }

    @Override
    public synchronized Status toExecuteEnd(long connectionId, ByteBuffer error) {
        left++;
        settled = left;
        notifyAll();
        return Status.OK;
    }

    @Override
    public Status preorderedCollect(WriteSetHandle handle, List<ByteBuffer> data, boolean copy) {
        return Status.NOT_IMPLEMENTED;
    }

    @Override
    public Status preorderedCommit(WriteSetHandle handle, Uuid sourceId, int flags, int parallelRange, boolean commit) {
        return Status.NOT_IMPLEMENTED;
    }

    @Override
    public Status sstSent(Gtid stateId, int code) {
        return Status.CONNECTION_FAIL;
    }

    @Override
    public Status sstReceived(Gtid stateId, ByteBuffer state, int code) {
        return Status.CONNECTION_FAIL;
    }

    @Override
    public Status snapshot(ByteBuffer message, String donor) {
        return Status.NOT_IMPLEMENTED;
    }

    @Override
    public synchronized long pause() {
        if (pauseFails) {
            return -5;
        }
        paused++;
        return ordered;
    }

    @Override
    public synchronized Status resume() {
        paused = Math.max(0, paused - 1);
        notifyAll();
        return Status.OK;
    }

    @Override
    public Status desync() {
        return Status.OK;
    }

    @Override
    public synchronized Status resync() {
        syncedPending++;
        notifyAll();
        return Status.OK;
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

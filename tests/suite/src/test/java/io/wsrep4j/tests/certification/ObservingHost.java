package io.wsrep4j.tests.certification;

import io.wsrep4j.api.ApplierContext;
import io.wsrep4j.api.ApplyResult;
import io.wsrep4j.api.CallbackStatus;
import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Host;
import io.wsrep4j.api.InitArguments;
import io.wsrep4j.api.LogLevel;
import io.wsrep4j.api.Provider;
import io.wsrep4j.api.Status;
import io.wsrep4j.api.TransactionFlags;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.TransactionSource;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.api.View;
import io.wsrep4j.api.ViewStatus;
import io.wsrep4j.api.WriteSetHandle;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A host without tables: it applies nothing, and writes down what its provider says about each seqno. */
final class ObservingHost implements Host, AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(ObservingHost.class);
    private static final byte[] SNAPSHOT_REQUEST = "nothing\0".getBytes(StandardCharsets.US_ASCII);
    private static final long TIMEOUT_SECONDS = 60;
    private static final int ROLLBACK_FRAGMENT = TransactionFlags.ROLLBACK | TransactionFlags.PA_UNSAFE;

    private final String name;
    private final Provider provider;
    private final Map<Long, Observation> observations = new ConcurrentHashMap<>();
    private final Map<Long, View> views = new ConcurrentHashMap<>();
    /** Rollbacks of this node's transactions that it has sent and not received yet. */
    private final Map<Long, CountDownLatch> rollbacks = new ConcurrentHashMap<>();

    private final List<Thread> appliers = new ArrayList<>();
    private final CountDownLatch synced = new CountDownLatch(1);
    private final AtomicInteger applied = new AtomicInteger();
    private volatile int stallEvery = Integer.MAX_VALUE;
    private volatile Uuid id = Uuid.UNDEFINED;
    private volatile String trouble;
    private volatile ObservingHost donatesTo;

    private record Applier() implements ApplierContext {}

    ObservingHost(String name, Provider provider) {
        this.name = name;
        this.provider = provider;
    }

    /** Connects and waits until synced. */
    void start(Path directory, int port, String options, String address, boolean bootstrap, int applierThreads)
            throws InterruptedException {
        InitArguments arguments =
                new InitArguments(name, "127.0.0.1:" + port, "127.0.0.1:0", directory, options, 1, Gtid.UNDEFINED);
        expect(Status.OK, provider.init(arguments, this), "init");
        expect(Status.OK, provider.connect("certification", address, "", bootstrap), "connect");
        for (int i = 0; i < applierThreads; i++) {
            Thread thread = new Thread(() -> provider.receive(new Applier()), name + "-applier-" + i);
            thread.setDaemon(true);
            appliers.add(thread);
            thread.start();
        }
        if (!synced.await(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError(name + " is not synced after " + TIMEOUT_SECONDS + " s; " + trouble);
        }
    }

    static void expect(Status expected, Status actual, String what) {
        if (actual != expected) {
            throw new AssertionError(what + ": " + actual + " instead of " + expected);
        }
    }

    Provider provider() {
        return provider;
    }

    String name() {
        return name;
    }

    Uuid id() {
        return id;
    }

    /** Who to give the position to when a snapshot is asked for. */
    void donateTo(ObservingHost joiner) {
        donatesTo = joiner;
    }

    /** From now on every n-th write set takes a few milliseconds, so that this node's transactions have seen less than others'. */
    void stallEvery(int count) {
        stallEvery = count;
    }

    Map<Long, Observation> observations() {
        return observations;
    }

    /** Primary views by their seqno. */
    Map<Long, View> views() {
        return views;
    }

    /** Notes what a call said about a transaction of this node. */
    void noteOwn(TransactionMeta meta, long transactionId, long connectionId, boolean passed) {
        note(new Observation(
                meta.seqno(),
                id,
                transactionId,
                connectionId,
                passed,
                passed ? meta.dependsOn() : Observation.UNKNOWN));
    }

    /**
     * Tells everybody to roll back the fragments of a transaction of this node, and waits until this node itself has been told.
     *
     * <p>The call returns before the group has ordered anything. If the same thread replicates something else meanwhile, Galera 26.4.23 at
     * times hands it the rollback's place in the order: a failure at the rollback's seqno, or an error about unreadable bytes, while the
     * other node has the rollback there. That is no verdict, so it must not be provoked here; all other connections go on.
     */
    void rollBackFragments(long transactionId, long connectionId, TransactionMeta meta, Supplier<String> context) {
        CountDownLatch ordered = new CountDownLatch(1);
        rollbacks.put(transactionId, ordered);
        meta.clear();
        meta.setSource(id, transactionId, TransactionSource.UNDEFINED_ID);
        WriteSetHandle terminating = new WriteSetHandle(transactionId);
        Status status = provider.certify(connectionId, terminating, ROLLBACK_FRAGMENT, meta);
        if (status != Status.OK) {
            throw new AssertionError("rollback of" + context.get() + ": " + status);
        }
        try {
            if (!ordered.await(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError(name + " never got its own rollback of" + context.get() + "; " + trouble);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted during the rollback of" + context.get(), e);
        }
    }

    private void noteRollback(TransactionMeta meta) {
        CountDownLatch ordered = id.equals(meta.sourceNode()) ? rollbacks.remove(meta.transactionId()) : null;
        if (ordered != null) {
            ordered.countDown();
        }
    }

    private void note(Observation observation) {
        Observation before = observations.put(observation.seqno(), observation);
        if (before != null) {
            trouble = "two events at one seqno: " + before + " and " + observation;
        }
    }

    void check() {
        if (trouble != null) {
            throw new AssertionError(name + ": " + trouble);
        }
    }

    @Override
    public ApplyResult apply(
            ApplierContext context, WriteSetHandle handle, int flags, ByteBuffer data, TransactionMeta meta) {
        boolean rollbackFragment = flags == ROLLBACK_FRAGMENT;
        note(new Observation(
                meta.seqno(),
                meta.sourceNode(),
                meta.transactionId(),
                meta.connectionId(),
                (flags & TransactionFlags.ROLLBACK) == 0 || rollbackFragment,
                meta.dependsOn()));
        if (rollbackFragment) {
            noteRollback(meta);
        }
        if (applied.incrementAndGet() % stallEvery == 0) {
            stall();
        }
        Status status = provider.commitOrderEnter(handle, meta);
        if (status == Status.OK) {
            status = provider.commitOrderLeave(handle, meta, null);
        }
        if (status != Status.OK) {
            trouble = "commit order of " + meta + ": " + status;
            return ApplyResult.FAILURE;
        }
        return ApplyResult.SUCCESS;
    }

    /** Burns a little time as a slow statement does; nothing waits for it to have passed. */
    private static void stall() {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(3);
        while (System.nanoTime() < end) {
            Thread.yield();
        }
    }

    @Override
    public CallbackStatus connected(View view) {
        id = view.members().get(view.ownIndex()).id();
        return CallbackStatus.SUCCESS;
    }

    @Override
    public CallbackStatus view(ApplierContext context, View view) {
        if (view.status() == ViewStatus.PRIMARY) {
            views.put(view.stateId().seqno(), view);
        }
        return CallbackStatus.SUCCESS;
    }

    @Override
    public ByteBuffer sstRequest() {
        return ByteBuffer.wrap(SNAPSHOT_REQUEST);
    }

    @Override
    public CallbackStatus sstDonate(ApplierContext context, ByteBuffer request, Gtid stateId, boolean bypass) {
        ObservingHost joiner = donatesTo;
        if (joiner == null) {
            trouble = "asked for a snapshot by somebody unknown";
            return CallbackStatus.FAILURE;
        }
        // there are no tables, so the position is the whole snapshot; a host answers from a thread of its own
        Thread donating = new Thread(
                () -> {
                    expect(Status.OK, joiner.provider.sstReceived(stateId, null, 0), "snapshot received");
                    expect(Status.OK, provider.sstSent(stateId, 0), "snapshot sent");
                },
                name + "-donor");
        donating.setDaemon(true);
        donating.start();
        return CallbackStatus.SUCCESS;
    }

    @Override
    public CallbackStatus synced() {
        synced.countDown();
        return CallbackStatus.SUCCESS;
    }

    @Override
    public void log(LogLevel level, String message) {
        if (level == LogLevel.ERROR || level == LogLevel.FATAL) {
            trouble = message;
            LOGGER.error("{}: {}", name, message);
        } else {
            LOGGER.debug("{}: {}", name, message);
        }
    }

    @Override
    public void close() {
        provider.disconnect();
        Joining.all(appliers);
        provider.free();
    }
}

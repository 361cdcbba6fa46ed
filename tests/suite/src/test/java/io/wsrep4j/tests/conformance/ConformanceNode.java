package io.wsrep4j.tests.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.ApplierContext;
import io.wsrep4j.api.ApplyResult;
import io.wsrep4j.api.DataType;
import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.InitArguments;
import io.wsrep4j.api.Key;
import io.wsrep4j.api.KeyType;
import io.wsrep4j.api.Provider;
import io.wsrep4j.api.Status;
import io.wsrep4j.api.StatusVariable;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.WriteSetHandle;
import io.wsrep4j.kit.Await;
import io.wsrep4j.tests.process.FreePorts;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One provider with a scripted host; by default a group of one, bootstrapped at a port of its own. */
final class ConformanceNode implements AutoCloseable {

    /** Longest wait for something that should happen at once. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    /** How long something is watched that must not happen. */
    private static final Duration WATCH = Duration.ofMillis(300);

    static final int WHOLE = 0x41;

    /** Context of one receiving thread. */
    record Context(String name) implements ApplierContext {}

    final ScriptedHost host = new ScriptedHost();
    final Provider provider;
    private final int port = FreePorts.consecutive(2);
    private final Path directory;
    private final List<CompletableFuture<Status>> receivers = new CopyOnWriteArrayList<>();

    ConformanceNode(ProviderKind kind, Path directory) {
        this.provider = kind.create();
        this.directory = directory;
        host.onApply = this::passThrough;
    }

    /** What an applier does with an event that changes nothing. */
    ApplyResult passThrough(WriteSetHandle handle, TransactionMeta meta, ScriptedHost.Applied event) {
        boolean passed = provider.commitOrderEnter(handle, meta) == Status.OK
                && provider.commitOrderLeave(handle, meta, null) == Status.OK;
        return passed ? ApplyResult.SUCCESS : ApplyResult.FAILURE;
    }

    /** A synced node with one receiving thread. */
    static ConformanceNode synced(ProviderKind kind, Path directory) {
        ConformanceNode node = new ConformanceNode(kind, directory);
        assertThat(node.init("")).as("%s", node.host.log).isEqualTo(Status.OK);
        node.connectAndSync();
        return node;
    }

    Status init(String options) {
        return init(options, Gtid.UNDEFINED);
    }

    Status init(String options, Gtid stateId) {
        String own = "base_port=" + port + ";gmcast.listen_addr=tcp://127.0.0.1:" + port + ";gcache.size=4M;" + options;
        return provider.init(
                new InitArguments("node-" + port, "127.0.0.1", "127.0.0.1:3306", directory, own, 4, stateId), host);
    }

    Status connect() {
        return provider.connect("conformance", "gcomm://", "", true);
    }

    CompletableFuture<Status> connectAndSync() {
        int before = timesSynced();
        assertThat(connect()).as("%s", host.log).isEqualTo(Status.OK);
        CompletableFuture<Status> receiver = receive("first");
        awaitSynced(before + 1);
        return receiver;
    }

    /** Waits until the node is synced, and its host has been told so that many times in all: a provider is in the state before it says so. */
    void awaitSynced(int times) {
        Await.until(
                "synced, and told so " + times + " times",
                PATIENCE,
                () -> status("local_state").equals("4") && timesSynced() == times,
                () -> host.names() + "\n" + host.log);
    }

    private int timesSynced() {
        return Collections.frequency(host.names(), "synced");
    }

    CompletableFuture<Status> receive(String name) {
        CompletableFuture<Status> end = run(() -> provider.receive(new Context(name)));
        receivers.add(end);
        return end;
    }

    /** Runs on a thread of its own. */
    static <T> CompletableFuture<T> run(Callable<T> action) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                result.complete(action.call());
            } catch (Exception | Error e) {
                result.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    /** The result, which must come. */
    static <T> T get(CompletableFuture<T> result) {
        try {
            return result.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    /** Nothing must come yet. */
    static void assertWaits(CompletableFuture<?> result) {
        try {
            Object early = result.get(WATCH.toMillis(), TimeUnit.MILLISECONDS);
            throw new AssertionError("did not wait, answered " + early);
        } catch (TimeoutException expected) {
            // as it should
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    String status(String name) {
        return provider.status().stream()
                .filter(variable -> variable.name().equals(name))
                .map(ConformanceNode::text)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no status variable " + name));
    }

    static String text(StatusVariable variable) {
        if (variable instanceof StatusVariable.Text text) {
            return text.value();
        }
        if (variable instanceof StatusVariable.Int64 integer) {
            return Long.toString(integer.value());
        }
        return Double.toString(((StatusVariable.Real) variable).value());
    }

    // ---- transactions

    /** A transaction with one key and one piece of data. */
    WriteSetHandle append(long id, String row) {
        WriteSetHandle handle = new WriteSetHandle(id);
        appendTo(handle, row);
        return handle;
    }

    void appendTo(WriteSetHandle handle, String row) {
        assertThat(provider.appendKey(handle, List.of(Key.of("db", "t", row)), KeyType.EXCLUSIVE, true))
                .isEqualTo(Status.OK);
        assertThat(provider.appendData(handle, List.of(bytes(row)), DataType.ORDERED, true))
                .isEqualTo(Status.OK);
    }

    /** A transaction that holds its place in the order. */
    Ordered order(long id) {
        WriteSetHandle handle = append(id, "row" + id);
        TransactionMeta meta = new TransactionMeta();
        assertThat(provider.certify(1, handle, WHOLE, meta)).isEqualTo(Status.OK);
        return new Ordered(handle, meta);
    }

    /** A handle and where it was ordered. */
    record Ordered(WriteSetHandle handle, TransactionMeta meta) {}

    long commit(long id) {
        Ordered ordered = order(id);
        finish(ordered);
        return ordered.meta().seqno();
    }

    void finish(Ordered ordered) {
        assertThat(provider.commitOrderEnter(ordered.handle(), ordered.meta())).isEqualTo(Status.OK);
        assertThat(provider.commitOrderLeave(ordered.handle(), ordered.meta(), null))
                .isEqualTo(Status.OK);
        assertThat(provider.release(ordered.handle())).isEqualTo(Status.OK);
    }

    static ByteBuffer bytes(String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocateDirect(encoded.length).put(encoded).flip();
    }

    long lastCommitted() {
        return provider.lastCommitted().seqno();
    }

    /** Frees the provider; a transaction that a failed test left behind may keep it from ending, which must not hold up the others. */
    @Override
    public void close() {
        get(run(provider::disconnect));
        receivers.forEach(ConformanceNode::get);
        get(run(() -> {
            provider.free();
            return true;
        }));
    }
}

package io.wsrep4j.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.ApplierContext;
import io.wsrep4j.api.DataType;
import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.InitArguments;
import io.wsrep4j.api.Key;
import io.wsrep4j.api.KeyType;
import io.wsrep4j.api.Status;
import io.wsrep4j.api.StatusVariable;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.WriteSetHandle;
import io.wsrep4j.kit.Await;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A bootstrapped node of one member in this process, with one receiving thread. */
final class SingleNode implements AutoCloseable {

    static final ApplierContext CONTEXT = new ApplierContext() {};
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    final RecordingHost host = new RecordingHost();
    final Wsrep4jProvider provider = new Wsrep4jProvider();
    private CompletableFuture<Status> receiver;

    SingleNode(Path directory, String options) {
        this(directory, options, Gtid.UNDEFINED);
    }

    SingleNode(Path directory, String options, Gtid position) {
        host.provider = provider;
        InitArguments arguments =
                new InitArguments("n1", "127.0.0.1", "127.0.0.1:3306", directory, options, 4, position);
        assertThat(provider.init(arguments, host)).as("%s", host.log).isEqualTo(Status.OK);
    }

    static SingleNode synced(Path directory) {
        SingleNode node = new SingleNode(directory, "");
        node.connect();
        return node;
    }

    void connect() {
        connect("local://");
    }

    void connect(String address) {
        assertThat(provider.connect("c", address, "", true)).as("%s", host.log).isEqualTo(Status.OK);
        receiver = receiveOnThread();
        awaitSynced();
    }

    CompletableFuture<Status> receiveOnThread() {
        CompletableFuture<Status> end = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                end.complete(provider.receive(CONTEXT));
            } catch (RuntimeException | Error e) {
                end.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return end;
    }

    Status receiverEnd() throws Exception {
        return receiver.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    String status(String name) {
        for (StatusVariable variable : provider.status()) {
            if (variable.name().equals(name)) {
                if (variable instanceof StatusVariable.Text text) {
                    return text.value();
                }
                if (variable instanceof StatusVariable.Int64 integer) {
                    return Long.toString(integer.value());
                }
                return Double.toString(((StatusVariable.Real) variable).value());
            }
        }
        throw new AssertionError("no status variable " + name);
    }

    /** The host hears of it after the state is set. */
    private void awaitSynced() {
        awaitCallback("synced");
        assertThat(status("local_state")).isEqualTo("4");
    }

    void awaitCallback(String callback) {
        Await.until(
                callback,
                () -> host.callbacks.contains(callback),
                () -> "after " + host.callbacks + "; log " + host.log);
    }

    WriteSetHandle append(long transactionId, String row) {
        return append(new WriteSetHandle(transactionId), row);
    }

    WriteSetHandle append(WriteSetHandle handle, String row) {
        assertThat(provider.appendKey(handle, List.of(Key.of("db", "t", row)), KeyType.EXCLUSIVE, true))
                .isEqualTo(Status.OK);
        ByteBuffer data = ByteBuffer.wrap(row.getBytes(StandardCharsets.UTF_8));
        assertThat(provider.appendData(handle, List.of(data), DataType.ORDERED, true))
                .isEqualTo(Status.OK);
        return handle;
    }

    /** Appends a row at a node that may refuse it. */
    void tryAppend(WriteSetHandle handle, String row) {
        ByteBuffer data = ByteBuffer.wrap(row.getBytes(StandardCharsets.UTF_8));
        provider.appendKey(handle, List.of(Key.of("db", "t", row)), KeyType.EXCLUSIVE, true);
        provider.appendData(handle, List.of(data), DataType.ORDERED, true);
        provider.appendData(handle, List.of(data), DataType.UNORDERED, true);
    }

    /** A whole transaction; its seqno. */
    long commit(long transactionId, String row) {
        WriteSetHandle handle = append(transactionId, row);
        TransactionMeta meta = new TransactionMeta();
        assertThat(provider.certify(1, handle, 0x41, meta)).isEqualTo(Status.OK);
        assertThat(provider.commitOrderEnter(handle, meta)).isEqualTo(Status.OK);
        assertThat(provider.commitOrderLeave(handle, meta, null)).isEqualTo(Status.OK);
        assertThat(provider.release(handle)).isEqualTo(Status.OK);
        assertThat(handle.opaque()).isNull();
        return meta.seqno();
    }

    @Override
    public void close() {
        provider.free();
    }
}

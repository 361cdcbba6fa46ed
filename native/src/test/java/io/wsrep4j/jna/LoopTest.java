package io.wsrep4j.jna;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.DataType;
import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.IsolationMode;
import io.wsrep4j.api.Key;
import io.wsrep4j.api.KeyType;
import io.wsrep4j.api.Provider;
import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.Status;
import io.wsrep4j.api.StatusVariable;
import io.wsrep4j.api.TransactionFlags;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.WriteSetHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Both directions in a loop: a Java host drives libwsrep4j.so through JNA, the shim finds the JVM that is there already and calls a scripted
 * provider in it, which calls the Java host back.
 */
@Timeout(120)
final class LoopTest {

    private static final int COMMIT = TransactionFlags.TRX_START | TransactionFlags.TRX_END;

    @TempDir
    Path directory;

    private final RecordingHost host = new RecordingHost();
    private Provider provider;
    private CompletableFuture<Status> receiver;

    @BeforeEach
    void load() {
        System.setProperty(Bridge.FACTORY_PROPERTY, ScriptedFactory.class.getName());
        ScriptedFactory.LAST.set(null);
        provider = new NativeProvider(ShimTest.LIBRARY);
    }

    @AfterEach
    void free() {
        provider.free();
        provider.free();
        System.clearProperty(Bridge.FACTORY_PROPERTY);
    }

    private SoloProvider inside() {
        return ScriptedFactory.LAST.get();
    }

    private void bootstrap() {
        assertThat(host.init(provider, directory, "")).as("%s", host.log).isEqualTo(Status.OK);
        assertThat(provider.connect("group", "gcomm://", "", true)).isEqualTo(Status.OK);
        receiver = host.receive("receiver");
        assertThat(host.next()).isEqualTo("connected");
        assertThat(host.next()).isEqualTo("view PRIMARY 1 on receiver");
        assertThat(host.next()).isEqualTo("synced");
    }

    @Test
    void parameters_of_every_type_come_through_both_ways() {
        assertThat(provider.parameters()).isEmpty();
        bootstrap();
        assertThat(provider.parameters()).isEqualTo(inside().parameters()).hasSize(5);
    }

    @Test
    void keys_and_data_arrive_in_one_piece_whatever_becomes_of_the_hosts_buffers() {
        bootstrap();
        WriteSetHandle handle = new WriteSetHandle(77);
        byte[] row = "row".getBytes(StandardCharsets.UTF_8);
        Key key = new Key(List.of(utf8("db"), utf8("table"), ByteBuffer.wrap(row)));
        assertThat(provider.appendKey(handle, List.of(key), KeyType.UPDATE, true))
                .isEqualTo(Status.OK);
        Arrays.fill(row, (byte) 0);
        byte[] chunk = new byte[32_768];
        for (int i = 0; i < 92; i++) {
            Arrays.fill(chunk, (byte) i);
            assertThat(provider.appendData(handle, List.of(ByteBuffer.wrap(chunk)), DataType.ORDERED, true))
                    .isEqualTo(Status.OK);
        }
        TransactionMeta meta = new TransactionMeta();
        assertThat(provider.certify(9, handle, COMMIT, meta)).isEqualTo(Status.OK);
        assertThat(meta.transactionId()).isEqualTo(77);
        assertThat(meta.connectionId()).isEqualTo(9);
        assertThat(meta.dependsOn()).isEqualTo(meta.seqno() - 1);

        SoloProvider.Transaction seen = inside().last;
        assertThat(seen.keys).isEqualTo(1);
        assertThat(seen.keyRecords.get(0)).isEqualTo(record(KeyType.UPDATE, "db", "table", "row"));
        byte[] data = seen.ordered.get(0);
        assertThat(data).hasSize(92 * chunk.length);
        for (int i = 0; i < 92; i++) {
            assertThat(data[i * chunk.length]).isEqualTo((byte) i);
            assertThat(data[(i + 1) * chunk.length - 1]).isEqualTo((byte) i);
        }
        finish(handle, meta);
        assertThat(handle.opaque()).isNull();
    }

    @Test
    void the_callback_of_certify_v1_comes_through_both_ways() {
        bootstrap();
        WriteSetHandle handle = new WriteSetHandle(78);
        assertThat(provider.appendKey(handle, List.of(new Key(List.of(utf8("db")))), KeyType.UPDATE, true))
                .isEqualTo(Status.OK);
        List<String> calls = new ArrayList<>();
        TransactionMeta meta = new TransactionMeta();
        assertThat(provider.certify(9, handle, COMMIT, meta, () -> calls.add("placed")))
                .isEqualTo(Status.OK);
        assertThat(calls).containsExactly("placed");
        finish(handle, meta);
    }

    @Test
    void a_transaction_that_rolls_back_before_certify_never_reaches_java() {
        bootstrap();
        long before = inside().released.get();
        WriteSetHandle handle = new WriteSetHandle(1);
        append(handle);
        assertThat(handle.opaque()).isNotNull();
        assertThat(provider.release(handle)).isEqualTo(Status.OK);
        assertThat(handle.opaque()).isNull();
        assertThat(inside().released).hasValue(before);

        WriteSetHandle next = new WriteSetHandle(2);
        append(next);
        commit(next);
        assertThat(inside().last.keys).as("nothing of the first one is left").isEqualTo(1);
    }

    @Test
    void certify_of_nothing_is_ok_and_unordered() {
        bootstrap();
        TransactionMeta meta = new TransactionMeta();
        meta.setOrdered(provider.lastCommitted().uuid(), 5, 4);
        assertThat(provider.certify(1, new WriteSetHandle(3), COMMIT, meta)).isEqualTo(Status.OK);
        assertThat(meta.isOrdered()).isFalse();
    }

    @Test
    void an_abort_while_c_gathers_fails_the_next_certify_unordered() {
        bootstrap();
        WriteSetHandle handle = new WriteSetHandle(4);
        append(handle);
        assertThat(provider.abortCertification(-1, 4)).isEqualTo(new Provider.AbortResult(Status.OK, -1));
        assertThat(provider.abortCertification(-1, 4).status()).isEqualTo(Status.NOT_ALLOWED);
        TransactionMeta meta = new TransactionMeta();
        assertThat(provider.certify(1, handle, COMMIT, meta)).isEqualTo(Status.CONNECTION_FAIL);
        assertThat(meta.isOrdered()).isFalse();
        assertThat(provider.release(handle)).isEqualTo(Status.OK);
        assertThat(provider.abortCertification(-1, 4).status())
                .as("unknown again")
                .isEqualTo(Status.OK);
    }

    @Test
    void a_failed_append_is_remembered_and_orders_nothing() {
        bootstrap();
        Gtid before = provider.lastCommitted();
        WriteSetHandle handle = new WriteSetHandle(5);
        append(handle);
        List<ByteBuffer> tooMany = new ArrayList<>();
        for (int i = 0; i < 256; i++) {
            tooMany.add(utf8("part"));
        }
        assertThat(provider.appendKey(handle, List.of(new Key(tooMany)), KeyType.SHARED, true))
                .isEqualTo(Status.CONNECTION_FAIL);
        append(handle);
        TransactionMeta meta = new TransactionMeta();
        assertThat(provider.certify(1, handle, COMMIT, meta)).isEqualTo(Status.NODE_FAIL);
        assertThat(meta.isOrdered()).isFalse();
        assertThat(provider.release(handle)).isEqualTo(Status.OK);
        assertThat(provider.lastCommitted()).isEqualTo(before);
        assertThat(host.log).anyMatch(line -> line.contains("255 parts"));
    }

    @Test
    void what_java_throws_becomes_a_status_and_a_log_line() {
        bootstrap();
        WriteSetHandle handle = new WriteSetHandle(6);
        append(handle);
        inside().failure = new StackOverflowError("thrown by the test");
        TransactionMeta meta = new TransactionMeta();
        assertThat(provider.certify(1, handle, COMMIT, meta)).isEqualTo(Status.NODE_FAIL);
        assertThat(meta.isOrdered()).isFalse();
        inside().failure = null;
        assertThat(host.log)
                .anyMatch(line -> line.contains("certify failed in Java") && line.contains("StackOverflowError"));
        assertThat(provider.release(handle)).isEqualTo(Status.OK);
    }

    @Test
    void a_callback_that_throws_is_no_success() {
        host.throwInConnected = true;
        assertThat(host.init(provider, directory, "")).isEqualTo(Status.OK);
        assertThat(provider.connect("group", "gcomm://", "", true)).isEqualTo(Status.OK);
        receiver = host.receive("receiver");
        assertThat(host.next()).isEqualTo("connected");
        assertThat(host.next()).startsWith("view");
        assertThat(inside().connectedResult).isEqualTo(io.wsrep4j.api.CallbackStatus.FAILURE);
    }

    @Test
    void a_thread_with_little_stack_loses_nothing() throws Exception {
        bootstrap();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        long small = 150 * 1024; // less than the shim wants: it must move every call to a helper
        Thread thread = new Thread(
                null,
                () -> {
                    for (int i = 0; i < 100; i++) {
                        WriteSetHandle handle = new WriteSetHandle(1000 + i);
                        append(handle);
                        commit(handle);
                    }
                },
                "small",
                small);
        thread.setUncaughtExceptionHandler((dead, thrown) -> failure.set(thrown));
        thread.start();
        thread.join(TimeUnit.SECONDS.toMillis(60));
        assertThat(thread.isAlive()).isFalse();
        assertThat(failure.get()).isNull();
        assertThat(inside().keysSeen).hasValue(100);
        assertThat(inside().certifyThreads).noneMatch(name -> name.equals("small"));
    }

    @Test
    void replay_applies_on_the_calling_thread_with_the_data_and_position_of_the_original() {
        bootstrap();
        WriteSetHandle handle = new WriteSetHandle(8);
        append(handle);
        TransactionMeta meta = new TransactionMeta();
        assertThat(provider.certify(3, handle, COMMIT, meta)).isEqualTo(Status.OK);
        assertThat(provider.replay(handle, new RecordingHost.Context("replayer")))
                .isEqualTo(Status.OK);
        RecordingHost.Applied applied = host.applied.get(0);
        assertThat(applied.context()).isEqualTo("replayer");
        assertThat(applied.transactionId()).isEqualTo(8);
        assertThat(applied.gtid()).isEqualTo(meta.gtid());
        assertThat(applied.data()).isEqualTo("data".getBytes(StandardCharsets.UTF_8));
        assertThat(provider.release(handle)).isEqualTo(Status.OK);
        assertThat(provider.lastCommitted()).isEqualTo(meta.gtid());
    }

    @Test
    void status_options_and_text_cross_unharmed() {
        bootstrap();
        assertThat(host.views.get(0).members().get(0).name()).isEqualTo("node-\u00e9");
        assertThat(provider.status())
                .contains(new StatusVariable.Text("local_state_comment", "Synced"))
                .contains(new StatusVariable.Int64("local_state", 4))
                .contains(new StatusVariable.Real("local_send_queue_avg", 0.5));
        assertThat(provider.options()).contains("repl.max_ws_size = 2147483647");
        assertThat(provider.setOptions("no.such=1")).isEqualTo(Status.NODE_FAIL);
        assertThat(provider.capabilities()).isEqualTo(inside().capabilities());
        assertThat(provider.pause()).isEqualTo(provider.lastCommitted().seqno());
        assertThat(provider.resume()).isEqualTo(Status.OK);
        inside().pauseFails = true;
        assertThat(provider.pause()).isEqualTo(Seqno.UNDEFINED);
    }

    @Test
    void java_home_is_no_option_of_the_provider() {
        assertThat(host.init(provider, directory, "a=1; java.home = /nowhere ;b=2;"))
                .isEqualTo(Status.OK);
        assertThat(inside().arguments.options()).isEqualTo("a=1;b=2;");
    }

    @Test
    void isolation_reaches_the_provider_without_a_call_into_java() throws Exception {
        bootstrap();
        provider.isolate(IsolationMode.ISOLATED);
        assertThat(inside().isolated.poll(RecordingHost.SECONDS, TimeUnit.SECONDS))
                .isEqualTo(IsolationMode.ISOLATED);
        assertThat(inside().isolateThreads)
                .singleElement()
                .isNotEqualTo(Thread.currentThread().getName());
    }

    @Test
    void free_ends_two_receivers_and_later_calls_answer_closed() throws Exception {
        bootstrap();
        CompletableFuture<Status> second = host.receive("second");
        assertThat(inside().awaitReceivers(2, TimeUnit.SECONDS.toMillis(RecordingHost.SECONDS)))
                .isTrue();
        provider.free();
        assertThat(receiver.get(RecordingHost.SECONDS, TimeUnit.SECONDS)).isEqualTo(Status.CONNECTION_FAIL);
        assertThat(second.get(RecordingHost.SECONDS, TimeUnit.SECONDS)).isEqualTo(Status.CONNECTION_FAIL);
        assertThat(provider.receive(new RecordingHost.Context("late"))).isEqualTo(Status.FATAL);
    }

    @Test
    void two_providers_live_in_one_process_each_with_its_own_log() {
        bootstrap();
        RecordingHost otherHost = new RecordingHost();
        Provider other = new NativeProvider(ShimTest.LIBRARY);
        try {
            assertThat(otherHost.init(other, directory, "")).isEqualTo(Status.OK);
            assertThat(otherHost.log).hasSize(1);
            assertThat(host.log).hasSize(1);
            assertThat(other.connect("other", "gcomm://", "", true)).isEqualTo(Status.OK);
            otherHost.receive("other");
            assertThat(otherHost.next()).isEqualTo("connected");
            WriteSetHandle handle = new WriteSetHandle(1);
            append(handle);
            commit(handle);
        } finally {
            other.free();
        }
    }

    private void append(WriteSetHandle handle) {
        assertThat(provider.appendKey(handle, List.of(Key.of("db", "t", "k")), KeyType.EXCLUSIVE, true))
                .isEqualTo(Status.OK);
        assertThat(provider.appendData(handle, List.of(utf8("data")), DataType.ORDERED, true))
                .isEqualTo(Status.OK);
    }

    private void commit(WriteSetHandle handle) {
        TransactionMeta meta = new TransactionMeta();
        assertThat(provider.certify(1, handle, COMMIT, meta)).isEqualTo(Status.OK);
        finish(handle, meta);
    }

    private void finish(WriteSetHandle handle, TransactionMeta meta) {
        assertThat(provider.commitOrderEnter(handle, meta)).isEqualTo(Status.OK);
        assertThat(provider.commitOrderLeave(handle, meta, null)).isEqualTo(Status.OK);
        assertThat(provider.release(handle)).isEqualTo(Status.OK);
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] record(KeyType type, String... parts) {
        ByteBuffer record = ByteBuffer.allocate(1024).order(ByteOrder.nativeOrder());
        record.put((byte) type.ordinal()).put((byte) parts.length);
        for (String part : parts) {
            record.putInt(part.length()).put(part.getBytes(StandardCharsets.UTF_8));
        }
        return Arrays.copyOf(record.array(), record.position());
    }
}

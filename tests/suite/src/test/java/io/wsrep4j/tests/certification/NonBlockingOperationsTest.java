package io.wsrep4j.tests.certification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrep4j.api.Key;
import io.wsrep4j.api.Provider;
import io.wsrep4j.api.ProviderFactory;
import io.wsrep4j.api.Status;
import io.wsrep4j.api.StatusVariable;
import io.wsrep4j.api.TransactionFlags;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.jna.NativeProvider;
import io.wsrep4j.kit.Await;
import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.process.FreePorts;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Non-blocking operations of several members, of both kinds (docs/spec/replicator-state-transfer.md 10.3). */
@SuppressWarnings("try") // a member does its part by being there
@Timeout(value = 180, unit = TimeUnit.SECONDS)
final class NonBlockingOperationsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration WATCH = Duration.ofMillis(300);
    private static final List<Key> TABLE = List.of(Key.of("db", "slow"));

    @TempDir
    Path directory;

    private enum Kind {
        OURS {
            @Override
            Provider create() {
                return ServiceLoader.load(ProviderFactory.class)
                        .findFirst()
                        .orElseThrow()
                        .create();
            }
        },
        GALERA {
            @Override
            Provider create() {
                return new NativeProvider(Providers.galera());
            }
        };

        abstract Provider create();
    }

    /** Two members; the first has bootstrapped. */
    private record Pair(ObservingHost first, ObservingHost second) implements AutoCloseable {
        @Override
        public void close() {
            second.close();
            first.close();
        }
    }

    private Pair form(Kind first, Kind second) throws Exception {
        int portOfFirst = FreePorts.consecutive(2);
        int portOfSecond = FreePorts.consecutive(2);
        ObservingHost a = new ObservingHost("a", first.create());
        ObservingHost b = new ObservingHost("b", second.create());
        a.start(Files.createDirectory(directory.resolve("a")), portOfFirst, options(portOfFirst), "gcomm://", true, 2);
        a.donateTo(b);
        String address = "gcomm://127.0.0.1:" + portOfFirst;
        b.start(Files.createDirectory(directory.resolve("b")), portOfSecond, options(portOfSecond), address, false, 2);
        return new Pair(a, b);
    }

    private static String options(int port) {
        return "base_port=" + port + ";gmcast.listen_addr=tcp://127.0.0.1:" + port + ";gcache.size=4M;";
    }

    /** The first member begins; both have it. */
    private static TransactionMeta begin(Pair pair) {
        TransactionMeta meta = new TransactionMeta();
        ByteBuffer statement = ByteBuffer.wrap("ALTER TABLE slow".getBytes(StandardCharsets.UTF_8));
        Provider provider = pair.first().provider();
        assertThat(provider.toExecuteStart(7, TABLE, List.of(statement), TransactionFlags.TRX_START, meta))
                .isEqualTo(Status.OK);
        assertThat(provider.toExecuteEnd(7, null)).isEqualTo(Status.OK);
        Await.until("the other has begun", PATIENCE, () -> pair.second()
                .observations()
                .containsKey(meta.seqno()));
        return meta;
    }

    private static CompletableFuture<TransactionMeta> end(ObservingHost member, TransactionMeta begun) {
        CompletableFuture<TransactionMeta> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                TransactionMeta meta = new TransactionMeta();
                meta.setOrdered(begun.historyUuid(), begun.seqno(), begun.dependsOn());
                Provider provider = member.provider();
                assertThat(provider.toExecuteStart(8, TABLE, List.of(), TransactionFlags.TRX_END, meta))
                        .as(member.name())
                        .isEqualTo(Status.OK);
                assertThat(provider.toExecuteEnd(8, null)).as(member.name()).isEqualTo(Status.OK);
                result.complete(meta);
            } catch (RuntimeException | Error e) {
                result.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    private static void assertWaits(CompletableFuture<?> result) {
        assertThatThrownBy(() -> result.get(WATCH.toMillis(), TimeUnit.MILLISECONDS))
                .isInstanceOf(TimeoutException.class);
    }

    private static TransactionMeta get(CompletableFuture<TransactionMeta> result) throws Exception {
        return result.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @ParameterizedTest(name = "{0} and {1}")
    @CsvSource({"OURS,OURS", "OURS,GALERA", "GALERA,OURS"})
    void endsEverywhereAtTheSameSeqnoWhenTheLastMemberHasEndedIt(Kind first, Kind second) throws Exception {
        try (Pair pair = form(first, second)) {
            TransactionMeta begun = begin(pair);
            CompletableFuture<TransactionMeta> firstEnd = end(pair.first(), begun);
            assertWaits(firstEnd);
            CompletableFuture<TransactionMeta> secondEnd = end(pair.second(), begun);
            long seqno = get(firstEnd).seqno();
            assertThat(get(secondEnd).seqno()).isEqualTo(seqno);
            assertThat(seqno).isEqualTo(begun.seqno() + 2);
            for (ObservingHost member : List.of(pair.first(), pair.second())) {
                Await.until(
                        "all is settled",
                        PATIENCE,
                        () -> member.provider().lastCommitted().seqno() == seqno);
                member.check();
            }
        }
    }

    @ParameterizedTest(name = "{0}, without {1}")
    @CsvSource({"OURS,OURS", "OURS,GALERA"})
    void aMemberThatLeavesIsNotWaitedFor(Kind first, Kind second) throws Exception {
        Pair pair = form(first, second);
        try (ObservingHost staying = pair.first()) {
            CompletableFuture<TransactionMeta> end;
            TransactionMeta begun;
            try (ObservingHost leaving = pair.second()) {
                begun = begin(pair);
                end = end(staying, begun);
                assertWaits(end);
            }
            assertThat(get(end).seqno()).isGreaterThan(begun.seqno());
            staying.check();
        }
    }

    @ParameterizedTest(name = "{0} and {1}")
    @CsvSource({"OURS,OURS", "OURS,GALERA"})
    void anEndThatWasSentBeforeAPartitionIsSentAgainAfterIt(Kind first, Kind second) throws Exception {
        try (Pair pair = form(first, second)) {
            Provider cutOff = pair.second().provider();
            TransactionMeta begun = begin(pair);
            CompletableFuture<TransactionMeta> firstEnd = end(pair.first(), begun);
            assertWaits(firstEnd);

            assertThat(cutOff.setOptions("gmcast.isolate=1")).isEqualTo(Status.OK);
            awaitState(pair, "Initialized");
            assertThat(cutOff.setOptions("gmcast.isolate=0")).isEqualTo(Status.OK);
            awaitState(pair, "Synced");

            CompletableFuture<TransactionMeta> secondEnd = end(pair.second(), begun);
            assertThat(get(secondEnd).seqno()).isEqualTo(get(firstEnd).seqno());
            pair.first().check();
        }
    }

    private static void awaitState(Pair pair, String state) {
        for (ObservingHost member : List.of(pair.first(), pair.second())) {
            Await.until(member.name() + " is " + state, PATIENCE, () -> member.provider().status().stream()
                    .anyMatch(variable -> variable.name().equals("local_state_comment")
                            && variable instanceof StatusVariable.Text text
                            && text.value().equals(state)));
        }
    }
}

package io.wsrep4j.tests.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.ApplierContext;
import io.wsrep4j.api.ApplyResult;
import io.wsrep4j.api.CallbackStatus;
import io.wsrep4j.api.DataType;
import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Host;
import io.wsrep4j.api.InitArguments;
import io.wsrep4j.api.Key;
import io.wsrep4j.api.KeyType;
import io.wsrep4j.api.LogLevel;
import io.wsrep4j.api.Provider;
import io.wsrep4j.api.Status;
import io.wsrep4j.api.StatusVariable;
import io.wsrep4j.api.TransactionFlags;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.api.View;
import io.wsrep4j.api.ViewStatus;
import io.wsrep4j.api.WriteSetHandle;
import io.wsrep4j.gcomm.group.message.ActionType;
import io.wsrep4j.gcomm.group.message.MessageType;
import io.wsrep4j.kit.Await;
import io.wsrep4j.provider.Wsrep4jProvider;
import io.wsrep4j.provider.writeset.KeyFormat;
import io.wsrep4j.provider.writeset.WriteSetBuilder;
import io.wsrep4j.provider.writeset.WriteSetFormat;
import io.wsrep4j.tests.gcomm.Claims;
import io.wsrep4j.tests.gcomm.HostileMember;
import io.wsrep4j.tests.gcomm.MemoryGroup;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The primary component is lost while something that is ordered before the view that says so is not over: the host must hear of the loss at once, and what
 * is not decided must not count as done (docs/spec/replicator-state-transfer.md 31.26). A whole node, in a group in memory whose other members are the test's.
 */
@Timeout(value = 40, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("unit")
final class LostComponentTest {

    private static final ApplierContext CONTEXT = new ApplierContext() {};
    private static final ByteBuffer ERROR = ByteBuffer.wrap("cannot apply\0".getBytes(StandardCharsets.US_ASCII))
            .asReadOnlyBuffer();
    private static final int WHOLE = TransactionFlags.TRX_START | TransactionFlags.TRX_END;
    private static final String SYNCED = "4";
    private static final String UNDEFINED = "0";
    private static final AtomicInteger TESTS = new AtomicInteger();

    @TempDir
    private Path directory;

    /** What is not over when the component is lost. */
    private enum Wait {
        VOTE_ON_A_CORRUPT_WRITE_SET(true) {
            @Override
            void begin(Node node) {
                assertThat(node.liar.action(ActionType.WRITE_SET, new byte[1000]))
                        .isNotNull();
                node.awaitVote();
            }
        },
        VOTE_OF_AN_APPLIER_THAT_FAILED(true) {
            @Override
            void begin(Node node) {
                node.applyError = ERROR.duplicate();
                node.liarWrites();
                node.awaitVote();
            }
        },
        VOTE_THAT_OTHERS_ASK_FOR(true) {
            @Override
            void begin(Node node) {
                long seqno = node.liarWrites();
                node.await("it is applied", () -> node.provider.lastCommitted().seqno() >= seqno);
                node.liar.vote(new Gtid(node.liar.position().uuid(), seqno), -5, "failed here");
                node.awaitVote();
            }
        },
        VOTE_ON_AN_ISOLATED_ACTION_THAT_FAILED(true) {
            @Override
            void begin(Node node) {
                node.startIsolated();
                node.client(() -> node.provider.toExecuteEnd(1, ERROR.duplicate()));
                node.awaitVote();
            }
        },
        ISOLATED_ACTION_THAT_LASTS(false) {
            @Override
            void begin(Node node) {
                node.startIsolated();
            }

            @Override
            void end(Node node) {
                assertThat(node.provider.toExecuteEnd(1, null)).isEqualTo(Status.OK);
            }
        },
        HOST_THAT_WAITS_WHILE_IT_APPLIES(false) {
            @Override
            void begin(Node node) throws Exception {
                node.held = true;
                node.liarWrites();
                node.await("it applies", () -> node.inside.getCount() == 0);
            }

            @Override
            void end(Node node) {
                node.release.countDown();
            }
        },
        COMMIT_THAT_LASTS(false) {
            private final WriteSetHandle handle = new WriteSetHandle(77);
            private TransactionMeta meta;

            @Override
            void begin(Node node) {
                meta = new TransactionMeta();
                node.certify(handle, meta);
                assertThat(node.provider.commitOrderEnter(handle, meta)).isEqualTo(Status.OK);
            }

            @Override
            void end(Node node) {
                assertThat(node.provider.commitOrderLeave(handle, meta, null)).isEqualTo(Status.OK);
                node.provider.release(handle);
            }
        },
        PAUSE(false) {
            @Override
            void begin(Node node) {
                assertThat(node.provider.pause()).isPositive();
            }

            @Override
            void end(Node node) {
                node.provider.resume();
            }
        };

        private final boolean vote;

        Wait(boolean vote) {
            this.vote = vote;
        }

        abstract void begin(Node node) throws Exception;

        /** What ends it; a vote is ended by the group. */
        void end(Node node) {}
    }

    @ParameterizedTest
    @EnumSource
    void theHostHearsOfTheLossAtOnceAndTheNodeGoesOnWhenTheComponentIsBack(Wait wait) throws Exception {
        try (Node node = new Node(directory)) {
            wait.begin(node);
            long settled = node.provider.lastCommitted().seqno();
            node.lose();
            node.await("the host knows that the component is lost", () -> node.saysNotPrimary());
            assertThat(node.status("local_state")).isEqualTo(UNDEFINED);
            assertThat(node.status("local_state_comment")).isEqualTo("Initialized");
            assertThat(node.provider.lastCommitted().seqno())
                    .as("nothing is decided")
                    .isEqualTo(settled);

            int before = node.views.size();
            if (wait.vote) {
                // the others would not vote
                node.regainAlone();
            } else {
                node.regain();
            }
            wait.end(node);
            node.await(
                    "it is synced again",
                    () -> node.views.size() >= before + 2
                            && node.status("local_state").equals(SYNCED));
            // the view itself came in its turn, before the new one
            assertThat(node.views.subList(before, node.views.size()))
                    .extracting(View::status)
                    .containsExactly(ViewStatus.NON_PRIMARY, ViewStatus.PRIMARY);
            assertThat(node.told.get(node.told.size() - 1)).isEqualTo("view PRIMARY");
            assertThat(node.told.subList(node.told.indexOf("lost"), node.told.size()))
                    .as("what the host heard since the loss")
                    .containsOnlyOnce("synced");
            node.commit();
            assertThat(node.log).noneMatch(line -> line.startsWith("ERROR"));
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "VOTE.*")
    void aNodeThatLeavesWithoutAnAnswerDoesNotKeepItsPosition(Wait wait) throws Exception {
        try (Node node = new Node(directory)) {
            wait.begin(node);
            node.lose();
            node.await("the host knows that the component is lost", () -> node.saysNotPrimary());
            node.client(node.provider::disconnect).join();
            assertThat(node.views.get(node.views.size() - 1).isFinal()).isTrue();
            assertThat(Files.readString(directory.resolve("grastate.dat")))
                    .contains("uuid:    00000000-0000-0000-0000-000000000000\n")
                    .contains("seqno:   -1\n");
        }
    }

    /** One node, with one receiving thread, and two other members that take part in nothing but what a test says. */
    private static final class Node implements Host, AutoCloseable {

        final Provider provider = new Wsrep4jProvider();
        final List<View> views = new CopyOnWriteArrayList<>();
        final List<String> told = new CopyOnWriteArrayList<>();
        final List<String> log = new CopyOnWriteArrayList<>();
        final CountDownLatch inside = new CountDownLatch(1);
        final CountDownLatch release = new CountDownLatch(1);
        final HostileMember liar;
        volatile ByteBuffer applyError;
        volatile boolean held;

        private final MemoryGroup group;
        private final MemoryGroup.Node own;
        private final List<MemoryGroup.Node> others = new ArrayList<>();
        private final Thread receiver;
        private long transactions = 100;

        Node(Path directory) throws Exception {
            String address = "memory://lost-component-" + TESTS.incrementAndGet();
            MemoryChannelFactory.Network network = MemoryChannelFactory.at(address);
            group = network.group();
            assertThat(provider.init(
                            new InitArguments(
                                    "n1",
                                    "127.0.0.1",
                                    "127.0.0.1:3306",
                                    directory,
                                    "gcache.size=1M",
                                    4,
                                    Gtid.UNDEFINED),
                            this))
                    .as("%s", log)
                    .isEqualTo(Status.OK);
            assertThat(provider.connect("c", address, "", true)).as("%s", log).isEqualTo(Status.OK);
            own = network.nodes().get("n1");
            receiver = new Thread(() -> provider.receive(CONTEXT), "receiver");
            receiver.setDaemon(true);
            receiver.start();
            group.view(List.of(own));
            await("it is synced", () -> status("local_state").equals(SYNCED));
            liar = member(2);
            member(3);
            regain();
            await("all are there", () -> views.get(views.size() - 1).members().size() == 3);
        }

        private HostileMember member(long number) throws Exception {
            MemoryGroup.Node node = group.node(new Uuid(2, number));
            others.add(node);
            return HostileMember.join("other" + number, node, "c", Claims.synced(0));
        }

        /** The others are gone, and this node alone is no primary component. */
        void lose() {
            group.loseComponent(List.of(own));
        }

        /** This node is a primary component by itself. */
        void regainAlone() {
            group.view(List.of(own));
        }

        /** All are back, in a primary component. */
        void regain() {
            List<MemoryGroup.Node> all = new ArrayList<>(others);
            all.add(own);
            group.view(all);
        }

        void await(String what, BooleanSupplier condition) {
            Await.until(
                    what,
                    () -> {
                        group.deliver();
                        return condition.getAsBoolean();
                    },
                    () -> "told " + told + ", log " + log);
        }

        /** This node has voted, nobody else has, and it waits. */
        void awaitVote() {
            await("it has voted", () -> group.hasDelivered(own, MessageType.VOTE.code()));
        }

        <T> CompletableFuture<T> client(java.util.concurrent.Callable<T> call) {
            CompletableFuture<T> result = new CompletableFuture<>();
            Thread thread = new Thread(
                    () -> {
                        try {
                            result.complete(call.call());
                        } catch (Exception e) {
                            result.completeExceptionally(e);
                        }
                    },
                    "client");
            thread.setDaemon(true);
            thread.start();
            return result;
        }

        private <T> T delivered(java.util.concurrent.Callable<T> call) {
            CompletableFuture<T> result = client(call);
            await("a call has returned", result::isDone);
            return result.join();
        }

        /** A write set that can be applied. */
        long liarWrites() {
            WriteSetBuilder builder = new WriteSetBuilder(WriteSetFormat.ofProtocol(11, KeyFormat.FLAT8));
            builder.appendKey(Key.of("db", "t", "liar" + ++transactions), KeyType.EXCLUSIVE);
            builder.appendData(ByteBuffer.wrap(new byte[30]), DataType.ORDERED, true);
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(builder.sealedBytes()));
            builder.seal(bytes, 0, WHOLE, liar.id(), 1, 1);
            long seqno = provider.lastCommitted().seqno();
            builder.stampForSending(bytes, 0, seqno, 1, 0);
            assertThat(liar.action(ActionType.WRITE_SET, bytes.array())).isNotNull();
            return seqno + 1;
        }

        void startIsolated() {
            Status started = delivered(() -> provider.toExecuteStart(
                    1, List.of(Key.of("db", "t")), List.of(ByteBuffer.allocate(4)), WHOLE, new TransactionMeta()));
            assertThat(started).isEqualTo(Status.OK);
        }

        void certify(WriteSetHandle handle, TransactionMeta meta) {
            provider.appendKey(handle, List.of(Key.of("db", "t", "own" + ++transactions)), KeyType.EXCLUSIVE, true);
            provider.appendData(handle, List.of(ByteBuffer.allocate(8)), DataType.ORDERED, true);
            assertThat(delivered(() -> provider.certify(1, handle, WHOLE, meta)))
                    .isEqualTo(Status.OK);
        }

        void commit() {
            WriteSetHandle handle = new WriteSetHandle(++transactions);
            TransactionMeta meta = new TransactionMeta();
            certify(handle, meta);
            assertThat(provider.commitOrderEnter(handle, meta)).isEqualTo(Status.OK);
            assertThat(provider.commitOrderLeave(handle, meta, null)).isEqualTo(Status.OK);
            assertThat(provider.release(handle)).isEqualTo(Status.OK);
        }

        boolean saysNotPrimary() {
            return told.contains("lost") || told.contains("view NON_PRIMARY");
        }

        String status(String name) {
            return provider.status().stream()
                    .filter(variable -> variable.name().equals(name))
                    .map(variable -> variable instanceof StatusVariable.Text text
                            ? text.value()
                            : Long.toString(((StatusVariable.Int64) variable).value()))
                    .findFirst()
                    .orElseThrow();
        }

        @Override
        public void log(LogLevel level, String message) {
            log.add(level + " " + message);
        }

        @Override
        public CallbackStatus connected(View view) {
            return CallbackStatus.SUCCESS;
        }

        @Override
        public CallbackStatus view(ApplierContext context, View view) {
            views.add(view);
            told.add("view " + view.status());
            return CallbackStatus.SUCCESS;
        }

        @Override
        public CallbackStatus componentLost(View view) {
            assertThat(view.status()).isEqualTo(ViewStatus.NON_PRIMARY);
            assertThat(view.members()).hasSize(1);
            told.add("lost");
            return CallbackStatus.SUCCESS;
        }

        @Override
        public CallbackStatus synced() {
            told.add("synced");
            return CallbackStatus.SUCCESS;
        }

        @Override
        public ByteBuffer sstRequest() {
            return null;
        }

        @Override
        public CallbackStatus sstDonate(ApplierContext context, ByteBuffer request, Gtid stateId, boolean bypass) {
            return CallbackStatus.FAILURE;
        }

        @Override
        public ApplyResult apply(
                ApplierContext context, WriteSetHandle handle, int flags, ByteBuffer data, TransactionMeta meta) {
            if (held) {
                inside.countDown();
                try {
                    release.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            provider.commitOrderEnter(handle, meta);
            Status left = provider.commitOrderLeave(handle, meta, applyError);
            return left == Status.OK ? ApplyResult.SUCCESS : ApplyResult.FAILURE;
        }

        @Override
        public void close() {
            release.countDown();
            client(() -> {
                        provider.free();
                        return null;
                    })
                    .join();
        }
    }
}

package io.wsrep4j.tests.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.group.ActionBuffer;
import io.wsrep4j.gcomm.group.ActionMemory;
import io.wsrep4j.gcomm.group.GroupAction;
import io.wsrep4j.gcomm.group.GroupOptions;
import io.wsrep4j.gcomm.group.NodeIdentity;
import io.wsrep4j.gcomm.group.ReplicationResult;
import io.wsrep4j.gcomm.group.connection.GroupConnection;
import io.wsrep4j.gcomm.group.message.Protocols;
import io.wsrep4j.tests.gcomm.Claims;
import io.wsrep4j.tests.gcomm.GroupMessageMutator;
import io.wsrep4j.tests.gcomm.HostileMember;
import io.wsrep4j.tests.gcomm.MemoryGroup;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/**
 * A joined member that sends messages of every kind of the group layer, mutated, to three sound members in memory: none is lost, all have the same
 * order, memory is bounded, and after each batch a write set of each sound member has its place on all. A failing seed replays: {@code
 * -Dwsrep4j.hostile.seed=<seed>}.
 */
@Timeout(3000)
@Tag("unit")
final class HostileMemberFuzzTest {

    private static final int SEEDS = 60;
    private static final int SEEDS_LONG = 1000;
    private static final int BATCHES = 10;
    private static final int INPUTS = 100;
    private static final long MOST_BYTES = 64L << 20;
    private static final Uuid HISTORY = new Uuid(7, 7);
    private static final Protocols PROTOCOLS = new Protocols(NodeIdentity.GROUP_PROTOCOL, 11, 4);

    @TestFactory
    Stream<DynamicTest> nothingThatOneMemberSendsHurtsTheOthers() {
        String single = System.getProperty("wsrep4j.hostile.seed");
        int seeds = System.getProperty("wsrep4j.effort", "ci").equals("long") ? SEEDS_LONG : SEEDS;
        IntStream all = single == null ? IntStream.range(0, seeds) : IntStream.of(Integer.parseInt(single));
        return all.mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> new Run(seed).run()));
    }

    /** One seed: three sound members, and liars one after the other. */
    private static final class Run {
        private final Random random;
        private final GroupMessageMutator mutator;
        private final MemoryGroup group = new MemoryGroup();
        private final List<Sound> sound = new ArrayList<>();
        private int ids;
        private MemoryGroup.Node liarNode;
        private HostileMember liar;

        Run(int seed) {
            random = new Random(seed);
            mutator = new GroupMessageMutator(random);
        }

        void run() throws Exception {
            long seqno = 100;
            for (int i = 0; i < 3; i++) {
                sound.add(new Sound("n" + i, new Gtid(HISTORY, seqno)));
                view();
                seqno = sound.get(0).last;
            }
            sound.forEach(member -> member.order.clear());
            for (int batch = 0; batch < BATCHES; batch++) {
                replaceLiarIfDue();
                for (int input = 0; input < INPUTS; input++) {
                    GroupMessageMutator.Mutant mutant = mutator.next(new GroupMessageMutator.Scene(
                            new Gtid(HISTORY, sound.get(0).last),
                            liar.configurationId(),
                            liar.exchange(),
                            NodeIdentity.GROUP_PROTOCOL));
                    liar.sendOnce(mutant.type(), mutant.payload());
                    group.deliver();
                    if (random.nextInt(100) == 0) {
                        view();
                    }
                    drain();
                }
                if (!sound.stream().allMatch(Sound::isWorking)) {
                    // a silent liar is shut out in time; here no time passes
                    dropLiar();
                }
                everybodyWrites();
            }
            sound.forEach(member -> member.connection.close());
        }

        private void replaceLiarIfDue() throws Exception {
            if (liar != null && !group.evicted().contains(liarNode.id()) && random.nextInt(3) != 0) {
                return;
            }
            liarNode = group.node(nextId());
            liar = HostileMember.join(
                    "liar", liarNode, "fuzz", random.nextInt(4) == 0 ? mutator.claims() : Claims.synced(0));
            view();
            if (!sound.stream().allMatch(Sound::isWorking)) {
                dropLiar();
                liarNode = group.node(nextId());
                liar = HostileMember.join("liar", liarNode, "fuzz", Claims.synced(0));
                view();
            }
            if (random.nextBoolean()) {
                liar.claim(mutator.claims());
            }
        }

        private void dropLiar() {
            liar = null;
            liarNode = null;
            view();
        }

        private Uuid nextId() {
            return new Uuid(random.nextLong(), ++ids);
        }

        /** Of the sound members, and the liar unless it was shut out. */
        private void view() {
            List<MemoryGroup.Node> members = new ArrayList<>();
            sound.forEach(member -> members.add(member.node));
            if (liarNode != null && !group.evicted().contains(liarNode.id())) {
                members.add(liarNode);
            }
            // until the exchange has ended
            sound.forEach(member -> member.primary = false);
            group.view(members);
            drain();
        }

        private void drain() {
            boolean busy = true;
            while (busy) {
                busy = false;
                for (Sound member : sound) {
                    busy |= member.drain();
                }
                group.deliver();
            }
        }

        private void everybodyWrites() {
            for (Sound member : sound) {
                String content = member.name + "-" + random.nextLong();
                assertThat(member.write(content)).isEqualTo(ReplicationResult.Status.ORDERED);
                group.deliver();
                drain();
                for (Sound other : sound) {
                    assertThat(other.connection.isLost()).as(other.name).isFalse();
                    assertThat(other.order).as("order on " + other.name).isEqualTo(sound.get(0).order);
                    assertThat(other.order.get(other.order.size() - 1)).endsWith(content);
                    assertThat(other.bytes.get()).as("memory of " + other.name).isLessThan(MOST_BYTES);
                }
            }
            assertThat(group.evicted())
                    .as("no sound member is shut out")
                    .doesNotContainAnyElementsOf(
                            sound.stream().map(member -> member.node.id()).toList());
            sound.forEach(member -> member.order.clear());
        }

        /** A sound member. */
        private final class Sound {
            private final String name;
            private final MemoryGroup.Node node = group.node(nextId());
            private final AtomicLong bytes = new AtomicLong();
            private final GroupConnection connection;
            private final List<String> order = new ArrayList<>();
            private long last = -1;
            private boolean primary;

            Sound(String name, Gtid position) throws Exception {
                this.name = name;
                connection = new GroupConnection(
                        new NodeIdentity(name, "", PROTOCOLS, 0, false), GroupOptions.parse(Map.of()), counted());
                connection.initialPosition(position);
                connection.open(node, "fuzz", false);
            }

            private ActionMemory counted() {
                return new ActionMemory() {
                    @Override
                    public ActionBuffer allocate(int size) {
                        ActionBuffer buffer = ActionMemory.heap().allocate(size);
                        bytes.addAndGet(size);
                        return new ActionBuffer() {
                            @Override
                            public ByteBuffer bytes() {
                                return buffer.bytes();
                            }

                            @Override
                            public void release() {
                                bytes.addAndGet(-buffer.size());
                            }

                            @Override
                            public int size() {
                                return buffer.size();
                            }
                        };
                    }

                    @Override
                    public long lowestSeqno() {
                        return -1;
                    }
                };
            }

            boolean isWorking() {
                return primary;
            }

            ReplicationResult.Status write(String content) {
                ActionBuffer buffer = ActionMemory.heap().allocate(content.length());
                buffer.bytes().put(0, content.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                // through a pause that the liar may have asked for
                return connection.resend(buffer, () -> {});
            }

            boolean drain() {
                boolean any = false;
                try {
                    while (connection.figures().localReceiveQueue() > 0) {
                        take(connection.receive());
                        any = true;
                    }
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                return any;
            }

            private void take(GroupAction action) {
                if (action instanceof GroupAction.WriteSet writeSet) {
                    byte[] content = new byte[writeSet.size()];
                    writeSet.buffer().bytes().get(0, content);
                    writeSet.buffer().release();
                    last = writeSet.seqno();
                    order.add(last + " " + new String(content, java.nio.charset.StandardCharsets.ISO_8859_1));
                } else if (action instanceof GroupAction.ConfigurationChanged changed) {
                    changed.buffer().release();
                    primary = changed.change().isPrimary();
                    if (primary) {
                        last = changed.change().position().seqno();
                        order.add(last + " configuration");
                    }
                    connection.resumeReception();
                } else if (action instanceof GroupAction.StateTransferRequested request) {
                    request.buffer().release();
                    connection.join(new Gtid(HISTORY, last), 0);
                }
            }
        }
    }
}

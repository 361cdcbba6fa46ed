package io.wsrep4j.gcomm.evs;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.wsrep4j.api.Uuid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.Size;

/**
 * Whatever bytes arrive from a peer, nothing is thrown, nothing leaks, and the node goes on (docs/spec/gcomm-evs.md 3.4). 60,000 inputs, more than
 * a million in the long profile.
 */
class EvsFuzzTest {

    private static final int TRIES = 300;
    private static final int INPUTS_OF_A_TRY = "long".equals(System.getProperty("wsrep4j.effort")) ? 5_000 : 150;
    private static final long[] FIELDS = {
        -1,
        0,
        1,
        2,
        255,
        256,
        1 << 20,
        (1 << 20) + 300,
        Integer.MAX_VALUE,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        Long.MAX_VALUE - 1,
        0x4000_0000L,
        0x3fff_ffffL
    };

    @Property(tries = 20_000)
    void any_bytes_are_a_message_or_are_refused(@ForAll @Size(max = 300) byte[] bytes) {
        try {
            EvsMessage message = new EvsDecoder().decode(Unpooled.wrappedBuffer(bytes), TestGroup.id(1));
            assertThat(message.type()).isNotNull();
        } catch (MalformedMessageException e) {
            assertThat(e.kind()).isNotNull();
        }
    }

    @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
    void a_node_survives_a_peer_that_sends_nonsense(@ForAll long seed) {
        Random random = new Random(seed);
        TestGroup group = TestGroup.of(3, Map.of("evs.auto_evict", "" + random.nextInt(2)));
        List<byte[]> samples = samples(group);
        TestGroup.Member victim = group.members.get(random.nextInt(3));
        List<Uuid> sources = new ArrayList<>();
        group.members.forEach(m -> sources.add(m.core.self()));
        sources.add(TestGroup.id(7));
        int inputs = INPUTS_OF_A_TRY;
        for (int i = 0; i < inputs; i++) {
            byte[] message = mutated(samples.get(random.nextInt(samples.size())), samples, random);
            Uuid source = sources.get(random.nextInt(sources.size()));
            victim.receive(source, message);
            if (random.nextInt(10) == 0) {
                group.now += random.nextInt(400) * 1_000_000L;
                victim.core.onTimer(group.now);
            }
            group.underWay.clear();
            group.everything.clear();
        }
        goesOn(group, victim);
    }

    /** Alone it must come to a view again, and it must have kept nothing when it ends. */
    private static void goesOn(TestGroup group, TestGroup.Member victim) {
        long end = group.now + 200 * TestGroup.SECOND;
        while (group.now < end && !isAlone(victim)) {
            group.now += TestGroup.SECOND / 10;
            victim.core.onTimer(group.now);
            group.underWay.clear();
            group.everything.clear();
        }
        assertThat(isAlone(victim))
                .as(() -> victim.core.state() + " in " + victim.core.currentView())
                .isTrue();
        victim.core.forceClose(group.now);
        assertThat(victim.allocator.metric().usedHeapMemory()).isZero();
    }

    private static boolean isAlone(TestGroup.Member victim) {
        return victim.core.state() == EvsStateName.CLOSED
                || victim.core.state() == EvsStateName.OPERATIONAL
                        && victim.core.currentView().members().size() == 1;
    }

    /** One of each kind that this very group exchanges. */
    private static List<byte[]> samples(TestGroup group) {
        group.members.forEach(m -> m.send(EvsOrder.SAFE, "hello"));
        group.flow();
        group.members.get(2).core.setOption("evs.version", "0", group.now);
        group.flow();
        List<byte[]> samples = new ArrayList<>();
        group.everything.forEach(frame -> samples.add(frame.bytes()));
        group.everything.clear();
        return samples;
    }

    private static byte[] mutated(byte[] original, List<byte[]> samples, Random random) {
        byte[] bytes = original.clone();
        int mutations = random.nextInt(4);
        for (int i = 0; i < mutations; i++) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(8)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> {
                    long field = FIELDS[random.nextInt(FIELDS.length)];
                    Unpooled.wrappedBuffer(bytes).setLongLE(Math.max(0, Math.min(at, bytes.length - 8)), field);
                }
                case 3 -> bytes = Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length));
                case 4 -> bytes = Arrays.copyOf(bytes, bytes.length + random.nextInt(80));
                case 5 -> bytes[0] = (byte) random.nextInt(256);
                case 6 ->
                    Unpooled.wrappedBuffer(bytes)
                            .setLongLE(Math.min(4, Math.max(0, bytes.length - 8)), i + random.nextLong() >>> 20);
                default -> bytes = delegated(bytes, samples.get(random.nextInt(samples.size())));
            }
            if (bytes.length < 8) {
                return bytes;
            }
        }
        return bytes;
    }

    /** Puts a message behind the header of another, as a DELEGATE. */
    private static byte[] delegated(byte[] inner, byte[] header) {
        byte[] bytes = Arrays.copyOf(header, EvsDecoder.HEADER + inner.length);
        bytes[0] = 0x29;
        bytes[1] = 0;
        System.arraycopy(inner, 0, bytes, EvsDecoder.HEADER, inner.length);
        return bytes;
    }
}

package io.wsrep4j.gcomm.pc;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.EvsOrder;
import io.wsrep4j.gcomm.evs.EvsSendResult;
import io.wsrep4j.gcomm.evs.EvsView;
import io.wsrep4j.gcomm.evs.ViewId;
import io.wsrep4j.gcomm.evs.ViewType;
import io.wsrep4j.gcomm.log.LimitedLog;
import java.util.ArrayDeque;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.slf4j.helpers.NOPLogger;

/** Whatever bytes arrive: nothing is thrown, and nothing is read beyond their end (docs/spec/gcomm-transport-pc.md 17.3). */
class PcFuzzTest {

    private static final int INPUTS = "long".equals(System.getProperty("wsrep4j.effort")) ? 1_000_000 : 50_000;

    @Test
    void anyBytesAreTakenInAnyState() {
        long seed = Long.getLong("wsrep4j.seed", System.nanoTime());
        Random random = new Random(seed);
        PrimaryComponent pc = null;
        try {
            for (int i = 0; i < INPUTS; i++) {
                if (pc == null || pc.state() == PcState.CLOSED || i % 1000 == 0) {
                    pc = component(random.nextInt(4));
                }
                ByteBuf message = Unpooled.wrappedBuffer(bytes(random));
                int length = message.readableBytes();
                pc.onMessage(
                        TestNodes.id(random.nextBoolean() ? "a" : "b"),
                        ViewId.NIL,
                        random.nextInt(256),
                        EvsOrder.SAFE,
                        i,
                        message,
                        i);
                assertThat(message.readableBytes()).isEqualTo(length);
            }
        } catch (RuntimeException e) {
            throw new AssertionError("replay with -Dwsrep4j.seed=" + seed, e);
        }
    }

    /** Mostly well-formed: a plausible header, then what comes. */
    private static byte[] bytes(Random random) {
        byte[] bytes = new byte[random.nextInt(180)];
        random.nextBytes(bytes);
        if (bytes.length > 8 && random.nextInt(4) != 0) {
            bytes[0] = (byte) (random.nextInt(2) | random.nextInt(8) << 4);
            bytes[1] = (byte) (1 + random.nextInt(3));
        }
        if (bytes.length > 12 && random.nextInt(4) != 0) {
            bytes[8] = (byte) random.nextInt(4);
            bytes[9] = bytes[10] = bytes[11] = 0;
        }
        if (bytes.length >= 64 && random.nextBoolean()) {
            ByteBuf target = Unpooled.wrappedBuffer(bytes);
            Uuid id = TestNodes.id(random.nextBoolean() ? "a" : "b");
            target.setLong(12, id.mostSignificant()).setLong(20, id.leastSignificant());
        }
        return bytes;
    }

    /** In a transitional view, exchanging, primary, or waiting for INSTALL. */
    private static PrimaryComponent component(int kind) {
        Loopback lower = new Loopback();
        PrimaryComponent pc = new PrimaryComponent(
                new PcStart(TestNodes.id("a"), 0, kind != 3, null),
                PcSettings.defaults(),
                lower,
                lower,
                new LimitedLog(NOPLogger.NOP_LOGGER, () -> 0));
        pc.connect();
        pc.onView(view(ViewType.TRANS, 0, "a"), 0);
        if (kind > 0) {
            pc.onView(view(ViewType.REG, 1, "a"), 0);
            lower.deliver(pc, kind == 1 ? 1 : 2);
        }
        if (kind == 3) {
            pc.onView(view(ViewType.TRANS, 1, "a"), 0);
            pc.onView(view(ViewType.REG, 2, "a", "b"), 0);
        }
        return pc;
    }

    private static EvsView view(ViewType type, int seq, String... members) {
        TreeSet<Uuid> ids = new TreeSet<>();
        for (String member : members) {
            ids.add(TestNodes.id(member));
        }
        TreeSet<Uuid> none = new TreeSet<>();
        return new EvsView(1, new ViewId(type, TestNodes.id("a"), seq), ids, none, none, none);
    }

    private static final class Loopback implements PcLower, PcListener {
        private final ArrayDeque<ByteBuf> sent = new ArrayDeque<>();

        void deliver(PrimaryComponent pc, int count) {
            for (int i = 0; i < count && !sent.isEmpty(); i++) {
                pc.onMessage(TestNodes.id("a"), ViewId.NIL, 255, EvsOrder.SAFE, i, sent.poll(), 0);
            }
        }

        @Override
        public ByteBuf newPayload(int capacity) {
            return Unpooled.buffer(capacity);
        }

        @Override
        public boolean isCongested() {
            return false;
        }

        @Override
        public EvsSendResult send(int userType, EvsOrder order, ByteBuf payload, long nowNanos) {
            sent.add(payload.copy());
            return EvsSendResult.OK;
        }

        @Override
        public void stableView(PcView view, long nowNanos) {
            // nothing below
        }

        @Override
        public void exclude(Uuid node, long nowNanos) {
            // nothing below
        }

        @Override
        public boolean isEvicted(Uuid node) {
            return false;
        }

        @Override
        public long patienceNanos() {
            return 1;
        }

        @Override
        public void onView(PcView view, long nowNanos) {
            assertThat(view.members()).containsKey(TestNodes.id("a"));
        }

        @Override
        public void onMessage(int senderIndex, int userType, long totalOrderSeq, ByteBuf payload, long nowNanos) {
            assertThat(senderIndex).isNotNegative();
        }

        @Override
        public void onCausal(long token, long nowNanos) {
            throw new AssertionError("nobody asked");
        }

        @Override
        public void onWeight(int weight) {
            assertThat(weight).isBetween(0, 255);
        }

        @Override
        public void onFailure(String reason) {
            assertThat(reason).isNotEmpty();
        }
    }
}

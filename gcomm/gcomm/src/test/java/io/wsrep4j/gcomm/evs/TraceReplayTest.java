package io.wsrep4j.gcomm.evs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.log.LimitedLog;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * A fresh node is given what a real joining node was given, and must answer as that one did, byte for byte but for the fifo_seq
 * (docs/spec/gcomm-evs.md checklist 63).
 */
class TraceReplayTest {

    private static final long MILLI = 1_000_000L;
    private static final int FIFO_SEQ = 4;
    private static final int USER_TYPE = 32;

    @Test
    void the_second_node_of_a_group_answers_as_the_real_one_did() {
        Replay replay = new Replay("trace_join_two.json", "20f43198-e536-11f1-ac81-dfa800ad2206", Set.of());
        replay.run();
        assertThat(replay.compared).isEqualTo(14);
    }

    @Test
    void the_third_node_of_a_group_answers_as_the_real_one_did() {
        // the real one also announced itself once more at 1006 ms, when it knew the others already
        Replay replay = new Replay("trace_join_three.json", "2357eb8c-e536-11f1-8693-cbec2955b1f7", Set.of(6L));
        replay.run();
        assertThat(replay.compared).isEqualTo(10);
    }

    private static final class Replay implements EvsTransport, EvsListener {
        private final Uuid self;
        private final List<JsonNode> messages = new ArrayList<>();
        private final ArrayDeque<String> sent = new ArrayDeque<>();
        private final Set<Long> skipped;
        private final EvsCore core;
        private int compared;
        private int position;

        Replay(String file, String node, Set<Long> skippedFifoSeqs) {
            self = Uuid.parse(node);
            skipped = skippedFifoSeqs;
            Vectors.read(file).get("messages").forEach(m -> {
                if (!m.path("copy").asBoolean()) {
                    messages.add(m);
                }
            });
            core = new EvsCore(
                    EvsStart.fresh(self),
                    EvsSettings.read(Map.of()),
                    this,
                    this,
                    UnpooledByteBufAllocator.DEFAULT,
                    new LimitedLog(LoggerFactory.getLogger(TraceReplayTest.class), () -> 0));
        }

        void run() {
            core.connect(0);
            long now = 0;
            for (; position < messages.size(); position++) {
                JsonNode message = messages.get(position);
                byte[] bytes = ByteBufUtil.decodeHexDump(message.get("hex").asText());
                now = (long) (message.get("t_ms").asDouble() * MILLI);
                if (message.get("from").asText().equals(self.toString())) {
                    expect(bytes, now);
                } else {
                    core.receive(Uuid.parse(message.get("from").asText()), Unpooled.wrappedBuffer(bytes), now);
                }
            }
            assertThat(sent).isEmpty();
            core.forceClose(now);
        }

        private void expect(byte[] bytes, long now) {
            if (skipped.contains(Unpooled.wrappedBuffer(bytes).getLongLE(FIFO_SEQ))) {
                return;
            }
            if (sent.isEmpty()) {
                stimulate(bytes, now);
            }
            assertThat(sent.poll()).as("message " + position).isEqualTo(withoutFifoSeq(bytes));
            compared++;
        }

        /** What the real node did of its own accord: announce itself, send for the layer above, or obey a timer. */
        private void stimulate(byte[] bytes, long now) {
            boolean join = bytes[0] == 0x30;
            boolean safe = (bytes[0] & 0xff) == 0x85;
            if (join) {
                core.announce(now);
            } else if (safe) {
                ByteBuf payload = payload(bytes);
                assertThat(core.send(bytes[USER_TYPE] & 0xff, EvsOrder.SAFE, payload, now))
                        .isEqualTo(EvsSendResult.OK);
                payload.release();
            } else {
                core.onTimer(now);
            }
        }

        private ByteBuf payload(byte[] bytes) {
            ByteBuf payload = core.newPayload(bytes.length);
            return payload.writeBytes(bytes, EvsEncoder.USER_HEADER, bytes.length - EvsEncoder.USER_HEADER);
        }

        private static String withoutFifoSeq(byte[] bytes) {
            byte[] copy = bytes.clone();
            java.util.Arrays.fill(copy, FIFO_SEQ, FIFO_SEQ + Long.BYTES, (byte) 0);
            return ByteBufUtil.hexDump(copy);
        }

        @Override
        public void broadcast(ByteBuf message) {
            sent.add(withoutFifoSeq(ByteBufUtil.getBytes(message)));
        }

        @Override
        public void sendTo(Uuid target, ByteBuf message) {
            broadcast(message);
        }

        /** The layer above sends its state from inside the view: the next SAFE message that the real node sent. */
        @Override
        public void onView(EvsView view, long nowNanos) {
            if (view.isTransitional()) {
                return;
            }
            for (int i = position; i < messages.size(); i++) {
                byte[] bytes =
                        ByteBufUtil.decodeHexDump(messages.get(i).get("hex").asText());
                if (messages.get(i).get("from").asText().equals(self.toString()) && (bytes[0] & 0xff) == 0x85) {
                    ByteBuf state = payload(bytes);
                    core.send(UserMessage.NO_USER_TYPE, EvsOrder.SAFE, state, nowNanos);
                    state.release();
                    return;
                }
            }
        }

        @Override
        public void onMessage(
                Uuid source, ViewId view, int userType, EvsOrder order, long seq, ByteBuf payload, long nowNanos) {}

        @Override
        public void onCausal(int userType, long seq, ByteBuf payload, long nowNanos) {}

        @Override
        public void stableView(EvsView view) {}

        @Override
        public void allowConnect(Uuid node) {}

        @Override
        public void evict(Uuid node) {}

        @Override
        public void unevict(Uuid node) {}

        @Override
        public String address(Uuid node) {
            return "";
        }

        @Override
        public void malformed(Uuid source, String reason) {
            throw new AssertionError(reason);
        }
    }
}

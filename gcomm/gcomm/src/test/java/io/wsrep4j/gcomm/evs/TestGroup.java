package io.wsrep4j.gcomm.evs;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.log.LimitedLog;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.slf4j.helpers.NOPLogger;

/** A few nodes whose messages arrive when the test says so, at a time that the test sets. Nodes count from 0; 0 has the lowest id. */
final class TestGroup {

    static final long SECOND = 1_000_000_000L;

    final List<Member> members = new ArrayList<>();
    final ArrayDeque<Frame> underWay = new ArrayDeque<>();
    final List<Frame> everything = new ArrayList<>();
    long now;

    /** A message from one node to one other. */
    record Frame(Member from, Member to, byte[] bytes) {
        EvsWire wire() {
            return EvsWire.read(from.core.self(), io.netty.buffer.Unpooled.wrappedBuffer(bytes));
        }
    }

    /** A node and what it was told. */
    final class Member implements EvsTransport, EvsListener {
        final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
        final List<EvsView> views = new ArrayList<>();
        final List<String> delivered = new ArrayList<>();
        final List<String> malformed = new ArrayList<>();
        final List<String> evictions = new ArrayList<>();
        final EvsCore core;

        Member(Uuid id, Map<String, String> options) {
            core = new EvsCore(
                    EvsStart.fresh(id),
                    EvsSettings.read(options),
                    this,
                    this,
                    allocator,
                    new LimitedLog(NOPLogger.NOP_LOGGER, () -> 0));
        }

        EvsSendResult send(EvsOrder order, String text) {
            return send(order, 1, text);
        }

        EvsSendResult send(EvsOrder order, int userType, String text) {
            ByteBuf payload = core.newPayload(text.length());
            ByteBufUtil.writeAscii(payload, text);
            EvsSendResult result = core.send(userType, order, payload, now);
            payload.release();
            return result;
        }

        void receive(Uuid source, byte[] bytes) {
            ByteBuf buffer = allocator.heapBuffer(Math.max(bytes.length, 1)).writeBytes(bytes);
            core.receive(source, buffer, now);
            buffer.release();
        }

        @Override
        public void broadcast(ByteBuf message) {
            byte[] bytes = ByteBufUtil.getBytes(message);
            for (Member other : members) {
                if (other != this) {
                    put(new Frame(this, other, bytes));
                }
            }
        }

        @Override
        public void sendTo(Uuid target, ByteBuf message) {
            for (Member other : members) {
                if (other.core.self().equals(target)) {
                    put(new Frame(this, other, ByteBufUtil.getBytes(message)));
                }
            }
        }

        @Override
        public void stableView(EvsView view) {}

        @Override
        public void allowConnect(Uuid node) {}

        @Override
        public void evict(Uuid node) {
            evictions.add("evict " + node);
        }

        @Override
        public void unevict(Uuid node) {
            evictions.add("unevict " + node);
        }

        @Override
        public String address(Uuid node) {
            return "tcp://127.0.0.1:4567";
        }

        @Override
        public void malformed(Uuid source, String reason) {
            malformed.add(reason);
        }

        @Override
        public void onView(EvsView view, long nowNanos) {
            views.add(view);
        }

        @Override
        public void onMessage(
                Uuid source, ViewId view, int userType, EvsOrder order, long seq, ByteBuf payload, long nowNanos) {
            delivered.add(
                    ByteBufUtil.hexDump(payload).isEmpty()
                            ? ""
                            : payload.toString(java.nio.charset.StandardCharsets.US_ASCII) + ":" + userType);
        }

        @Override
        public void onCausal(int userType, long seq, ByteBuf payload, long nowNanos) {
            delivered.add("causal " + payload.toString(java.nio.charset.StandardCharsets.US_ASCII) + "@" + seq);
        }
    }

    private void put(Frame frame) {
        underWay.add(frame);
        everything.add(frame);
    }

    static Uuid id(int number) {
        return new Uuid((long) (number + 1) << 32 | 0x1000L, 0x8000_0000_0000_0000L);
    }

    Member add(Map<String, String> options) {
        Member member = new Member(id(members.size()), options);
        members.add(member);
        return member;
    }

    /** So many members of one view, with nothing under way. */
    static TestGroup of(int count, Map<String, String> options) {
        TestGroup group = new TestGroup();
        for (int i = 0; i < count; i++) {
            Member member = group.add(options);
            member.core.connect(group.now);
            if (i == 0) {
                member.core.join(group.now);
            } else {
                group.now += SECOND;
                member.core.announce(group.now);
                group.flow();
            }
        }
        return group;
    }

    /** Lets everything arrive, and all that follows from it. */
    void flow() {
        flow(frame -> true);
    }

    /** Lets everything arrive but what the filter does not let pass. */
    void flow(Predicate<Frame> passes) {
        while (!underWay.isEmpty()) {
            Frame frame = underWay.poll();
            if (passes.test(frame)) {
                frame.to.receive(frame.from.core.self(), frame.bytes);
            }
        }
    }

    /** Time passes, and the timers of all members are served on the way. */
    void pass(long nanos, Predicate<Frame> passes) {
        long end = now + nanos;
        while (now < end) {
            now = Math.min(end, now + SECOND / 20);
            for (Member member : members) {
                member.core.onTimer(now);
            }
            flow(passes);
        }
    }

    void pass(long nanos) {
        pass(nanos, frame -> true);
    }
}

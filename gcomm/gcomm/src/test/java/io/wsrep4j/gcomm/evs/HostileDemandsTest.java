package io.wsrep4j.gcomm.evs;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.wsrep4j.api.Uuid;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What one member can make the others send, and keep in memory; and that it costs no sound member anything. */
class HostileDemandsTest {

    private static final long MIB = 1L << 20;
    private static final int LARGE = 30_000;
    private static final int LIAR = 2;

    private final TestGroup group = TestGroup.of(3, Map.of());
    private long fifoSeq = 1_000;

    private static byte[] bytes(EvsMessage message) {
        ByteBuf out = Unpooled.buffer(EvsEncoder.length(message));
        EvsEncoder.encode(message, out);
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        return bytes;
    }

    private GapMessage request(TestGroup.Member from, Uuid origin, long lu, long hs) {
        return new GapMessage(
                EvsMessage.RETRANS,
                1,
                fifoSeq++,
                from.core.self(),
                from.core.currentView().id(),
                -1,
                -1,
                origin,
                lu,
                hs);
    }

    private UserMessage message(TestGroup.Member from, long seq, int length) {
        return new UserMessage(
                0,
                1,
                fifoSeq++,
                from.core.self(),
                from.core.currentView().id(),
                EvsOrder.SAFE,
                1,
                0,
                seq,
                -1,
                length == 0 ? null : Unpooled.wrappedBuffer(new byte[length]),
                0,
                length);
    }

    private long nextSlot(TestGroup.Member member) {
        return group.everything.stream()
                        .filter(frame -> frame.from() == member)
                        .map(TestGroup.Frame::wire)
                        .filter(wire -> wire.type().equals("USER")
                                && wire.view().equals(member.core.currentView().id()))
                        .mapToLong(wire -> wire.seq() + wire.range())
                        .max()
                        .orElse(-1)
                + 1;
    }

    private long sentTo(int number) {
        TestGroup.Member target = group.members.get(number);
        return group.everything.stream()
                .filter(frame -> frame.to() == target)
                .mapToLong(frame -> frame.bytes().length)
                .sum();
    }

    @Test
    void whoever_asks_again_and_again_gets_the_messages_once_and_then_so_much_a_second() {
        TestGroup.Member honest = group.members.get(0);
        TestGroup.Member liar = group.members.get(LIAR);
        long first = nextSlot(honest);
        honest.send(EvsOrder.SAFE, "x".repeat(LARGE));
        honest.send(EvsOrder.SAFE, "y".repeat(LARGE));
        // nobody gets them, so that they stay to be asked for
        group.underWay.clear();
        group.everything.clear();
        for (int i = 0; i < 2_000; i++) {
            honest.receive(liar.core.self(), bytes(request(liar, honest.core.self(), first, first + 1)));
        }
        assertThat(sentTo(LIAR)).isBetween(30 * MIB, 33 * MIB);

        group.everything.clear();
        group.underWay.clear();
        group.now += TestGroup.SECOND;
        for (int i = 0; i < 1_000; i++) {
            honest.receive(liar.core.self(), bytes(request(liar, honest.core.self(), first, first + 1)));
        }
        assertThat(sentTo(LIAR)).isBetween(7 * MIB, 9 * MIB);

        // that somebody asks too much costs the others nothing
        group.everything.clear();
        group.underWay.clear();
        TestGroup.Member other = group.members.get(1);
        honest.receive(other.core.self(), bytes(request(other, honest.core.self(), first, first + 1)));
        assertThat(sentTo(1)).isGreaterThan(2 * LARGE);
    }

    @Test
    void so_for_the_messages_of_others() {
        TestGroup.Member honest = group.members.get(0);
        TestGroup.Member other = group.members.get(1);
        TestGroup.Member liar = group.members.get(LIAR);
        long first = nextSlot(other);
        other.send(EvsOrder.SAFE, "x".repeat(LARGE));
        other.send(EvsOrder.SAFE, "y".repeat(LARGE));
        group.flow(frame -> frame.to() == honest && frame.from() == other);
        group.everything.clear();
        for (int i = 0; i < 2_000; i++) {
            honest.receive(liar.core.self(), bytes(request(liar, other.core.self(), first, first + 1)));
        }
        assertThat(sentTo(LIAR)).isBetween(30 * MIB, 33 * MIB);
    }

    @Test
    void messages_of_a_member_that_acknowledges_nothing_take_up_a_bounded_memory() {
        TestGroup.Member honest = group.members.get(0);
        TestGroup.Member liar = group.members.get(LIAR);
        long first = nextSlot(liar);
        for (int i = 0; i < 3_000; i++) {
            honest.receive(liar.core.self(), bytes(message(liar, first + i, LARGE)));
            group.underWay.clear();
            group.everything.clear();
        }
        assertThat(honest.allocator.metric().usedHeapMemory()).isLessThan(33 * MIB);
    }

    @Test
    void messages_far_ahead_take_up_half_of_it_and_leave_room_for_those_that_are_missing() {
        TestGroup.Member honest = group.members.get(0);
        TestGroup.Member liar = group.members.get(LIAR);
        long first = nextSlot(liar);
        for (int i = 0; i < 3_000; i++) {
            honest.receive(liar.core.self(), bytes(message(liar, first + 3_000 - i, LARGE)));
            group.underWay.clear();
            group.everything.clear();
        }
        long used = honest.allocator.metric().usedHeapMemory();
        assertThat(used).isLessThan(17 * MIB);
        honest.receive(liar.core.self(), bytes(message(liar, first, LARGE)));
        assertThat(honest.allocator.metric().usedHeapMemory()).isGreaterThanOrEqualTo(used + LARGE);
    }

    @Test
    void a_small_message_does_not_hold_the_buffer_that_it_came_in() {
        TestGroup.Member honest = group.members.get(0);
        TestGroup.Member liar = group.members.get(LIAR);
        long first = nextSlot(liar);
        for (int i = 0; i < 1_000; i++) {
            // a read of 64 KiB with one small message in it
            ByteBuf read = honest.allocator.heapBuffer(64 << 10).writeBytes(bytes(message(liar, first + i, 10)));
            honest.core.receive(liar.core.self(), read, group.now);
            read.release();
        }
        assertThat(honest.allocator.metric().usedHeapMemory()).isLessThan(5 * MIB);
    }

    @Test
    void a_member_with_a_wider_window_than_there_is_room_for_gets_everything_through() {
        TestGroup wide = new TestGroup();
        for (int i = 0; i < 3; i++) {
            TestGroup.Member member =
                    wide.add(i == 1 ? Map.of("evs.send_window", "8192", "evs.user_send_window", "8192") : Map.of());
            member.core.connect(wide.now);
            if (i == 0) {
                member.core.join(wide.now);
            } else {
                wide.now += TestGroup.SECOND;
                member.core.announce(wide.now);
                wide.flow();
            }
        }
        String text = "x".repeat(LARGE);
        for (int i = 0; i < 2_000; i++) {
            assertThat(wide.members.get(1).send(EvsOrder.SAFE, text)).isEqualTo(EvsSendResult.OK);
            wide.everything.clear();
        }
        long most = 0;
        for (int i = 0; i < 60 && wide.members.get(0).delivered.size() < 2_000; i++) {
            wide.pass(TestGroup.SECOND / 2);
            wide.everything.clear();
            most = Math.max(most, wide.members.get(0).allocator.metric().usedHeapMemory());
        }
        for (TestGroup.Member member : wide.members) {
            assertThat(member.delivered).hasSize(2_000);
            assertThat(member.views.get(member.views.size() - 1).members()).hasSize(3);
        }
        assertThat(most).isLessThan(33 * MIB);
    }
}

package io.wsrep4j.gcomm.paxos.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.paxos.message.MemberSection.Alive;
import io.wsrep4j.gcomm.paxos.message.MemberSection.Hello;
import io.wsrep4j.gcomm.paxos.message.MemberSection.Join;
import io.wsrep4j.gcomm.paxos.message.MemberSection.JoinAnswer;
import io.wsrep4j.gcomm.paxos.message.MemberSection.Leave;
import io.wsrep4j.gcomm.paxos.message.MemberSection.Reject;
import io.wsrep4j.gcomm.paxos.message.MemberSection.Removed;
import io.wsrep4j.gcomm.paxos.message.MemberSection.Snapshot;
import io.wsrep4j.gcomm.paxos.message.MemberSection.Welcome;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Accept;
import io.wsrep4j.gcomm.paxos.message.OrderSection.AcceptNoop;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Ack;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Learn;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Learned;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Nack;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Prepare;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Promise;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Refused;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Skip;
import io.wsrep4j.gcomm.paxos.message.ReadSection.Forward;
import io.wsrep4j.gcomm.paxos.message.ReadSection.Gone;
import io.wsrep4j.gcomm.paxos.message.ReadSection.Held;
import io.wsrep4j.gcomm.paxos.message.ReadSection.Index;
import io.wsrep4j.gcomm.paxos.message.ReadSection.Read;
import io.wsrep4j.gcomm.paxos.message.ReadSection.ReadIndex;
import io.wsrep4j.gcomm.paxos.message.ReadSection.Values;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** The wire format of docs/spec/paxos.md 21, and what 24 says of bytes that no member sends. */
final class PaxosFrameTest {

    private static final int LONGEST = 4 << 20;
    private static final int FUZZ_ROUNDS = Integer.getInteger("paxos.fuzz", 60_000);

    private static final Ballot BALLOT = new Ballot(7, 3);
    private static final ValueId ID = new ValueId(3, 99);
    private static final SlotRange RANGE = new SlotRange(10, 40, 3);
    private static final PaxosMember MEMBER = new PaxosMember(3, new Uuid(1, 2), "tcp://[::1]:4567", 1, 2, true, 1, 4);
    private static final Value ITEMS =
            Value.ofItems(ID, List.of(new Item(3, 5, 254, bytes("one")), new Item(4, 1, 0, bytes(""))));
    private static final Value COMMANDS = Value.ofCommands(
            ID,
            List.of(
                    new Command.Add(MEMBER.withMid(0)),
                    new Command.Remove(List.of(1, 2)),
                    new Command.SetLanes(List.of(3), Mode.SINGLE, 3),
                    new Command.SetHorizon(64),
                    new Command.SetWeight(3, 0),
                    new Command.SetProtocol(2),
                    new Command.Refresh(3, new Uuid(5, 6))));
    private static final PaxosConfiguration CONFIGURATION = new PaxosConfiguration(
            4, 2, 101, 64, Mode.AUTO, true, 1, 3, List.of(MEMBER, MEMBER.withMid(5)), List.of(3, 5));

    private static final List<Section> ALL = List.of(
            new Hello(MEMBER, "group", 5),
            new Welcome(CONFIGURATION, 3),
            new Reject(RejectCode.PROTOCOL, "too old"),
            new Alive(5, 6, List.of(1, 2), true),
            new Accept(12, BALLOT, ITEMS),
            new Accept(13, BALLOT, COMMANDS),
            new Accept(14, BALLOT, Value.NOOP),
            new AcceptNoop(RANGE, BALLOT),
            new Ack(BALLOT, List.of(RANGE, SlotRange.one(77))),
            new Nack(5, BALLOT, new Ballot(9, 1)),
            new Learn(List.of(new Learned(5, BALLOT, ID), new Learned(6, BALLOT, ValueId.NOOP))),
            new Skip(3, List.of(RANGE)),
            new Prepare(BALLOT, RANGE),
            new Promise(BALLOT, RANGE, List.of(new Learned(13, BALLOT, ID)), List.of(new Refused(RANGE, Ballot.NONE))),
            new Read(RANGE, true, false, true),
            new Values(List.of(new Held(12, true, Ballot.NONE, ITEMS), new Held(13, false, BALLOT, COMMANDS))),
            new Gone(7),
            new ReadIndex(-1),
            new Index(-1, 0),
            new Forward(ITEMS.items(), COMMANDS.commands()),
            new Join(MEMBER, List.of(1)),
            new JoinAnswer(true, "full"),
            new Snapshot(List.of(CONFIGURATION), List.of(new Fork(-5, 1, 0)), new TreeMap<>(Map.of(3, 9L)), 5, 2),
            new Removed(2, CONFIGURATION),
            new Leave(new Uuid(7, 8)),
            new ForceSection.ForcePrepare(2, List.of(3)),
            new ForceSection.ForcePromise(2, 9, List.of(new Learned(9, BALLOT, ID)), List.of()),
            new ForceSection.ForceInstall(
                    2, 5, CONFIGURATION, new Fork(1, 1, 100), List.of(new Held(9, true, Ballot.NONE, ITEMS))),
            new ForceSection.ForceAck(2, 5),
            new ForceSection.ForceGo(2, 5),
            new ForceSection.Stale(2, List.of(new Fork(1, 1, 100))));

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static PaxosFrame frame(List<Section> sections) {
        return new PaxosFrame(2, 0x1234_5678_9abcL, 3, 4, 9, 100, 120, sections);
    }

    private static byte[] encoded(List<Section> sections) {
        ByteBuffer bytes = frame(sections).encode();
        byte[] array = new byte[bytes.remaining()];
        bytes.get(array);
        return array;
    }

    /** Statement 55. */
    @Test
    void everySectionIsReadAsItWasWritten() {
        assertThat(PaxosFrame.decode(frame(ALL).encode(), LONGEST)).isEqualTo(frame(ALL));
        assertThat(ALL.stream().map(Section::code).distinct().count()).isEqualTo(29);
    }

    /** Statement 55: what arrives is refused cleanly, or means something that can be written again. */
    @Test
    void mutatedFramesAreRefusedOrMeanSomething() {
        Random random = new Random(5);
        int refused = 0;
        for (int round = 0; round < FUZZ_ROUNDS; round++) {
            byte[] mutated = encoded(List.of(ALL.get(round % ALL.size()), ALL.get(random.nextInt(ALL.size()))));
            for (int i = 1 + random.nextInt(3); i > 0; i--) {
                int at = 12 + random.nextInt(mutated.length - 12);
                mutated[at] = random.nextBoolean() ? (byte) random.nextInt() : (byte) (random.nextBoolean() ? 0xff : 0);
            }
            try {
                PaxosFrame read = PaxosFrame.decode(sealed(mutated), LONGEST);
                assertThat(PaxosFrame.decode(read.encode(), LONGEST)).isEqualTo(read);
            } catch (MalformedFrameException clean) {
                refused++;
            }
        }
        assertThat(refused).isBetween(FUZZ_ROUNDS / 10, FUZZ_ROUNDS);
    }

    private static ByteBuffer sealed(byte[] frame) {
        ByteBuffer bytes = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(8, 0);
        CRC32C crc = new CRC32C();
        crc.update(frame);
        bytes.putInt(8, (int) crc.getValue());
        return bytes;
    }

    /** Statement 56. */
    @Test
    void everyFlippedBitIsRefused() {
        byte[] frame = encoded(List.of(new Accept(12, BALLOT, ITEMS)));
        for (int bit = 0; bit < frame.length * 8; bit++) {
            byte[] flipped = frame.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> PaxosFrame.decode(ByteBuffer.wrap(flipped), LONGEST))
                    .as("bit %d", bit)
                    .isInstanceOf(MalformedFrameException.class);
        }
    }

    /** Statement 57. */
    @Test
    void anUnknownSectionIsSkippedOnlyIfItSaysSo() {
        byte[] frame = encoded(List.of(new Gone(7), new Gone(8)));
        frame[56] = 0x7f;
        assertThatThrownBy(() -> PaxosFrame.decode(sealed(frame), LONGEST))
                .isInstanceOf(MalformedFrameException.class)
                .hasMessageContaining("unknown section 127");
        frame[57] = (byte) 0x80;
        assertThat(PaxosFrame.decode(sealed(frame), LONGEST).sections()).containsExactly(new Gone(8));
    }

    @Test
    void aFrameNamesNoMoreSlotsThanItsReaderCanBear() {
        SlotRange wide = SlotRange.of(1, 16_000);
        assertThatThrownBy(() -> PaxosFrame.decode(
                        frame(List.of(new Ack(BALLOT, java.util.Collections.nCopies(60, wide))))
                                .encode(),
                        LONGEST))
                .isInstanceOf(MalformedFrameException.class)
                .hasMessageContaining("slots in one frame");
    }

    /** What a liar makes a member repeat is still said in ranges that may be read. */
    @Test
    void slotsInAnyOrderAreCoveredByRangesThatMayBeSent() {
        List<Long> slots = List.of(9L, 7L, 7L, 40_000L, 1L, 8L, 60_000L, 3L);
        List<SlotRange> ranges = SlotRange.covering(slots);
        assertThat(ranges)
                .containsExactly(
                        new SlotRange(1, 3, 2), new SlotRange(7, 9, 1), SlotRange.one(40_000), SlotRange.one(60_000));
        Section ack = new Ack(BALLOT, ranges);
        assertThat(PaxosFrame.decode(frame(List.of(ack)).encode(), LONGEST).sections())
                .containsExactly(ack);
    }

    @Test
    void rangesThatNobodyMeansAreRefused() {
        for (SlotRange bad : List.of(
                new SlotRange(5, 4, 1), new SlotRange(1, 4, 2), new SlotRange(1, 40_000, 1), new SlotRange(0, 4, 1))) {
            assertThatThrownBy(() -> PaxosFrame.decode(
                            frame(List.of(new AcceptNoop(bad, BALLOT))).encode(), LONGEST))
                    .as("%s", bad)
                    .isInstanceOf(MalformedFrameException.class);
        }
        byte[] noStride = encoded(List.of(new AcceptNoop(RANGE, BALLOT)));
        noStride[56 + 8 + 16] = 0;
        assertThatThrownBy(() -> PaxosFrame.decode(sealed(noStride), LONGEST))
                .isInstanceOf(MalformedFrameException.class)
                .hasMessageContaining("stride is 0");
    }

    @Test
    void cutAndTooLongFramesAreRefused() {
        byte[] frame = encoded(ALL);
        for (int length = 0; length < frame.length; length += 7) {
            ByteBuffer cut = ByteBuffer.wrap(frame, 0, length);
            assertThatThrownBy(() -> PaxosFrame.decode(cut, LONGEST)).isInstanceOf(MalformedFrameException.class);
        }
        assertThatThrownBy(() -> PaxosFrame.decode(ByteBuffer.wrap(frame), frame.length - 1))
                .isInstanceOf(MalformedFrameException.class)
                .hasMessageContaining("length");
    }
}

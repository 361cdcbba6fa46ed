package io.wsrep4j.gcomm.paxos.message;

import io.wsrep4j.api.Uuid;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What makes and unmakes members (docs/spec/paxos.md 13, 15, 16). */
public sealed interface MemberSection extends Section {

    /**
     * Who I am.
     *
     * @param member mid 0, or the one this member goes on with
     * @param groupName of the group it wants
     * @param executed the first slot it has not executed; 0 for none
     */
    record Hello(PaxosMember member, String groupName, long executed) implements MemberSection {
        @Override
        public int code() {
            return 0x01;
        }

        @Override
        public void write(WireWriter out) {
            member.write(out);
            out.text(groupName);
            out.u64(executed);
        }

        static Hello read(WireReader in) {
            return new Hello(PaxosMember.read(in), in.text("group's name"), in.slotOrNone("executed"));
        }
    }

    /**
     * The newest configuration I know.
     *
     * @param yourMid 0 if it does not name you
     */
    record Welcome(PaxosConfiguration configuration, int yourMid) implements MemberSection {
        @Override
        public int code() {
            return 0x02;
        }

        @Override
        public void write(WireWriter out) {
            configuration.write(out);
            out.u32(yourMid);
        }

        static Welcome read(WireReader in) {
            return new Welcome(PaxosConfiguration.read(in), in.mid("your mid"));
        }
    }

    /** Not with me, and why; the link is closed after it. */
    record Reject(RejectCode why, String text) implements MemberSection {
        @Override
        public int code() {
            return 0x03;
        }

        @Override
        public void write(WireWriter out) {
            out.u16(why.ordinal());
            out.text(text);
        }

        static Reject read(WireReader in) {
            return new Reject(RejectCode.read(in), in.text("reason"));
        }
    }

    /**
     * I live.
     *
     * @param clock the sender's, nanoseconds
     * @param echoed the receiver's clock as it came last, moved on by the time it lay here; 0 for none
     * @param silent whom the sender does not hear
     * @param suspended whether the sender wants a new view when it is heard again
     */
    record Alive(long clock, long echoed, List<Integer> silent, boolean suspended) implements MemberSection {
        @Override
        public int code() {
            return 0x04;
        }

        @Override
        public void write(WireWriter out) {
            out.u64(clock);
            out.u64(echoed);
            out.list(silent, (mid, to) -> to.u32(mid));
            out.u8(suspended ? 1 : 0);
        }

        static Alive read(WireReader in) {
            return new Alive(in.u64(), in.u64(), Commands.mids(in), in.flag("suspended"));
        }
    }

    /**
     * Bring me in.
     *
     * @param member with mid 0
     * @param links mids of members that I have links to
     */
    record Join(PaxosMember member, List<Integer> links) implements MemberSection {
        @Override
        public int code() {
            return 0x40;
        }

        @Override
        public void write(WireWriter out) {
            member.write(out);
            out.list(links, (mid, to) -> to.u32(mid));
        }

        static Join read(WireReader in) {
            return new Join(PaxosMember.read(in), Commands.mids(in));
        }
    }

    /** What became of a request to join, or why it waits. */
    record JoinAnswer(boolean refused, String text) implements MemberSection {
        @Override
        public int code() {
            return 0x41;
        }

        @Override
        public void write(WireWriter out) {
            out.u8(refused ? 1 : 0);
            out.text(text);
        }

        static JoinAnswer read(WireReader in) {
            return new JoinAnswer(in.flag("refused"), in.text("reason"));
        }
    }

    /**
     * All that the order has made before a slot, for who begins there.
     *
     * @param configurations from the one that starts at the slot on
     * @param forks groups this one was forced from, oldest first
     * @param expected the next sequence of each member's items
     * @param highestMid ever given
     * @param views counted so far
     */
    record Snapshot(
            List<PaxosConfiguration> configurations,
            List<Fork> forks,
            Map<Integer, Long> expected,
            int highestMid,
            long views)
            implements MemberSection {
        @Override
        public int code() {
            return 0x42;
        }

        @Override
        public void write(WireWriter out) {
            out.list(configurations, PaxosConfiguration::write);
            out.list(forks, Fork::write);
            writeExpected(out, expected);
            out.u32(highestMid);
            out.u64(views);
        }

        static Snapshot read(WireReader in) {
            List<PaxosConfiguration> configurations =
                    in.list("configurations", PaxosConfiguration.LEAST_BYTES, PaxosConfiguration::read);
            if (configurations.isEmpty()) {
                throw new MalformedFrameException("a snapshot without a configuration");
            }
            return new Snapshot(
                    configurations,
                    in.list("forks", Fork.BYTES, Fork::read),
                    readExpected(in),
                    in.memberMid("highest mid"),
                    in.longIn("views", 0, Long.MAX_VALUE));
        }
    }

    static void writeExpected(WireWriter out, Map<Integer, Long> expected) {
        out.u16(expected.size());
        expected.forEach((mid, sequence) -> {
            out.u32(mid);
            out.u64(sequence);
        });
    }

    static Map<Integer, Long> readExpected(WireReader in) {
        Map<Integer, Long> expected = new TreeMap<>();
        in.list("expected", 12, one -> expected.put(one.memberMid("mid"), one.longIn("sequence", 1, Long.MAX_VALUE)));
        return expected;
    }

    /** You, or who you were, are no member any more. */
    record Removed(int mid, PaxosConfiguration configuration) implements MemberSection {
        @Override
        public int code() {
            return 0x43;
        }

        @Override
        public void write(WireWriter out) {
            out.u32(mid);
            configuration.write(out);
        }

        static Removed read(WireReader in) {
            return new Removed(in.memberMid("mid"), PaxosConfiguration.read(in));
        }
    }

    /** Propose that I go. */
    record Leave(Uuid member) implements MemberSection {
        @Override
        public int code() {
            return 0x44;
        }

        @Override
        public void write(WireWriter out) {
            out.uuid(member);
        }

        static Leave read(WireReader in) {
            return new Leave(in.uuid());
        }
    }
}

package io.wsrep4j.gcomm.paxos.message;

import io.wsrep4j.gcomm.paxos.message.OrderSection.Learned;
import io.wsrep4j.gcomm.paxos.message.ReadSection.Held;
import java.util.List;

/** What forces a membership when a majority is lost for good (docs/spec/paxos.md 17.4). */
public sealed interface ForceSection extends Section {

    /** Stop acting in epochs below this one, and say what you have. */
    record ForcePrepare(int epoch, List<Integer> mids) implements ForceSection {
        @Override
        public int code() {
            return 0x50;
        }

        @Override
        public void write(WireWriter out) {
            out.u32(epoch);
            out.list(mids, (mid, to) -> to.u32(mid));
        }

        static ForcePrepare read(WireReader in) {
            return new ForcePrepare(in.memberMid("epoch"), Commands.mids(in));
        }
    }

    /**
     * That is what I have.
     *
     * @param executed my first slot that is not executed
     * @param decided what I know decided from there on
     * @param accepted what I have accepted from there on
     */
    record ForcePromise(int epoch, long executed, List<Learned> decided, List<Learned> accepted)
            implements ForceSection {
        @Override
        public int code() {
            return 0x51;
        }

        @Override
        public void write(WireWriter out) {
            out.u32(epoch);
            out.u64(executed);
            out.list(decided, Learned::write);
            out.list(accepted, Learned::write);
        }

        static ForcePromise read(WireReader in) {
            return new ForcePromise(
                    in.memberMid("epoch"),
                    in.slot("executed"),
                    in.list("decided slots", Learned.BYTES, Learned::read),
                    in.list("accepted slots", Learned.BYTES, Learned::read));
        }
    }

    /**
     * This is the history, and these are the members after it.
     *
     * @param groupId of the new group
     * @param configuration starts one above the end
     * @param values of all slots from the lowest member's executed to the end
     */
    record ForceInstall(int epoch, long groupId, PaxosConfiguration configuration, Fork fork, List<Held> values)
            implements ForceSection {
        @Override
        public int code() {
            return 0x52;
        }

        @Override
        public void write(WireWriter out) {
            out.u32(epoch);
            out.u64(groupId);
            configuration.write(out);
            fork.write(out);
            out.list(values, Held::write);
        }

        static ForceInstall read(WireReader in) {
            return new ForceInstall(
                    in.memberMid("epoch"),
                    in.u64(),
                    PaxosConfiguration.read(in),
                    Fork.read(in),
                    in.list("values", Held.LEAST_BYTES, Held::read));
        }
    }

    /** Stored. */
    record ForceAck(int epoch, long groupId) implements ForceSection {
        @Override
        public int code() {
            return 0x53;
        }

        @Override
        public void write(WireWriter out) {
            out.u32(epoch);
            out.u64(groupId);
        }

        static ForceAck read(WireReader in) {
            return new ForceAck(in.memberMid("epoch"), in.u64());
        }
    }

    /** All have stored it: it is the history. */
    record ForceGo(int epoch, long groupId) implements ForceSection {
        @Override
        public int code() {
            return 0x54;
        }

        @Override
        public void write(WireWriter out) {
            out.u32(epoch);
            out.u64(groupId);
        }

        static ForceGo read(WireReader in) {
            return new ForceGo(in.memberMid("epoch"), in.u64());
        }
    }

    /** Your group ended in mine. */
    record Stale(int epoch, List<Fork> forks) implements ForceSection {
        @Override
        public int code() {
            return 0x55;
        }

        @Override
        public void write(WireWriter out) {
            out.u32(epoch);
            out.list(forks, Fork::write);
        }

        static Stale read(WireReader in) {
            return new Stale(in.memberMid("epoch"), in.list("forks", Fork.BYTES, Fork::read));
        }
    }
}

package io.wsrep4j.gcomm.paxos.message;

import io.wsrep4j.api.Uuid;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Who is in, who owns which slot, from a slot on (docs/spec/paxos.md 3).
 *
 * @param number 1 at bootstrap, +1 with each effective change
 * @param epoch 1 at bootstrap, +1 with each forced membership
 * @param start the first slot it governs
 * @param horizon in slots, at least twice the lanes
 * @param mode what the operator or the policy set
 * @param changesView whether its start is a view
 * @param protocol what all members do alike
 * @param preferredLeader mid, 0 for none
 * @param members by ascending mid
 * @param lanes mids
 */
public record PaxosConfiguration(
        int number,
        int epoch,
        long start,
        int horizon,
        Mode mode,
        boolean changesView,
        int protocol,
        int preferredLeader,
        List<PaxosMember> members,
        List<Integer> lanes) {

    public static final int MIN_HORIZON = 32;
    public static final int MAX_HORIZON = 8192;

    static final int LEAST_BYTES = 34;

    public PaxosConfiguration {
        members = List.copyOf(members);
        lanes = List.copyOf(lanes);
    }

    public PaxosMember member(int mid) {
        for (PaxosMember member : members) {
            if (member.mid() == mid) {
                return member;
            }
        }
        return null;
    }

    public PaxosMember member(Uuid uuid) {
        for (PaxosMember member : members) {
            if (member.uuid().equals(uuid)) {
                return member;
            }
        }
        return null;
    }

    public int weight(int mid) {
        PaxosMember member = member(mid);
        return member == null ? 0 : member.weight();
    }

    public int totalWeight() {
        int total = 0;
        for (PaxosMember member : members) {
            total += member.weight();
        }
        return total;
    }

    /** Whether each lane is its owner's alone, so that skips need no votes (docs/spec/paxos.md 3.3). */
    public boolean isExclusive() {
        int without = 0;
        for (PaxosMember member : members) {
            without += lanes.contains(member.mid()) ? 0 : member.weight();
        }
        return lanes.size() > 1 && 2 * without <= totalWeight();
    }

    /** Of a slot at or above the start; unbounded above: who asks knows where the next configuration starts. */
    public int owner(long slot) {
        return lanes.get((int) ((slot - start) % lanes.size()));
    }

    void write(WireWriter out) {
        out.u32(number);
        out.u32(epoch);
        out.u64(start);
        out.u32(horizon);
        out.u8(mode.ordinal());
        out.u8(changesView ? 1 : 0);
        out.u8(protocol);
        out.u8(0);
        out.u32(preferredLeader);
        out.list(members, PaxosMember::write);
        out.list(lanes, (mid, to) -> to.u32(mid));
    }

    static PaxosConfiguration read(WireReader in) {
        int number = in.memberMid("configuration's number");
        int epoch = in.memberMid("configuration's epoch");
        long start = in.slot("configuration's start");
        int horizon = in.intIn("configuration's horizon", 2, MAX_HORIZON);
        Mode mode = Mode.read(in);
        boolean changesView = in.flag("configuration's flags");
        int protocol = in.u8();
        in.zero8("configuration's reserved byte");
        int preferred = in.mid("configuration's preferred leader");
        List<PaxosMember> members = in.list("members", PaxosMember.LEAST_BYTES, PaxosMember::read);
        List<Integer> lanes = in.list("lanes", 4, reader -> reader.memberMid("lane's mid"));
        check(members, lanes, horizon);
        return new PaxosConfiguration(
                number, epoch, start, horizon, mode, changesView, protocol, preferred, members, lanes);
    }

    private static void check(List<PaxosMember> members, List<Integer> lanes, int horizon) {
        int last = 0;
        Set<Integer> mids = new HashSet<>();
        for (PaxosMember member : members) {
            if (member.mid() <= last) {
                throw new MalformedFrameException("configuration's members are not by ascending mid");
            }
            last = member.mid();
            mids.add(last);
        }
        boolean isSound = !lanes.isEmpty()
                && mids.containsAll(lanes)
                && new HashSet<>(lanes).size() == lanes.size()
                && horizon >= 2 * lanes.size();
        if (!isSound) {
            throw new MalformedFrameException(
                    "configuration with lanes " + lanes + " of members " + mids + ", horizon " + horizon);
        }
    }
}

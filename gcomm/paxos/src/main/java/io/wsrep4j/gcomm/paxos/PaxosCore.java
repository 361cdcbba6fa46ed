package io.wsrep4j.gcomm.paxos;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.paxos.message.ForceSection;
import io.wsrep4j.gcomm.paxos.message.MemberSection.Alive;
import io.wsrep4j.gcomm.paxos.message.MemberSection.Hello;
import io.wsrep4j.gcomm.paxos.message.MemberSection.Join;
import io.wsrep4j.gcomm.paxos.message.MemberSection.JoinAnswer;
import io.wsrep4j.gcomm.paxos.message.MemberSection.Leave;
import io.wsrep4j.gcomm.paxos.message.MemberSection.Reject;
import io.wsrep4j.gcomm.paxos.message.MemberSection.Removed;
import io.wsrep4j.gcomm.paxos.message.MemberSection.Snapshot;
import io.wsrep4j.gcomm.paxos.message.MemberSection.Welcome;
import io.wsrep4j.gcomm.paxos.message.Mode;
import io.wsrep4j.gcomm.paxos.message.PaxosConfiguration;
import io.wsrep4j.gcomm.paxos.message.PaxosFrame;
import io.wsrep4j.gcomm.paxos.message.PaxosMember;
import io.wsrep4j.gcomm.paxos.message.ReadSection.Gone;
import io.wsrep4j.gcomm.paxos.message.ReadSection.Index;
import io.wsrep4j.gcomm.paxos.message.ReadSection.Read;
import io.wsrep4j.gcomm.paxos.message.ReadSection.Values;
import io.wsrep4j.gcomm.paxos.message.Section;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * One member of a {@code paxos://} group (docs/spec/paxos.md): a state machine. The same calls with the same times have the same effects. Not
 * thread-safe: one lock or thread owns it together with the transport below and the listener above, and no call may be made from inside a call of
 * either, except {@link #send} from the listener.
 *
 * <p>{@code nowNanos} is a count of nanoseconds that is never negative and never goes back.
 */
public final class PaxosCore {

    private static final long REMOVED_PERIOD = 1_000_000_000L;

    /** What became of a message. */
    public enum SendResult {
        ACCEPTED,
        TRY_AGAIN,
        NOT_PRIMARY,
        TOO_LONG,
        CLOSED
    }

    private final PaxosMachine machine;
    private final Map<Uuid, Long> toldRemoved = new HashMap<>();
    private long nextRetry;
    private boolean isInside;

    public PaxosCore(
            PaxosSettings settings,
            PaxosMember self,
            PaxosTransport transport,
            PaxosListener listener,
            AcceptorStore store) {
        this(settings, self, transport, listener, store, new Rules(), Witness.NONE);
    }

    PaxosCore(
            PaxosSettings settings,
            PaxosMember self,
            PaxosTransport transport,
            PaxosListener listener,
            AcceptorStore store,
            Rules rules,
            Witness witness) {
        machine = new PaxosMachine(self.uuid(), settings, transport, listener, store, rules, witness);
        machine.joins.start(self.withMid(0));
    }

    PaxosMachine machine() {
        return machine;
    }

    // ---- beginning and end

    /**
     * Founds a group of this member alone.
     *
     * @param groupId random, not 0
     */
    public void bootstrap(long groupId, Mode mode, long nowNanos) {
        machine.now = nowNanos;
        PaxosMember self = machine.joins.self().withMid(1);
        PaxosConfiguration first = new PaxosConfiguration(
                1, 1, 1, machine.settings.horizon(), mode, true, self.protocolMax(), 0, List.of(self), List.of(1));
        begin(new Snapshot(List.of(first), List.of(), Map.of(), 1, 0), 1, groupId, nowNanos);
    }

    /** Begins as a member of what a snapshot says. */
    void begin(Snapshot snapshot, int mid, long groupId, long nowNanos) {
        machine.now = nowNanos;
        machine.adopt(snapshot.configurations().get(0), mid, groupId);
        machine.membership.become(MembershipState.MEMBER);
        machine.install(snapshot);
        machine.settle();
    }

    /** Asks whoever is reached to be brought in; the transport dials. */
    public void join(long nowNanos) {
        machine.now = nowNanos;
        machine.membership.become(MembershipState.JOINING);
        machine.settle();
    }

    /** Goes, in order, if it can within the linger time; {@link PaxosListener#onLeft} follows. The core still answers until {@link #hasLeft}. */
    public void leave(long nowNanos) {
        machine.now = nowNanos;
        machine.membership.leave();
        machine.settle();
    }

    /** Nothing more comes from here. */
    public boolean hasLeft() {
        return machine.membership.is(MembershipState.LEFT);
    }

    // ---- below

    /** There is a link to a process. */
    public void connected(Uuid peer, long nowNanos) {
        machine.now = nowNanos;
        machine.joins.onConnected(peer);
        PaxosMember member = machine.slots.isEmpty() ? null : machine.slots.member(peer);
        if (member != null) {
            machine.lane.repeatTo(member.mid());
        }
        machine.settle();
    }

    /** There is none any more. */
    public void disconnected(Uuid peer, long nowNanos) {
        machine.now = nowNanos;
        machine.joins.onDisconnected(peer);
        machine.settle();
    }

    /** @param peer who the link leads to */
    public void receive(Uuid peer, PaxosFrame frame, long nowNanos) {
        machine.now = nowNanos;
        for (Section section : frame.sections()) {
            if (section instanceof ForceSection one && machine.mid != 0) {
                machine.force.receive(peer, frame, one);
            }
        }
        if (!isOfThisGroup(peer, frame)) {
            machine.settle();
            return;
        }
        PaxosMember sender = frame.from() == 0 || machine.slots.isEmpty() ? null : machine.slots.member(frame.from());
        if (sender != null && !sender.uuid().equals(peer)) {
            machine.transport.close(peer, "speaks as member " + frame.from() + ", which is " + sender.uuid());
            return;
        }
        boolean isToMe = machine.mid != 0 && frame.to() == machine.mid;
        if (sender != null) {
            machine.detector.onFrame(frame.from(), frame.executed());
            if (isToMe) {
                machine.seen(Math.min(frame.maxSlot(), machine.horizon() - 1), 0);
            }
        } else if (frame.from() != 0 && machine.mid != 0 && machine.executor.isInstalled()) {
            onStranger(peer, frame);
        }
        for (Section section : frame.sections()) {
            onSection(peer, frame, section, sender != null, isToMe);
        }
        machine.settle();
    }

    private boolean isOfThisGroup(Uuid peer, PaxosFrame frame) {
        boolean isKnown = frame.groupId() != 0 && machine.groupId != 0;
        if (isKnown && machine.force.isAncestor(frame.groupId())) {
            machine.force.answerStale(peer);
            return false;
        }
        if (isKnown && frame.groupId() != machine.groupId) {
            String text = "another group of the same name: id " + Long.toHexString(frame.groupId());
            machine.transport.close(peer, text);
            return false;
        }
        return !isKnown || frame.epoch() == machine.epoch;
    }

    /** A member that no known configuration names: it is behind, or this one is (11.7). */
    private void onStranger(Uuid peer, PaxosFrame frame) {
        PaxosConfiguration newest = machine.slots.newest();
        if (frame.configuration() > newest.number()) {
            machine.seen(Math.min(frame.maxSlot(), machine.horizon() - 1), 0);
            machine.detector.onStranger(frame.from(), peer, frame.executed());
            return;
        }
        toldRemoved.values().removeIf(at -> machine.now - at >= REMOVED_PERIOD);
        if (frame.from() <= machine.reconfiguration.highestMid()
                && toldRemoved.putIfAbsent(peer, machine.now) == null) {
            machine.out.tell(peer, new Removed(frame.from(), newest));
        }
    }

    private void onSection(Uuid peer, PaxosFrame frame, Section section, boolean isMember, boolean isToMe) {
        if (section instanceof Hello hello) {
            machine.joins.onHello(peer, hello);
        } else if (section instanceof Welcome welcome) {
            machine.joins.onWelcome(peer, welcome, frame);
        } else if (section instanceof Join join) {
            machine.joins.onJoin(peer, join);
        } else if (section instanceof JoinAnswer answer) {
            machine.joins.onJoinAnswer(answer);
        } else if (section instanceof Reject reject) {
            machine.listener.onNotice("refused by " + peer + ": " + reject.why() + ", " + reject.text());
        } else if (section instanceof Removed removed) {
            machine.membership.onRemoved(removed);
        } else if (section instanceof Read read && !isMember && frame.from() != 0 && machine.mid != 0) {
            machine.learner.onStrangersRead(peer, read);
        } else if ((isToMe || (frame.to() == 0 && section instanceof Values))
                && (isMember || machine.detector.isStranger(frame.from()))) {
            onMemberSection(frame, section);
        }
    }

    private void onMemberSection(PaxosFrame frame, Section section) {
        int from = frame.from();
        if (section instanceof Alive alive) {
            machine.detector.onAlive(from, alive);
        } else if (section instanceof Snapshot snapshot) {
            machine.joins.onSnapshot(snapshot);
        } else if (section instanceof Gone gone) {
            machine.losses.onGone(from, gone.lowest());
        } else if (section instanceof Index index) {
            machine.reads.onIndex(from, index, frame.configuration());
        } else if (section instanceof Leave leave) {
            machine.membership.onLeave(leave);
        } else {
            machine.dispatch(from, section);
        }
    }

    // ---- above

    /** @param bytes between position and limit; not written to after this call */
    public SendResult send(int type, ByteBuffer bytes, long nowNanos) {
        SendResult refused = refusal(bytes.remaining());
        if (refused != null) {
            return refused;
        }
        machine.queue.add(type, bytes.slice());
        if (!isInside) {
            isInside = true;
            machine.now = Math.max(machine.now, nowNanos);
            machine.settle();
            isInside = false;
        }
        return SendResult.ACCEPTED;
    }

    private SendResult refusal(int length) {
        if (machine.membership.is(MembershipState.LEFT) || machine.membership.is(MembershipState.CLOSED)) {
            return SendResult.CLOSED;
        }
        if (!machine.membership.is(MembershipState.MEMBER) || machine.membership.isSuspended()) {
            return SendResult.NOT_PRIMARY;
        }
        if (length > machine.settings.bounds().maxMessage()) {
            return SendResult.TOO_LONG;
        }
        return machine.queue.hasRoom(length) ? null : SendResult.TRY_AGAIN;
    }

    /** Answered by {@link PaxosListener#onCausal}. */
    public SendResult causal(long token, long nowNanos) {
        SendResult refused = refusal(0);
        if (refused == null || refused == SendResult.TRY_AGAIN) {
            machine.now = nowNanos;
            machine.reads.request(token);
            machine.settle();
            return SendResult.ACCEPTED;
        }
        return refused;
    }

    /**
     * Has the whole group switch, without a stop.
     *
     * @param leader mid of the owner in {@link Mode#SINGLE}, preferred one else; 0 for none
     */
    public void setMode(Mode mode, int leader, long nowNanos) {
        machine.now = nowNanos;
        if (machine.executor.isInstalled()) {
            machine.modes.set(mode, leader);
        }
        machine.settle();
    }

    /**
     * Goes on with these members alone (docs/spec/paxos.md 17.4). The caller asserts that all others have stopped for ever under this group: what only
     * they have is lost. A view with the forced flag follows, when all of them have stored the same history.
     *
     * @param members of the present configuration, this one among them
     * @param newGroupId random, not 0
     * @return null, or why not: a sentence that names what is wrong
     */
    public String force(List<Uuid> members, long newGroupId, long nowNanos) {
        machine.now = nowNanos;
        if (!machine.executor.isInstalled()) {
            return "this member is in no group";
        }
        List<Integer> mids = new ArrayList<>();
        for (Uuid one : members) {
            PaxosMember member = machine.slots.at(machine.executed()).member(one);
            if (member == null) {
                return one + " is no member of the present configuration";
            }
            mids.add(member.mid());
        }
        String problem = machine.force.begin(mids, newGroupId);
        machine.force.advance();
        machine.settle();
        return problem;
    }

    // ---- time

    /** When {@link #onTimer} wants to be called next; {@link Long#MAX_VALUE} for never. May change with every call. */
    public long nextDeadline() {
        if (hasLeft() || machine.membership.is(MembershipState.CLOSED)) {
            return Long.MAX_VALUE;
        }
        long deadline = Math.min(machine.out.deadline(), Math.min(machine.gaps.deadline(), machine.joins.deadline()));
        deadline = Math.min(deadline, Math.min(machine.reads.deadline(), machine.force.deadline()));
        return machine.slots.isEmpty()
                ? deadline
                : Math.min(deadline, Math.min(machine.detector.deadline(), nextRetry));
    }

    /** Serves what is due; calling too early or too often does no harm. */
    public void onTimer(long nowNanos) {
        machine.now = nowNanos;
        if (hasLeft()) {
            return;
        }
        machine.joins.tick();
        machine.force.tick();
        boolean isTurn = !machine.slots.isEmpty() && nowNanos >= machine.detector.deadline();
        machine.detector.tick();
        if (isTurn) {
            machine.membership.tick();
            machine.modes.tick();
        }
        if (nowNanos >= nextRetry) {
            nextRetry = nowNanos + machine.settings.timing().retryPeriod() / 4;
            machine.lane.retry();
        }
        machine.settle();
    }

    /** Status variables by name (docs/spec/paxos.md 23). */
    public SortedMap<String, String> status() {
        return machine.statistics.of(machine);
    }
}

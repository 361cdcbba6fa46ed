package io.wsrep4j.gcomm.paxos;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.paxos.message.Command.Refresh;
import io.wsrep4j.gcomm.paxos.message.Command.Remove;
import io.wsrep4j.gcomm.paxos.message.MemberSection.Leave;
import io.wsrep4j.gcomm.paxos.message.MemberSection.Removed;
import io.wsrep4j.gcomm.paxos.message.PaxosConfiguration;
import io.wsrep4j.gcomm.paxos.message.PaxosMember;
import java.util.List;

/** This member's own life: suspension, leaving, being expelled, and what it asks the order for (docs/spec/paxos.md 13, 16, 17). */
final class Membership {

    private final PaxosMachine machine;

    private MembershipState state = MembershipState.CLOSED;
    private boolean isSuspended;
    /** The configuration that this member is no longer in. */
    private PaxosConfiguration removedBy;

    private long removedAt;
    private boolean returns;
    private long leavingSince;
    private int rejoins;
    private long viewAt;

    Membership(PaxosMachine machine) {
        this.machine = machine;
    }

    MembershipState state() {
        return state;
    }

    boolean isSuspended() {
        return isSuspended;
    }

    void become(MembershipState next) {
        state = next;
    }

    boolean is(MembershipState one) {
        return state == one;
    }

    /** A view of this member's group: whatever was out of reach has been overcome. */
    void onView(PaxosConfiguration configuration) {
        isSuspended = false;
        removedBy = null;
        viewAt = machine.now;
        machine.detector.onView();
        if (state == MembershipState.JOINING) {
            state = MembershipState.MEMBER;
            rejoins = 0;
        }
        machine.joins.onView(configuration);
    }

    /** All below the next configuration is executed. */
    void onEnding(PaxosConfiguration next) {
        if (next.member(machine.mid) == null && (state == MembershipState.MEMBER || state == MembershipState.LEAVING)) {
            out(next, state == MembershipState.LEAVING);
        }
    }

    private void out(PaxosConfiguration by, boolean wanted) {
        machine.executor.stop();
        removedBy = by;
        removedAt = machine.now;
        isSuspended = false;
        machine.reads.fail();
        if (wanted) {
            state = MembershipState.LEAVING;
            machine.listener.onLeft(null);
        } else {
            machine.statistics.expelled++;
            state = MembershipState.LEAVING;
            returns = true;
            machine.listener.onExpelled("removed from the group by configuration " + by.number());
        }
    }

    /** Somebody says that this member is out (11.7). What lies below is still delivered if it can be had. */
    void onRemoved(Removed removed) {
        boolean isNews = removed.mid() == machine.mid
                && machine.executor.isInstalled()
                && removed.configuration().number() > machine.slots.newest().number()
                && removed.configuration().member(machine.mid) == null;
        if (isNews && removedBy == null) {
            removedBy = removed.configuration();
            removedAt = machine.now;
            machine.raiseMaxSlot(machine.horizon() - 1);
        }
    }

    /** The group was forced on without this member (17.4). */
    void onStale(long diverged) {
        if (diverged > 0) {
            machine.listener.onDiverged(diverged);
        }
        machine.executor.stop();
        machine.reads.fail();
        isSuspended = false;
        machine.statistics.expelled++;
        machine.listener.onExpelled("the group was forced to go on without this member");
        machine.restart(machine.slots.newest());
    }

    /** Nobody alive has this member's next slot any more: it begins anew (14.4). */
    void onLostHistory() {
        if (machine.executor.isInstalled()) {
            machine.listener.onNotice(
                    "slot " + machine.executed() + " is held by nobody any more: this member begins anew");
            machine.order(List.of(new Remove(List.of(machine.mid))));
            out(machine.slots.newest(), state == MembershipState.LEAVING);
        }
    }

    void leave() {
        if (state == MembershipState.MEMBER) {
            state = MembershipState.LEAVING;
            leavingSince = machine.now;
        } else if (state != MembershipState.LEAVING || returns) {
            gone(null);
        }
    }

    private void gone(String failure) {
        boolean isTold = state == MembershipState.LEAVING && removedBy != null && !returns;
        state = MembershipState.LEFT;
        machine.executor.stop();
        machine.reads.fail();
        if (!isTold) {
            machine.listener.onLeft(failure);
        }
    }

    void tick() {
        if (machine.slots.isEmpty() || state == MembershipState.JOINING || state == MembershipState.LEFT) {
            return;
        }
        if (machine.executor.isInstalled()) {
            judgeSelf();
            if (removedBy != null
                    && machine.now - removedAt > machine.settings.timing().joinTimeout()) {
                out(removedBy, state == MembershipState.LEAVING);
            } else if (removedBy == null && !machine.isFrozen()) {
                expel();
                refresh();
                if (state == MembershipState.LEAVING) {
                    askToGo();
                }
            }
        }
        if (state == MembershipState.LEAVING && !machine.executor.isInstalled()) {
            linger();
        }
    }

    /** 13.6: alone with a minority, or cut off from everybody. */
    private void judgeSelf() {
        PaxosConfiguration current = machine.slots.at(machine.executed());
        if (!isSuspended && !machine.detector.hearsMajority(current)) {
            isSuspended = true;
            machine.reads.fail();
            machine.listener.onSuspended();
        }
    }

    private void expel() {
        PaxosConfiguration newest = machine.slots.newest();
        long more = machine.rank(newest) * machine.settings.timing().expelTimeout() / 2;
        List<Integer> convicted = machine.detector.convicted(more);
        convicted.remove((Integer) machine.mid);
        if (!convicted.isEmpty()
                && !machine.slots.isPending(machine.executed())
                && machine.detector.hearsMajority(newest)) {
            machine.order(List.of(new Remove(convicted)));
        }
    }

    /** 17.1: the coordinator asks for a view for all who were suspended and are heard again. */
    private void refresh() {
        PaxosConfiguration newest = machine.slots.newest();
        // what is heard shortly after a view was said before it
        boolean isEarly = machine.now - viewAt < 2 * machine.settings.timing().alivePeriod();
        if (isEarly
                || machine.slots.isPending(machine.executed())
                || machine.rank(newest) != 0
                || !machine.detector.hearsMajority(newest)) {
            return;
        }
        for (PaxosMember member : newest.members()) {
            boolean wants = member.mid() == machine.mid ? isSuspended : machine.detector.wantsView(member.mid());
            if (wants) {
                machine.order(List.of(new Refresh(0, Uuid.UNDEFINED)));
                return;
            }
        }
    }

    private void askToGo() {
        PaxosConfiguration newest = machine.slots.newest();
        boolean isLast =
                newest.members().stream().noneMatch(member -> member.mid() != machine.mid && member.mayOwnLane());
        boolean isOverdue =
                machine.now - leavingSince > machine.settings.timing().linger();
        if (isLast || isOverdue) {
            gone(null);
        } else if (newest.member(machine.mid) != null && !machine.queue.hasOwnUnexecuted()) {
            machine.order(List.of(new Remove(List.of(machine.mid))));
        }
    }

    /** A member asks for its own removal. */
    void onLeave(Leave leave) {
        PaxosMember member = machine.slots.newest().member(leave.member());
        if (member != null) {
            machine.order(List.of(new Remove(List.of(member.mid()))));
        }
    }

    /** 16.2: the others may need this member's votes on old slots, until a majority of them is beyond. */
    private void linger() {
        int weight = 0;
        for (PaxosMember member : removedBy.members()) {
            weight += machine.executedOf(member.mid()) >= removedBy.start() ? member.weight() : 0;
        }
        boolean isOver = 2 * weight > removedBy.totalWeight();
        if (!isOver && machine.now - removedAt < machine.settings.timing().linger()) {
            return;
        }
        if (!returns) {
            gone(null);
        } else if (rejoins++ < machine.settings.autoRejoin()) {
            returns = false;
            machine.statistics.rejoins++;
            machine.restart(removedBy);
        } else {
            returns = false;
            removedBy = null;
            gone("expelled, and paxos.auto_rejoin is used up");
        }
    }
}

package io.wsrep4j.gcomm.paxos;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.paxos.message.Ballot;
import io.wsrep4j.gcomm.paxos.message.PaxosConfiguration;
import io.wsrep4j.gcomm.paxos.message.PaxosFrame;
import io.wsrep4j.gcomm.paxos.message.PaxosMember;
import io.wsrep4j.gcomm.paxos.message.Value;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A process of a simulated group, and what its core told it. */
final class SimulatedMember implements PaxosTransport, PaxosListener, Witness {

    private static final java.util.Set<String> SHOWN = java.util.Set.of(
            "paxos_state",
            "paxos_executed",
            "paxos_max_slot",
            "paxos_silent",
            "paxos_mode",
            "paxos_ballot_max",
            "paxos_gone_sent");

    final SimulatedGroup group;
    final int index;
    final PaxosMember self;
    final PaxosCore core;
    final List<String> notices = new ArrayList<>();
    /** Delivered, in order: "view 3" or "2:17", member's index and its counter. */
    final List<String> delivered = new ArrayList<>();
    /** Positions in the order at each view, of {@link #delivered}. */
    final Map<Long, Boolean> causal = new HashMap<>();

    boolean isDown;
    boolean isSuspended;
    boolean isExpelled;
    String left;
    PaxosConfiguration view;
    int views;
    long sent;
    long deliveredOwn;
    long diverged;
    boolean isForced;
    /** Index in the journal of the next event; -1 before the first view of an incarnation. */
    int position = -1;
    /** The group that position is in. */
    long journalGroup;

    private long frozenUntil;
    private long timerAt = Long.MAX_VALUE;
    private final List<Runnable> thawing = new ArrayList<>();

    SimulatedMember(SimulatedGroup group, int index, PaxosMember self, PaxosSettings settings, Rules rules) {
        this.group = group;
        this.index = index;
        this.self = self;
        core = new PaxosCore(settings, self, this, this, AcceptorStore.NONE, rules, this);
    }

    PaxosMachine machine() {
        return core.machine();
    }

    boolean isMember() {
        return !isDown
                && machine().membership.is(MembershipState.MEMBER)
                && machine().executor.isInstalled();
    }

    // ---- what happens to it

    void call(Consumer<PaxosCore> action) {
        action.accept(core);
        group.journal.check(this);
        schedule();
    }

    void callIfUp(Consumer<PaxosCore> action) {
        if (isDown) {
            return;
        }
        if (group.now < frozenUntil) {
            thawing.add(() -> callIfUp(action));
        } else {
            call(action);
        }
    }

    void receive(Uuid from, PaxosFrame frame) {
        callIfUp(one -> one.receive(from, frame, group.now));
    }

    private void schedule() {
        long deadline = core.nextDeadline();
        if (!isDown && deadline < timerAt) {
            timerAt = Math.max(deadline, group.now + 1000);
            long at = timerAt;
            group.at(at, () -> {
                if (timerAt == at) {
                    timerAt = Long.MAX_VALUE;
                    callIfUp(one -> one.onTimer(group.now));
                }
            });
        }
    }

    void crash() {
        isDown = true;
    }

    void freeze(long nanos) {
        frozenUntil = Math.max(frozenUntil, group.now + nanos);
        group.at(frozenUntil, () -> {
            if (group.now >= frozenUntil) {
                List<Runnable> all = new ArrayList<>(thawing);
                thawing.clear();
                all.forEach(Runnable::run);
                callIfUp(one -> one.onTimer(group.now));
            }
        });
    }

    boolean isFrozen() {
        return group.now < frozenUntil;
    }

    /** @return whether it was accepted */
    boolean send(int size) {
        if (isDown || isFrozen()) {
            return false;
        }
        ByteBuffer bytes = ByteBuffer.allocate(Math.max(12, size));
        bytes.putInt(0, index).putLong(4, sent + 1);
        boolean[] accepted = new boolean[1];
        call(one -> {
            sent++;
            accepted[0] = one.send(7, bytes, group.now) == PaxosCore.SendResult.ACCEPTED;
            if (!accepted[0]) {
                sent--;
            }
        });
        return accepted[0];
    }

    // ---- what it does

    @Override
    public void send(Uuid to, PaxosFrame frame) {
        group.transmit(index, to, frame);
    }

    @Override
    public void dial(Uuid member, String address) {}

    @Override
    public void close(Uuid peer, String reason) {
        notices.add("close " + peer + ": " + reason);
    }

    @Override
    public void onView(PaxosConfiguration configuration, long groupId, long number, boolean forced) {
        view = configuration;
        views++;
        isSuspended = false;
        isExpelled = false;
        isForced = forced;
        deliver(
                "view " + configuration.epoch() + "." + number + " "
                        + configuration.members().stream().map(PaxosMember::mid).toList(),
                true);
    }

    @Override
    public void onMessage(int sender, int type, ByteBuffer bytes) {
        if (bytes.remaining() < 12) {
            return; // a liar's
        }
        int from = bytes.getInt(bytes.position());
        if (from == index) {
            deliveredOwn++;
        }
        deliver(from + ":" + bytes.getLong(bytes.position() + 4), false);
    }

    private void deliver(String event, boolean isView) {
        delivered.add(event);
        group.journal.delivered(this, event, isView);
    }

    @Override
    public void onSuspended() {
        isSuspended = true;
    }

    @Override
    public void onCausal(long token, boolean reached) {
        causal.put(token, reached);
    }

    @Override
    public void onExpelled(String reason) {
        isExpelled = true;
        position = -1;
        // what was not delivered is reported lost
        deliveredOwn = sent;
    }

    @Override
    public void onDiverged(long slots) {
        diverged = slots;
    }

    @Override
    public void onLeft(String failure) {
        left = String.valueOf(failure);
    }

    @Override
    public void onNotice(String text) {
        notices.add(text);
    }

    @Override
    public void proposed(long slot, Ballot ballot, Value value) {
        group.journal.proposed(this, slot, ballot, value);
    }

    @Override
    public void accepted(int mid, long slot, Ballot ballot, Value value) {
        group.journal.accepted(this, slot, ballot, value);
    }

    @Override
    public void decided(long slot, Value value) {
        group.journal.decided(this, slot, value);
    }

    @Override
    public void violation(String text) {
        group.journal.fail(this, text);
    }

    @Override
    public String toString() {
        return "member " + index + (isDown ? " down" : "") + (isSuspended ? " suspended" : "") + " " + machine().mid
                + " "
                + core.status().entrySet().stream()
                        .filter(one -> SHOWN.contains(one.getKey()))
                        .toList() + " expected "
                + machine().executor.expected() + " own " + deliveredOwn + "/" + sent + " configurations "
                + machine().slots.from(1).stream()
                        .map(one -> one.number() + "@" + one.start()
                                + one.members().stream()
                                        .map(member -> member.mid() + "w" + member.weight())
                                        .toList() + one.lanes())
                        .toList()
                + " "
                + notices.subList(Math.max(0, notices.size() - 3), notices.size());
    }
}

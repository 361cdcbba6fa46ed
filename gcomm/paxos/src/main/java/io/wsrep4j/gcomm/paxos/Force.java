package io.wsrep4j.gcomm.paxos;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.paxos.message.ForceSection;
import io.wsrep4j.gcomm.paxos.message.ForceSection.ForceAck;
import io.wsrep4j.gcomm.paxos.message.ForceSection.ForceGo;
import io.wsrep4j.gcomm.paxos.message.ForceSection.ForceInstall;
import io.wsrep4j.gcomm.paxos.message.ForceSection.ForcePrepare;
import io.wsrep4j.gcomm.paxos.message.ForceSection.ForcePromise;
import io.wsrep4j.gcomm.paxos.message.ForceSection.Stale;
import io.wsrep4j.gcomm.paxos.message.Fork;
import io.wsrep4j.gcomm.paxos.message.PaxosConfiguration;
import io.wsrep4j.gcomm.paxos.message.PaxosFrame;
import io.wsrep4j.gcomm.paxos.message.PaxosMember;
import io.wsrep4j.gcomm.paxos.message.ReadSection.Held;
import io.wsrep4j.gcomm.paxos.message.Value;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Forced membership, at whoever takes part, and what becomes of those who do not (docs/spec/paxos.md 17.4). */
final class Force {

    private static final long RETRY = 1_000_000_000L;

    private final PaxosMachine machine;
    /** No acts in epochs below; 0 if nothing was promised. */
    private int promised;
    /** Of the configuration that is being forced, or {@link SlotMap#NONE}. */
    private long start = SlotMap.NONE;

    private ForceRound round;
    private ForceInstall install;
    private final TreeMap<Long, Value> values = new TreeMap<>();
    private int installer;
    private long nextRetry;

    Force(PaxosMachine machine) {
        this.machine = machine;
    }

    void clear() {
        promised = 0;
        start = SlotMap.NONE;
        round = null;
        install = null;
        values.clear();
    }

    boolean isPromised() {
        return promised > machine.epoch;
    }

    /** Where execution must stop for the forced configuration to begin. */
    long start() {
        return start;
    }

    /**
     * The operator says that all others have stopped for ever.
     *
     * @return null, or why not
     */
    String begin(List<Integer> mids, long groupId) {
        String problem = problem(mids);
        if (problem != null) {
            return problem;
        }
        promised = Math.max(promised, machine.epoch) + 1;
        install = null;
        round = new ForceRound(machine, promised, List.copyOf(mids), groupId);
        nextRetry = machine.now + RETRY;
        round.begin(promise());
        return null;
    }

    private String problem(List<Integer> mids) {
        if (!machine.executor.isInstalled() || !machine.membership.isSuspended()) {
            return "a membership is forced only on a member that has lost the majority";
        }
        if (!mids.contains(machine.mid)) {
            return "the list " + mids + " lacks this member, " + machine.mid;
        }
        PaxosConfiguration present = machine.slots.at(machine.executed());
        for (int mid : mids) {
            if (present.member(mid) == null) {
                return mid + " is no member of the present configuration";
            }
            if (machine.detector.isSilent(mid)) {
                return "member " + mid + " cannot be reached from here";
            }
        }
        if (mids.stream().map(present::member).noneMatch(PaxosMember::mayOwnLane)) {
            return "none of " + mids + " may propose";
        }
        for (int mid : machine.peers()) {
            if (!mids.contains(mid) && !machine.detector.isSilent(mid)) {
                return "member " + mid + " is not in the list and was heard lately: stop it first";
            }
        }
        return null;
    }

    private ForcePromise promise() {
        return new ForcePromise(
                promised, machine.executed(), machine.log.decidedFrom(machine.executed()), machine.acceptor.accepted());
    }

    void receive(Uuid peer, PaxosFrame frame, ForceSection section) {
        PaxosMember sender = machine.slots.member(frame.from());
        boolean isSenders = sender != null && sender.uuid().equals(peer);
        if (!isSenders && !(section instanceof Stale)) {
            return;
        }
        if (section instanceof ForceGo go) {
            onGo(go);
        } else if (section instanceof ForceAck ack && isInstalled(ack)) {
            machine.out.tell(peer, new ForceGo(ack.epoch(), ack.groupId()));
        } else if (section instanceof Stale stale) {
            onStale(stale);
        } else if (frame.groupId() == machine.groupId && machine.executor.isInstalled()) {
            onOfThisGroup(frame.from(), section);
        }
    }

    private boolean isInstalled(ForceAck ack) {
        return ack.groupId() == machine.groupId && ack.epoch() == machine.epoch;
    }

    private void onOfThisGroup(int from, ForceSection section) {
        if (section instanceof ForcePrepare prepare) {
            onPrepare(from, prepare);
        } else if (section instanceof ForceInstall one) {
            onInstall(from, one);
        } else if (round != null && section instanceof ForcePromise promise) {
            round.onPromise(from, promise);
        } else if (round != null && section instanceof ForceAck ack) {
            round.onAck(from, ack);
        }
        advance();
    }

    private void onPrepare(int from, ForcePrepare prepare) {
        boolean isMine = prepare.mids().contains(machine.mid) && machine.membership.isSuspended();
        if (isMine && prepare.epoch() > machine.epoch && prepare.epoch() >= promised) {
            if (prepare.epoch() > promised) {
                promised = prepare.epoch();
                round = null;
                install = null;
                values.clear();
            }
            machine.out.send(from, promise());
        }
    }

    private void onInstall(int from, ForceInstall one) {
        if (one.epoch() != promised
                || promised <= machine.epoch
                || one.configuration().member(machine.mid) == null) {
            return;
        }
        install = one;
        installer = from;
        one.values().forEach(held -> values.put(held.slot(), held.value()));
        acknowledge();
    }

    private void acknowledge() {
        for (long slot = machine.executed(); slot < install.configuration().start(); slot++) {
            if (!values.containsKey(slot)) {
                return;
            }
        }
        machine.out.send(installer, new ForceAck(install.epoch(), install.groupId()));
    }

    void onHeld(Held held) {
        if (round != null) {
            round.onHeld(held);
        }
    }

    long deadline() {
        return round != null || install != null ? nextRetry : Long.MAX_VALUE;
    }

    void tick() {
        if (machine.now < deadline() || deadline() == Long.MAX_VALUE) {
            return;
        }
        nextRetry = machine.now + RETRY;
        if (round != null) {
            round.repeat();
        } else {
            // whoever of them has gone on answers
            install.configuration()
                    .members()
                    .forEach(
                            member -> machine.out.send(member.mid(), new ForceAck(install.epoch(), install.groupId())));
        }
        advance();
    }

    /** The coordinator's next step, if all is there for it. */
    void advance() {
        if (round != null && round.isStored()) {
            ForceRound done = round;
            round = null;
            done.go();
            go(done.install(), done.values());
        }
    }

    private void onGo(ForceGo go) {
        if (install != null && go.epoch() == install.epoch() && go.groupId() == install.groupId() && isPromised()) {
            go(install, values);
        }
    }

    private void go(ForceInstall by, Map<Long, Value> history) {
        PaxosConfiguration forced = by.configuration();
        machine.learner.clear();
        machine.takeovers.clear();
        machine.ahead.clear();
        machine.epoch = by.epoch();
        machine.groupId = by.groupId();
        start = forced.start();
        new TreeMap<>(history).forEach((slot, value) -> {
            if (slot < start) {
                machine.learner.decide(slot, value);
            }
        });
        machine.executor.run();
        machine.slots.replaceFrom(forced);
        machine.addFork(by.fork());
        machine.acceptor.start(forced.start());
        machine.lane.start(forced.start());
        machine.forwarder.clear();
        machine.gaps.clear();
        machine.joins.clear();
        machine.maxSlot = forced.start() - 1;
        promised = 0;
        start = SlotMap.NONE;
        install = null;
        values.clear();
        machine.executor.enter(machine.slots.newest(), true);
    }

    /** Somebody of a group that this one was forced from. */
    boolean isAncestor(long groupId) {
        for (Fork fork : machine.forks()) {
            if (fork.groupId() == groupId) {
                return true;
            }
        }
        return false;
    }

    void answerStale(Uuid peer) {
        machine.out.tell(peer, new Stale(machine.epoch, machine.forks()));
    }

    private void onStale(Stale stale) {
        for (Fork fork : stale.forks()) {
            if (fork.groupId() == machine.groupId
                    && fork.epoch() == machine.epoch
                    && machine.executor.isInstalled()
                    && (install == null || stale.epoch() > install.epoch())) {
                machine.membership.onStale(Math.max(0, machine.executed() - 1 - fork.end()));
                return;
            }
        }
    }
}

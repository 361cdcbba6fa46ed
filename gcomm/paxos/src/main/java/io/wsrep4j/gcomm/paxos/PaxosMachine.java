package io.wsrep4j.gcomm.paxos;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.paxos.message.Ballot;
import io.wsrep4j.gcomm.paxos.message.Command;
import io.wsrep4j.gcomm.paxos.message.Fork;
import io.wsrep4j.gcomm.paxos.message.MemberSection.Snapshot;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Accept;
import io.wsrep4j.gcomm.paxos.message.OrderSection.AcceptNoop;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Ack;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Learn;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Nack;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Prepare;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Promise;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Skip;
import io.wsrep4j.gcomm.paxos.message.PaxosConfiguration;
import io.wsrep4j.gcomm.paxos.message.PaxosMember;
import io.wsrep4j.gcomm.paxos.message.ReadSection.Forward;
import io.wsrep4j.gcomm.paxos.message.ReadSection.Read;
import io.wsrep4j.gcomm.paxos.message.ReadSection.ReadIndex;
import io.wsrep4j.gcomm.paxos.message.ReadSection.Values;
import io.wsrep4j.gcomm.paxos.message.Section;
import io.wsrep4j.gcomm.paxos.message.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The parts of one member and what they share; one owner, no thread of its own (docs/spec/paxos.md 29). */
final class PaxosMachine {

    private static final int KEPT_CONFIGURATIONS = 64;

    final PaxosSettings settings;
    final Rules rules;
    final PaxosTransport transport;
    final PaxosListener listener;
    final AcceptorStore store;
    final Witness witness;
    final Uuid uuid;

    final SlotMap slots = new SlotMap();
    final LogCache log = new LogCache();
    final PaxosStatistics statistics = new PaxosStatistics();
    final Outlet out = new Outlet(this);
    final Ahead ahead = new Ahead(this);
    final Acceptor acceptor = new Acceptor(this);
    final Learner learner = new Learner(this);
    final SendQueue queue = new SendQueue(this);
    final Lane lane = new Lane(this);
    final Forwarder forwarder = new Forwarder(this);
    final Skipper skipper = new Skipper(this);
    final Takeovers takeovers = new Takeovers(this);
    final GapWatch gaps = new GapWatch(this);
    final Executor executor = new Executor(this);
    final Reconfiguration reconfiguration = new Reconfiguration(this);
    final Detector detector = new Detector(this);
    final Membership membership = new Membership(this);
    final Joins joins = new Joins(this);
    final ModePolicy modes = new ModePolicy(this);
    final ReadIndexRounds reads = new ReadIndexRounds(this);
    final Losses losses = new Losses(this);
    final Force force = new Force(this);

    long now;
    int mid;
    /** The last mid this process had: what was promised under it is forgotten with it, so that it is never had again. */
    int lastMid;
    /** The group it had it in. */
    long lastGroup;

    int epoch;
    long groupId;
    /** The highest slot known in use. */
    long maxSlot;
    /** Who used it; 0 if that is not known. */
    int maxSlotProposer;

    private final List<Fork> forks = new ArrayList<>();
    /** Commands asked for lately, and when: the order is not asked twice for the same within a while. */
    private final Map<List<Command>, Long> ordered = new HashMap<>();

    PaxosMachine(
            Uuid uuid,
            PaxosSettings settings,
            PaxosTransport transport,
            PaxosListener listener,
            AcceptorStore store,
            Rules rules,
            Witness witness) {
        this.uuid = uuid;
        this.settings = settings;
        this.transport = transport;
        this.listener = listener;
        this.store = store;
        this.rules = rules;
        this.witness = witness;
    }

    // ---- questions

    long executed() {
        return executor.executed();
    }

    long executedOf(int other) {
        return other == mid ? executed() : detector.executedOf(other);
    }

    long horizon() {
        return slots.isEmpty() ? 0 : rules.horizon(slots.horizon(executed()));
    }

    List<Fork> forks() {
        return List.copyOf(forks);
    }

    /** Whether this member takes no part in its epoch any more. */
    boolean isFrozen() {
        return membership.is(MembershipState.LEFT) || force.isPromised();
    }

    void addFork(Fork fork) {
        forks.add(fork);
    }

    boolean mayPropose() {
        return executor.isInstalled() && !isFrozen() && !slots.isEmpty();
    }

    /** All others of the configurations from the executed slot's on. */
    Set<Integer> peers() {
        Set<Integer> peers = new TreeSet<>();
        for (PaxosConfiguration one : slots.from(executed())) {
            one.members().forEach(member -> peers.add(member.mid()));
        }
        peers.remove(mid);
        return peers;
    }

    /** How many voters go first in what only one should do: those before this member that it hears. */
    int rank(PaxosConfiguration configuration) {
        int rank = 0;
        for (PaxosMember member : configuration.members()) {
            if (member.mid() == mid && member.isVoter()) {
                return rank;
            }
            rank += member.isVoter() && !detector.isSilent(member.mid()) ? 1 : 0;
        }
        return rank;
    }

    // ---- what happens

    void seen(long slot, int proposer) {
        if (slot > maxSlot) {
            maxSlot = slot;
            maxSlotProposer = proposer;
        }
    }

    void raiseMaxSlot(long slot) {
        seen(slot, 0);
    }

    void order(List<Command> commands) {
        ordered.values().removeIf(at -> now - at >= settings.timing().retryPeriod());
        if (ordered.putIfAbsent(commands, now) == null) {
            forwarder.order(commands);
        }
    }

    void violation(int by, String text) {
        statistics.violations++;
        witness.violation("by " + by + ": " + text);
        PaxosMember member = slots.member(by);
        if (member != null) {
            transport.close(member.uuid(), "broke the protocol: " + text);
        }
        listener.onNotice("broken invariant, by member " + by + ": " + text);
    }

    void onProposed(long slot, Ballot ballot, Value value) {
        witness.proposed(slot, ballot, value);
    }

    void onDecided(long slot, Value value) {
        witness.decided(slot, value);
    }

    void onConfiguration(PaxosConfiguration next) {
        lane.dropOrders();
        ordered.clear();
        joins.onConfiguration(next);
        reads.onConfiguration();
    }

    void onExecuted(long slot) {
        lane.executedTo(slot);
        learner.executedTo(slot);
        long spare = Math.max(0, slot - 2L * slots.at(slot).horizon());
        log.evict(settings.bounds().cacheBytes(), spare);
        slots.trim(Math.min(slot - 1, log.low()), KEPT_CONFIGURATIONS);
    }

    // ---- beginnings

    void install(Snapshot snapshot) {
        PaxosConfiguration first = snapshot.configurations().get(0);
        snapshot.configurations().forEach(slots::add);
        reconfiguration.install(Math.max(reconfiguration.highestMid(), snapshot.highestMid()));
        forks.clear();
        forks.addAll(snapshot.forks());
        executor.install(first.start(), snapshot.expected(), snapshot.views());
    }

    /** The order has given this member a name and a place. */
    void adopt(PaxosConfiguration configuration, int newMid, long group) {
        mid = newMid;
        lastMid = newMid;
        lastGroup = group;
        epoch = configuration.epoch();
        groupId = group;
        slots.clear();
        slots.add(configuration);
        log.clear(configuration.start());
        executor.clear();
        executor.awaitAt(configuration.start());
        acceptor.start(configuration.start());
        lane.start(configuration.start());
        queue.restart();
        maxSlot = configuration.start() - 1;
        configuration.members().forEach(member -> detector.onFrame(member.mid(), 0));
    }

    /** Another life under the same UUID, with another mid. */
    void restart(PaxosConfiguration lastKnown) {
        List<PaxosMember> others = lastKnown.members();
        mid = 0;
        epoch = 0;
        groupId = 0;
        maxSlot = 0;
        slots.clear();
        log.clear(1);
        executor.clear();
        acceptor.start(0);
        lane.start(0);
        learner.clear();
        forwarder.clear();
        takeovers.clear();
        gaps.clear();
        detector.clear();
        ahead.clear();
        joins.clear();
        losses.clear();
        force.clear();
        forks.clear();
        ordered.clear();
        out.clear();
        membership.become(MembershipState.JOINING);
        joins.start(joins.self());
        others.forEach(member -> transport.dial(member.uuid(), member.address()));
        others.forEach(member -> out.tell(member.uuid(), joins.hello()));
    }

    // ---- a turn

    /** Sections about slots, from a member; others are {@link PaxosCore}'s. */
    void dispatch(int from, Section section) {
        if (force.isPromised() && !(section instanceof Read) && !(section instanceof Values)) {
            return; // this epoch is over here
        }
        if (section instanceof Accept accept) {
            acceptor.onAccept(from, accept);
        } else if (section instanceof AcceptNoop accept) {
            acceptor.onAcceptNoop(from, accept);
        } else if (section instanceof Ack ack) {
            learner.onAck(from, ack);
        } else if (section instanceof Nack nack) {
            lane.onNack(nack);
        } else if (section instanceof Learn learn) {
            learner.onLearn(from, learn);
        } else if (section instanceof Skip skip) {
            learner.onSkip(from, skip);
        } else if (section instanceof Prepare prepare) {
            acceptor.onPrepare(from, prepare);
        } else if (section instanceof Promise promise) {
            takeovers.onPromise(from, promise);
        } else if (section instanceof Read read) {
            learner.onRead(from, read);
        } else if (section instanceof Values values) {
            learner.onValues(from, values);
        } else if (section instanceof ReadIndex ask) {
            reads.onReadIndex(from, ask);
        } else if (section instanceof Forward forward) {
            forwarder.onForward(forward);
        }
    }

    /** Everything that follows from what happened in this turn, and then it leaves. */
    void settle() {
        boolean isMoving = !slots.isEmpty();
        while (isMoving) {
            isMoving = executor.run();
            isMoving |= ahead.retry();
            if (mayPropose()) {
                lane.goBack();
                lane.propose();
                forwarder.run();
                isMoving |= skipper.run();
            }
        }
        reads.run();
        gaps.tick();
        if (!slots.isEmpty() && executor.run()) {
            settle();
            return;
        }
        out.flush();
    }
}

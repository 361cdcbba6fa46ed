package io.wsrep4j.gcomm.paxos;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.paxos.message.MemberSection.Snapshot;
import io.wsrep4j.gcomm.paxos.message.Mode;
import io.wsrep4j.gcomm.paxos.message.PaxosConfiguration;
import io.wsrep4j.gcomm.paxos.message.PaxosFrame;
import io.wsrep4j.gcomm.paxos.message.PaxosMember;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;

/** A world of members in virtual time (docs/spec/paxos.md 26.1): links with delays, breaks, cuts; processes that crash and freeze. */
final class SimulatedGroup {

    static final long MILLIS = 1_000_000;
    static final long SECOND = 1000 * MILLIS;
    static final int LONGEST_FRAME = 4 << 20;
    static final int MOST_FRAMES = 200_000;
    static final long GROUP = 0x77;

    private record Event(long at, long order, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
        }
    }

    /** One direction between two processes. */
    private static final class Link {
        long lastArrival;
        int generation;
        boolean isCut;
        long extraDelay;
    }

    final Random random;
    final SafetyJournal journal = new SafetyJournal(this);
    final List<SimulatedMember> members = new ArrayList<>();
    private final Map<Uuid, SimulatedMember> byUuid = new HashMap<>();
    private final Map<String, Link> links = new HashMap<>();
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final Rules rules;
    private long order;
    long now = SECOND;
    long delay = MILLIS / 2;
    long jitter = MILLIS / 2;
    /** Frames by the simple name of what is in them. */
    final Map<String, Integer> sections = new TreeMap<>();

    /** What becomes of a frame's bytes on the way; null for nothing. */
    BiFunction<Integer, ByteBuffer, ByteBuffer> tamper;

    int frames;
    long bytes;

    SimulatedGroup(long seed, Rules rules) {
        this.random = new Random(seed);
        this.rules = rules;
    }

    /** Members that are one configuration from the start. */
    static SimulatedGroup of(long seed, Rules rules, PaxosSettings settings, Mode mode, int... weights) {
        SimulatedGroup group = new SimulatedGroup(seed, rules);
        List<PaxosMember> all = new ArrayList<>();
        List<Integer> lanes = new ArrayList<>();
        for (int i = 0; i < weights.length; i++) {
            SimulatedMember member = group.create(settings, weights[i]);
            all.add(member.self.withMid(i + 1));
            if (weights[i] > 0 && (mode != Mode.SINGLE || lanes.isEmpty())) {
                lanes.add(i + 1);
            }
        }
        PaxosConfiguration first = new PaxosConfiguration(1, 1, 1, settings.horizon(), mode, true, 1, 0, all, lanes);
        Snapshot snapshot = new Snapshot(List.of(first), List.of(), Map.of(), weights.length, 0);
        for (SimulatedMember member : group.members) {
            member.call(core -> core.begin(snapshot, member.index + 1, GROUP, group.now));
        }
        return group;
    }

    SimulatedMember create(PaxosSettings settings, int weight) {
        int index = members.size();
        return create(settings, weight, "node" + index);
    }

    SimulatedMember create(PaxosSettings settings, int weight, String address) {
        int index = members.size();
        Uuid uuid = new Uuid(0x1000 + index, 1);
        SimulatedMember member = new SimulatedMember(
                this, index, new PaxosMember(0, uuid, address, 0, weight, false, 1, 1), settings, rules);
        members.add(member);
        byUuid.put(uuid, member);
        return member;
    }

    SimulatedMember member(int index) {
        return members.get(index);
    }

    // ---- network

    private Link link(int from, int to) {
        return links.computeIfAbsent(from + ">" + to, any -> new Link());
    }

    void transmit(int from, Uuid toUuid, PaxosFrame frame) {
        SimulatedMember to = byUuid.get(toUuid);
        if (to == null || to.index == from) {
            return;
        }
        ByteBuffer encoded = frame.encode();
        if (++frames > MOST_FRAMES) {
            throw new AssertionError("a storm of frames: " + sections + describe());
        }
        bytes += encoded.remaining();
        frame.sections().forEach(section -> sections.merge(section.getClass().getSimpleName(), 1, Integer::sum));
        Link link = link(from, to.index);
        if (link.isCut || to.isDown) {
            return;
        }
        long arrival =
                Math.max(link.lastArrival, now + link.extraDelay + delay + (jitter == 0 ? 0 : random.nextLong(jitter)));
        link.lastArrival = arrival;
        int generation = link.generation;
        ByteBuffer arriving = tamper == null ? encoded : tamper.apply(from, encoded);
        Uuid sender = members.get(from).self.uuid();
        at(arrival, () -> {
            if (link.generation == generation && !link.isCut) {
                PaxosFrame read = PaxosFrame.decode(arriving, LONGEST_FRAME);
                to.receive(sender, read);
            }
        });
    }

    void slow(int from, int to, long extra) {
        link(from, to).extraDelay = extra;
    }

    /** What is in flight both ways is lost; there is a new connection at once. */
    void breakLink(int a, int b) {
        link(a, b).generation++;
        link(b, a).generation++;
        connect(a, b);
    }

    void connect(int a, int b) {
        if (!link(a, b).isCut && !link(b, a).isCut && !members.get(a).isDown && !members.get(b).isDown) {
            at(now + delay, () -> members.get(a)
                    .callIfUp(core -> core.connected(members.get(b).self.uuid(), now)));
            at(now + delay, () -> members.get(b)
                    .callIfUp(core -> core.connected(members.get(a).self.uuid(), now)));
        }
    }

    /** One way only. */
    void cut(int from, int to) {
        Link link = link(from, to);
        link.isCut = true;
        link.generation++;
    }

    void cutBoth(int a, int b) {
        cut(a, b);
        cut(b, a);
    }

    void partition(Set<Integer> side) {
        for (SimulatedMember a : members) {
            for (SimulatedMember b : members) {
                if (a != b && side.contains(a.index) != side.contains(b.index)) {
                    cut(a.index, b.index);
                }
            }
        }
    }

    void heal() {
        Set<String> done = new HashSet<>();
        for (SimulatedMember a : members) {
            for (SimulatedMember b : members) {
                if (a.index < b.index && (link(a.index, b.index).isCut || link(b.index, a.index).isCut)) {
                    link(a.index, b.index).isCut = false;
                    link(b.index, a.index).isCut = false;
                    if (done.add(a.index + ":" + b.index)) {
                        connect(a.index, b.index);
                    }
                }
            }
        }
    }

    // ---- time

    void at(long time, Runnable action) {
        events.add(new Event(Math.max(now, time), order++, action));
    }

    void runFor(long nanos) {
        runUntil(now + nanos);
    }

    void runUntil(long end) {
        while (!events.isEmpty() && events.peek().at <= end) {
            Event event = events.poll();
            now = event.at;
            event.action.run();
        }
        now = end;
    }

    /** Runs until a condition holds. */
    void await(String what, long atMost, java.util.function.BooleanSupplier condition) {
        long end = now + atMost;
        while (!condition.getAsBoolean()) {
            if (events.isEmpty() || events.peek().at > end) {
                throw new AssertionError(what + " not within " + atMost / MILLIS + " ms: " + describe());
            }
            Event event = events.poll();
            now = event.at;
            event.action.run();
        }
    }

    String describe() {
        StringBuilder text = new StringBuilder();
        members.forEach(member -> text.append('\n').append(member));
        return text.toString();
    }
}

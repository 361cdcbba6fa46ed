package io.wsrep4j.gcomm.simulation;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.Evs;
import io.wsrep4j.gcomm.evs.EvsListener;
import io.wsrep4j.gcomm.evs.EvsOrder;
import io.wsrep4j.gcomm.evs.EvsSendResult;
import io.wsrep4j.gcomm.evs.EvsSettings;
import io.wsrep4j.gcomm.evs.EvsStart;
import io.wsrep4j.gcomm.evs.ViewId;
import io.wsrep4j.gcomm.pc.PcStart;
import io.wsrep4j.gcomm.pc.PcState;
import io.wsrep4j.gcomm.pc.PcView;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A member that lies, among honest ones: it was let in, has the group's view, and sends messages of every kind with something wrong in them,
 * those of EVS beside its own, those of the primary component instead of its own. Then it is cut off, as its operator would do. The
 * honest must not have died of it, must agree on what they delivered, and must be in one primary component again.
 */
final class PcHostileSchedule {

    private static final int HONEST = 3;
    private static final int HOSTILE = HONEST + 1;
    private static final int CONTROL = 0xff;

    /** One step in so many breaks or mends a link of the liar. */
    private static final int LINK_CHANGES = 100;

    /** In lives with guests one step in so many has one come or go. */
    private static final int GUEST_CHANGES = 60;

    /** In lives with such links one step in so many has lies, so that suspicion and timers come between them. */
    private static final int SLOW = 15;

    /** Wire type of an EVS message that carries data. */
    private static final int USER = 1;

    /** Headers of EVS and of the primary component in such a message. */
    private static final int USER_HEADERS = 64;

    private static final int USER_HEADER = 52;

    /** Where such a message has its user type, and what control messages of the primary component begin with after their first byte. */
    private static final int USER_TYPE = 32;

    private static final int STATE_MESSAGE = 1;
    private static final int INSTALL_MESSAGE = 2;

    private static final int RETRANS = 2;

    /** One message in so many that have a place in the order is changed. */
    private static final int CHANGES = 4;

    private static final int JOIN = 4;
    private static final int INSTALL = 5;
    private static final int NODE_ENTRY = 70;
    private static final int HAS_SOURCE = 4;
    private static final int EVICTED = 4;

    /** Where the primary component's control messages have their entries, and what says in one that its weight counts. */
    private static final int PC_ENTRIES = 12;

    private static final int PC_ENTRY = 52;
    private static final int HAS_WEIGHT = 2;

    /** Where a node entry has leave_seq, view, safe_seq, lu and hs. */
    private static final int[] NODE_FIELDS = {2, 10, 30, 38, 46};

    private static final long STEP = 10 * SimulatedTime.MILLI;

    /** Of each kind of messages that were seen, so many may be sent again. */
    private static final int SAMPLES = 40;

    /** Suspicion, its margin, and a view; twice, if the first round was led astray. */
    private static final long RECOVERY = 20 * SimulatedTime.SECOND;

    private static final long[] NUMBERS = {
        -1,
        0,
        1,
        2,
        255,
        1 << 14,
        (1 << 14) + 20,
        1 << 20,
        Integer.MAX_VALUE,
        0x3fff_ffffL,
        0x8000_0000L,
        1L << 62,
        Long.MAX_VALUE,
        Long.MIN_VALUE
    };

    private final long seed;
    private final int inputs;
    private final Random random;
    private final SimulatedCluster cluster;
    private final PcSafetyCheck safety = new PcSafetyCheck();
    private final Map<Integer, PcMember> members = new TreeMap<>();
    private final Map<Integer, PcStart> starts = new TreeMap<>();
    private final Map<Integer, List<byte[]>> samples = new TreeMap<>();
    private final List<String> story = new ArrayList<>();
    private final Map<ByteBuffer, byte[]> changed = new HashMap<>();
    private final Map<ByteBuffer, byte[]> told = new HashMap<>();
    private byte[] passing;
    private boolean lies;
    private final boolean breaksLinks;
    private final boolean goesInTheEnd;
    private final boolean hasGuests;
    private int guests;

    /** @param inputs how many messages with something wrong in them are sent */
    PcHostileSchedule(long seed, int inputs) {
        this.seed = seed;
        this.inputs = inputs;
        this.breaksLinks = seed % 4 < 2;
        this.goesInTheEnd = seed % 6 < 4;
        this.hasGuests = seed % 8 >= 6;
        this.random = new Random(seed * 0x9E3779B97F4A7C15L);
        this.cluster = new SimulatedCluster(seed);
        cluster.layer(this::member);
    }

    private EvsListener member(SimulatedNode node, Evs evs) {
        int number = node.number();
        PcMember member = number == HOSTILE ? new Hostile(node, evs, starts.get(number)) : new Honest(node, evs);
        members.put(number, member);
        return member.pc();
    }

    private List<PcView> primaries() {
        return members.values().stream()
                .filter(member -> member.node().number() != HOSTILE && member.isPrimary())
                .map(member -> member.pc().view())
                .toList();
    }

    private void note(int number, PcView view) {
        story.add(String.format("%9.3f s  ", cluster.time().now() / 1e9) + "node " + number + " is in " + view.id()
                + " of "
                + view.members().keySet().stream().map(cluster::numberOf).toList());
    }

    /** Takes nothing of the liar once it has cut it off, until a view has formed without it. */
    private final class Honest extends PcMember {
        private boolean deaf;

        Honest(SimulatedNode node, Evs evs) {
            super(
                    node,
                    evs,
                    starts.get(node.number()),
                    1,
                    safety.witness(node.number(), node.uuid()),
                    PcHostileSchedule.this::primaries,
                    view -> note(node.number(), view));
        }

        @Override
        public void exclude(Uuid other, long nowNanos) {
            int number = cluster.numberOf(other);
            story.add("node " + node().number() + " cuts off " + number);
            if (number != HOSTILE) {
                throw new AssertionError("an honest node is cut off");
            }
            deaf = true;
        }

        boolean isDeaf() {
            deaf &= evs().currentView().members().contains(cluster.node(HOSTILE).uuid());
            return deaf;
        }
    }

    /** Its books and what it sends upward do not count. */
    private final class Hostile extends PcMember {
        private final Evs evs;

        Hostile(SimulatedNode node, Evs evs, PcStart start) {
            super(
                    node,
                    evs,
                    start,
                    1,
                    new PcSafetyCheck().witness(HOSTILE, node.uuid()),
                    List::of,
                    view -> note(HOSTILE, view));
            this.evs = evs;
        }

        @Override
        public EvsSendResult send(int userType, EvsOrder order, ByteBuf payload, long nowNanos) {
            if (lies && userType == CONTROL && random.nextInt(3) > 0) {
                spoil(payload, 0);
                keepWeight(payload);
            }
            return evs.send(userType, order, payload, nowNanos);
        }

        @Override
        public void exclude(Uuid other, long nowNanos) {
            // it does as it likes
        }

        @Override
        public void onFailure(String reason) {
            story.add("the hostile node gives up: " + reason);
        }
    }

    /** Runs it all; throws an AssertionError that tells how to run it again. */
    void run() {
        try {
            live();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "seed " + seed
                            + " fails; run it again with:\n  mvn -o -pl gcomm/gcomm -am test -Dtest=PcHostileMemberTest"
                            + " -Dsurefire.failIfNoSpecifiedTests=false -Dwsrep4j.seed=" + seed + "\n"
                            + String.join("\n", story) + "\n" + cluster.describe(),
                    e);
        }
    }

    private void live() {
        cluster.watch((from, source, message, toAll) -> {
            List<byte[]> alike = samples.computeIfAbsent(type(message), type -> new ArrayList<>());
            if (alike.size() < SAMPLES) {
                alike.add(message);
            } else {
                alike.set(random.nextInt(SAMPLES), message);
            }
        });
        for (int i = 1; i <= HOSTILE; i++) {
            start(i);
            cluster.settle(20 * SimulatedTime.SECOND);
        }
        lies = true;
        cluster.network().filter((from, to, source, message) -> changes(from, to, message));
        int sent = 0;
        while (sent < inputs) {
            cluster.run(STEP);
            if (random.nextInt(3) == 0) {
                sendHonestly();
            }
            int pace = breaksLinks || hasGuests ? SLOW : 1;
            for (int burst = random.nextInt(pace) == 0 ? random.nextInt(4) : 0; burst > 0; burst--) {
                lie();
                sent++;
            }
            if (breaksLinks && random.nextInt(LINK_CHANGES) == 0) {
                changeLink();
            }
            if (hasGuests && random.nextInt(GUEST_CHANGES) == 0) {
                changeGuests();
            }
        }
        lies = false;
        sayGoodbye();
        for (int i = 1; i <= HONEST; i++) {
            if (goesInTheEnd) {
                cut(i);
            } else {
                mend(i);
            }
        }
        judge();
    }

    private void start(int number) {
        Uuid id = new Uuid(
                ((long) random.nextInt() << 32) | (long) number << 16 | 0x1000L, 0x8000_0000_0000_0000L | number);
        starts.put(number, new PcStart(id, 0, number == 1, null));
        SimulatedNode node = cluster.add(number, new EvsStart(id, null), settings());
        if (number == 1) {
            node.bootstrap();
        } else {
            node.join();
        }
    }

    private EvsSettings settings() {
        return EvsSettings.read(Map.of("evs.auto_evict", seed % 8 < 2 ? "2" : "0"));
    }

    private void sendHonestly() {
        PcMember member = members.get(1 + random.nextInt(HONEST));
        member.send(cluster.nextMessageId(), random.nextInt(300), cluster.time().now());
    }

    private void lie() {
        PcMember hostile = members.get(HOSTILE);
        if (random.nextInt(3) == 0 && hostile.node().isRunning()) {
            lieAboveEvs(hostile);
            return;
        }
        byte[] message = mutated(sample().clone());
        if (type(message) == USER) {
            // two messages in one place, to each another, are beyond what a protocol without signatures can see
            return;
        }
        evictNobody(message);
        boolean toAll = random.nextInt(4) > 0;
        int chosen = 1 + random.nextInt(HONEST);
        for (int i = 1; i <= HONEST; i++) {
            if (toAll || i == chosen) {
                cluster.network().send(HOSTILE, cluster.node(i), hostile.node().uuid(), message);
            }
        }
    }

    /**
     * What the liar says in its turn, to all: one message in so many is changed, for each in the same way. What it sends again to one of them is as it
     * was, so that they do not get two messages in one place.
     */
    private boolean changes(int from, int to, byte[] message) {
        if (from == HOSTILE && ((Honest) members.get(to)).isDeaf()) {
            return true;
        }
        if (message == passing || from != HOSTILE || type(message) != USER) {
            return false;
        }
        if (isControl(message)) {
            return tellsOtherwise(to, message);
        }
        if (!lies || breaksLinks || from != HOSTILE || type(message) != USER || (message[1] & RETRANS) != 0) {
            return false;
        }
        if (changed.containsValue(message)) {
            return false;
        }
        byte[] instead = changed.computeIfAbsent(ByteBuffer.wrap(message), original -> {
            byte[] copy = message.clone();
            if (random.nextInt(CHANGES) == 0) {
                spoil(Unpooled.wrappedBuffer(copy, 0, Math.min(copy.length, USER_HEADERS)), 0);
            }
            return type(copy) == USER ? copy : message;
        });
        cluster.network()
                .send(from, cluster.node(to), members.get(HOSTILE).node().uuid(), instead);
        return true;
    }

    /**
     * The liar takes its own STATE and INSTALL as they are; what the others get in their place may be something else, the same for all, and the
     * same when it is sent again.
     */
    private boolean tellsOtherwise(int to, byte[] message) {
        byte[] payload = told.computeIfAbsent(slot(message), place -> {
            byte[] copy = Arrays.copyOfRange(message, USER_HEADER, message.length);
            if (lies && random.nextInt(3) > 0) {
                ByteBuf bytes = Unpooled.wrappedBuffer(copy);
                switch (random.nextInt(4)) {
                    case 0 -> bytes.setByte(1, random.nextInt(5));
                    case 1 -> bytes.setByte(0, bytes.getByte(0) ^ 1 << random.nextInt(8));
                    case 2 -> copy = Arrays.copyOf(copy, 1 + random.nextInt(copy.length));
                    default -> spoil(bytes, 0);
                }
                keepWeight(Unpooled.wrappedBuffer(copy));
            }
            return copy;
        });
        byte[] instead = Arrays.copyOf(message, USER_HEADER + payload.length);
        System.arraycopy(payload, 0, instead, USER_HEADER, payload.length);
        passing = instead;
        cluster.network()
                .send(HOSTILE, cluster.node(to), members.get(HOSTILE).node().uuid(), instead);
        passing = null;
        return true;
    }

    /** The view and the place in it. */
    private static ByteBuffer slot(byte[] message) {
        byte[] place = Arrays.copyOfRange(message, 12, USER_HEADER - Long.BYTES);
        place[USER_TYPE - 12] = 0;
        return ByteBuffer.wrap(place);
    }

    private static boolean isControl(byte[] message) {
        return message.length > USER_HEADER + 1
                && (message[USER_TYPE] & 0xff) == CONTROL
                && (message[USER_HEADER + 1] == STATE_MESSAGE || message[USER_HEADER + 1] == INSTALL_MESSAGE);
    }

    private void lieAboveEvs(PcMember hostile) {
        List<byte[]> data = samples.get(USER);
        byte[] payload = data.get(random.nextInt(data.size()));
        byte[] content = payload.length > 60 ? Arrays.copyOfRange(payload, 52, payload.length) : new byte[12];
        hostile.node().act(() -> {
            ByteBuf bytes = hostile.newPayload(content.length);
            bytes.writeBytes(content);
            spoil(bytes, 0);
            keepWeight(bytes);
            ((Hostile) hostile)
                    .evs.send(CONTROL, EvsOrder.SAFE, bytes, cluster.time().now());
            bytes.release();
        });
    }

    /** Puts numbers where numbers may be, turns bits, makes it shorter or longer, or leaves it as it is: an honest copy in another's name. */
    private byte[] mutated(byte[] original) {
        byte[] bytes = original;
        for (int i = random.nextInt(4); i > 0; i--) {
            switch (random.nextInt(8)) {
                case 0 -> bytes = Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length));
                case 1 -> bytes = delegated(bytes, sample());
                case 2 -> nameAnother(bytes);
                case 3, 4 -> lieAboutNode(bytes);
                default -> spoil(Unpooled.wrappedBuffer(bytes), 0);
            }
        }
        if (bytes.length > 12 && random.nextInt(3) > 0) {
            // it is newer than what was sent before
            Unpooled.wrappedBuffer(bytes).setLongLE(4, 100_000 + cluster.time().now() / STEP + random.nextInt(4));
        }
        return bytes;
    }

    /** In the list of nodes of a JOIN or INSTALL. */
    private void lieAboutNode(byte[] bytes) {
        boolean install = type(bytes) == INSTALL;
        int list = install ? 32 + Uuid.BYTES + 16 + ViewId.BYTES : 32 + 16;
        if (type(bytes) != JOIN && !install || bytes.length < list + Integer.BYTES + NODE_ENTRY) {
            return;
        }
        int entries = (bytes.length - list - Integer.BYTES) / NODE_ENTRY;
        int entry = list + Integer.BYTES + random.nextInt(entries) * NODE_ENTRY + Uuid.BYTES;
        ByteBuf target = Unpooled.wrappedBuffer(bytes);
        int field = random.nextInt(NODE_FIELDS.length + 2);
        if (field < NODE_FIELDS.length) {
            int at = entry + NODE_FIELDS[field];
            boolean near = random.nextBoolean();
            target.setLongLE(
                    at, near ? target.getLongLE(at) + random.nextInt(9) - 4 : NUMBERS[random.nextInt(NUMBERS.length)]);
        } else {
            target.setByte(entry, random.nextInt(8));
        }
    }

    /** A member may give itself any weight, and take the majority with it when it goes: of that the protocol has it that it be believed. */
    private static void keepWeight(ByteBuf payload) {
        int start = payload.readerIndex();
        for (int entry = PC_ENTRIES; entry + PC_ENTRY <= payload.readableBytes(); entry += PC_ENTRY) {
            int flags = start + entry + Uuid.BYTES;
            payload.setByte(flags, payload.getByte(flags) | HAS_WEIGHT);
            payload.setByte(flags + 3, 1);
        }
    }

    /** Any member may evict any other, for good: evs.evict, an operator's command at one node, is told in no other way. */
    private static void evictNobody(byte[] bytes) {
        boolean install = type(bytes) == INSTALL;
        int source = bytes.length > 1 && (bytes[1] & HAS_SOURCE) != 0 ? Uuid.BYTES : 0;
        int entry = 32 + source + 16 + (install ? ViewId.BYTES : 0) + Integer.BYTES + Uuid.BYTES;
        for (; (type(bytes) == JOIN || install) && entry < bytes.length; entry += NODE_ENTRY) {
            bytes[entry] &= ~EVICTED;
        }
    }

    private byte[] sample() {
        List<List<byte[]>> kinds = List.copyOf(samples.values());
        List<byte[]> alike = kinds.get(random.nextInt(kinds.size()));
        return alike.get(random.nextInt(alike.size()));
    }

    private static int type(byte[] message) {
        return message[0] >>> 2 & 7;
    }

    private void nameAnother(byte[] bytes) {
        if (bytes.length > 48) {
            Uuid victim = cluster.node(1 + random.nextInt(HONEST)).uuid();
            int at = random.nextInt(bytes.length - 15);
            Unpooled.wrappedBuffer(bytes)
                    .setLong(at, victim.mostSignificant())
                    .setLong(at + 8, victim.leastSignificant());
        }
    }

    private void spoil(ByteBuf bytes, int from) {
        int length = bytes.readableBytes();
        if (length <= from) {
            return;
        }
        int at = bytes.readerIndex() + from + random.nextInt(length - from);
        switch (random.nextInt(3)) {
            case 0 -> bytes.setByte(at, bytes.getByte(at) ^ 1 << random.nextInt(8));
            case 1 -> bytes.setByte(at, random.nextInt(256));
            default -> {
                if (length - from >= Long.BYTES) {
                    int place = bytes.readerIndex() + from + random.nextInt(length - from - Long.BYTES + 1) / 4 * 4;
                    bytes.setLongLE(place, NUMBERS[random.nextInt(NUMBERS.length)]);
                }
            }
        }
    }

    /** Puts a message behind the header of another, as a DELEGATE. */
    private static byte[] delegated(byte[] inner, byte[] header) {
        int headerLength = 32;
        byte[] bytes = Arrays.copyOf(header, headerLength + inner.length);
        bytes[0] = 0x29;
        bytes[1] = 0;
        System.arraycopy(inner, 0, bytes, headerLength, inner.length);
        return bytes;
    }

    /** A malformed frame costs the connection that it came by; who else hears the liar goes on doing so, until it is dialled again. */
    private void changeLink() {
        int number = 1 + random.nextInt(HONEST);
        if (random.nextInt(3) == 0) {
            story.add(String.format("%9.3f s  ", cluster.time().now() / 1e9) + "link to " + number + " mended");
            mend(number);
        } else {
            story.add(String.format("%9.3f s  ", cluster.time().now() / 1e9) + "link to " + number + " broken");
            cut(number);
        }
    }

    /** An honest node joins, or leaves again: each time all tell each other what they know. */
    private void changeGuests() {
        if (guests == 0 || !cluster.node(HOSTILE + guests).isRunning()) {
            start(HOSTILE + ++guests);
        } else {
            sayGoodbye();
        }
    }

    /** To the last guest, if it is still there. */
    private void sayGoodbye() {
        if (guests > 0 && cluster.node(HOSTILE + guests).isRunning()) {
            members.get(HOSTILE + guests).pc().closing();
            cluster.node(HOSTILE + guests).leave();
        }
    }

    private void mend(int number) {
        cluster.network().mend(HOSTILE, number);
        cluster.network().mend(number, HOSTILE);
    }

    private void cut(int number) {
        cluster.network().cut(HOSTILE, number, false);
        cluster.network().cut(number, HOSTILE, false);
    }

    /** The honest are in one component: without the liar, if it was cut off; else with it or without it, as they see fit. */
    private void judge() {
        long end = cluster.time().now() + RECOVERY;
        while (!isWhole() && cluster.time().now() < end) {
            cluster.run(STEP);
        }
        if (!isWhole()) {
            throw new AssertionError("the honest are not in one primary component");
        }
        safety.run();
    }

    private boolean isWhole() {
        TreeSet<Uuid> honest = new TreeSet<>();
        TreeSet<String> views = new TreeSet<>();
        for (int i = 1; i <= HONEST; i++) {
            PcMember member = members.get(i);
            if (!member.node().isRunning()) {
                throw new AssertionError("node " + i + " has left");
            }
            honest.add(member.node().uuid());
            views.add(member.pc().state() + " " + member.pc().view().id());
        }
        return views.size() == 1
                && views.first().startsWith(PcState.PRIM + " ")
                && isOfThe(honest, members.get(1).pc().view().members().keySet());
    }

    private boolean isOfThe(TreeSet<Uuid> honest, Set<Uuid> view) {
        return goesInTheEnd ? view.equals(honest) : view.containsAll(honest);
    }
}

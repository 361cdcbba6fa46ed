package io.wsrep4j.gcomm.simulation;

import io.netty.buffer.Unpooled;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.EvsOrder;
import io.wsrep4j.gcomm.evs.EvsSettings;
import io.wsrep4j.gcomm.evs.EvsStart;
import io.wsrep4j.gcomm.evs.EvsStateName;
import io.wsrep4j.gcomm.evs.EvsView;
import io.wsrep4j.gcomm.evs.EvsWire;
import io.wsrep4j.gcomm.evs.StrayMessages;
import io.wsrep4j.gcomm.evs.ViewId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Runs the steps of one scenario text, and gives the trace. The steps are explained in evs-scenarios/README.md. */
final class Scenario {

    private static final long SEED = 1;
    private static final int EVERYBODY = 0;

    private final SimulatedCluster cluster = new SimulatedCluster(SEED);
    private final StringBuilder trace = new StringBuilder();
    private final Map<String, String> options = new HashMap<>();
    private final Map<Integer, Integer> incarnations = new TreeMap<>();
    private final List<CrashOn> crashes = new ArrayList<>();
    private final Map<Integer, Integer> accepted = new TreeMap<>();
    private final Map<Integer, Integer> refused = new TreeMap<>();
    private TreeSet<String> shownMessages = new TreeSet<>();
    private long mark;
    private int viewsAtMark;
    private int views;
    private boolean safetyChecked = true;
    private String where = "";

    private record CrashOn(int node, String type) {}

    private Scenario() {
        cluster.network().shortestDelay = SimulatedTime.MILLI;
        cluster.network().longestDelay = SimulatedTime.MILLI;
        cluster.tracer(this::viewed);
        cluster.watch(this::sent);
    }

    static String run(String text) {
        Scenario scenario = new Scenario();
        int number = 0;
        for (String line : text.split("\n")) {
            number++;
            String step = line.replaceAll("#.*", "").strip();
            if (!step.isEmpty()) {
                scenario.where = "line " + number + ": " + step;
                try {
                    scenario.step(step.split("\\s+"));
                } catch (AssertionError | RuntimeException e) {
                    throw new AssertionError(
                            scenario.where + "\n" + e.getMessage() + "\n" + scenario.trace
                                    + scenario.cluster.describe(),
                            e);
                }
            }
        }
        scenario.finish();
        return scenario.trace.toString();
    }

    private void step(String[] w) {
        switch (w[0]) {
            case "option" -> options.put(w[1].split("=")[0], w[1].split("=", 2)[1]);
            case "delay" -> {
                cluster.network().shortestDelay = nanos(w[1]);
                cluster.network().longestDelay = nanos(w[2]);
            }
            case "start" -> start(Integer.parseInt(w[1]));
            case "bootstrap" -> numbers(w[1]).forEach(n -> add(n).bootstrap());
            case "join" -> numbers(w[1]).forEach(n -> add(n).join());
            case "run" -> cluster.run(nanos(w[1]));
            case "settle" -> settle(w);
            case "unsettled" -> unsettled(nanos(w[1]));
            case "send" -> send(w);
            case "traffic" -> traffic(numbers(w[1]), nanos(w[3]), cluster.time().now() + nanos(w[5]));
            case "partition" -> partition(w);
            case "cut" -> cut(w, true);
            case "mend" -> cut(w, false);
            case "heal" -> cluster.network().mendAll();
            case "lose" -> lose(w);
            case "loss" -> cluster.network().loss = percent(w[1]);
            case "duplicates" -> cluster.network().duplication = percent(w[1]);
            case "reorder" -> {
                cluster.network().reordering = percent(w[1]);
                cluster.network().reorderDelay = nanos(w[2]);
            }
            default -> nodeStep(w);
        }
    }

    private void nodeStep(String[] w) {
        switch (w[0]) {
            case "crash" -> crash(w);
            case "freeze" -> numbers(w[1]).forEach(n -> cluster.node(n).freeze());
            case "thaw" -> numbers(w[1]).forEach(n -> cluster.node(n).thaw());
            case "restart" -> restart(Integer.parseInt(w[1]), w[2]);
            case "leave" -> numbers(w[1]).forEach(n -> cluster.node(n).leave());
            case "set" -> set(w);
            case "evict" ->
                cluster.node(Integer.parseInt(w[1]))
                        .setOption(
                                "evs.evict",
                                cluster.node(Integer.parseInt(w[2])).uuid().toString());
            case "stray" -> stray(Integer.parseInt(w[1]), w[2]);
            case "request" -> request(w);
            case "mark" -> {
                mark = cluster.time().now();
                viewsAtMark = views;
            }
            case "expect" -> expect(Arrays.copyOfRange(w, 1, w.length));
            case "trace" -> shownMessages = new TreeSet<>(Arrays.asList(w).subList(1, w.length));
            case "status" -> status(Integer.parseInt(w[1]), w[2]);
            case "unsafe" -> safetyChecked = false;
            default -> throw new IllegalArgumentException("no such step");
        }
    }

    // Nodes.

    private Uuid id(int number, int incarnation) {
        long front = number << 28 | 0x1234567;
        return new Uuid(front << 32 | 0x00001000L, 0x8000_0000_0000_0000L + ((long) incarnation << 48) + number);
    }

    private SimulatedNode add(int number) {
        int incarnation = incarnations.merge(number, 0, Integer::max);
        return cluster.add(number, EvsStart.fresh(id(number, incarnation)), EvsSettings.read(options));
    }

    private void start(int count) {
        add(1).bootstrap();
        for (int i = 2; i <= count; i++) {
            add(i).join();
            require(cluster.settle(10 * SimulatedTime.SECOND), "node " + i + " does not join");
        }
        cluster.run(SimulatedTime.SECOND);
    }

    private void restart(int number, String how) {
        SimulatedNode old = cluster.node(number);
        ViewId last = old.core().currentView().id();
        old.crash();
        EvsStart start =
                switch (how) {
                    case "next" -> new EvsStart(id(number, incarnations.merge(number, 1, Integer::sum)), last);
                    case "same" -> EvsStart.fresh(old.uuid());
                    default -> throw new IllegalArgumentException("restart how? next or same");
                };
        cluster.add(number, start, EvsSettings.read(options)).join();
    }

    private void crash(String[] w) {
        if (w.length > 2) {
            crashes.add(new CrashOn(Integer.parseInt(w[1]), w[3].toUpperCase(Locale.ROOT)));
        } else {
            numbers(w[1]).forEach(n -> cluster.node(n).crash());
        }
    }

    private void set(String[] w) {
        String[] option = w[2].split("=", 2);
        for (int number : numbers(w[1])) {
            cluster.node(number).setOption(option[0], option[1]);
        }
    }

    // The network.

    private void partition(String[] w) {
        List<List<Integer>> sides = new ArrayList<>();
        for (int i = 1; i < w.length; i++) {
            if (!w[i].equals("|")) {
                sides.add(numbers(w[i]));
            }
        }
        for (List<Integer> side : sides) {
            for (List<Integer> other : sides) {
                if (side != other) {
                    side.forEach(a -> other.forEach(b -> cluster.network().cut(a, b, false)));
                }
            }
        }
    }

    /** {@code cut 1>2} one way, {@code cut 1-2} both ways, with {@code hold} what is sent meanwhile arrives later. */
    private void cut(String[] w, boolean on) {
        boolean both = w[1].contains("-");
        String[] ends = w[1].split("[->]");
        for (int from : numbers(ends[0])) {
            for (int to : numbers(ends[1])) {
                link(from, to, on, w.length > 2);
                if (both) {
                    link(to, from, on, w.length > 2);
                }
            }
        }
    }

    private void link(int from, int to, boolean cut, boolean holds) {
        if (cut) {
            cluster.network().cut(from, to, holds);
        } else {
            cluster.network().mend(from, to);
        }
    }

    /** {@code lose COMMIT from 2 to 1 x1}; 0 means everybody; without a count, all of them. */
    private void lose(String[] w) {
        String type = w[1].toUpperCase(Locale.ROOT);
        int from = Integer.parseInt(w[3]);
        List<Integer> to = numbers(w[5]);
        int[] left = {w.length > 6 ? Integer.parseInt(w[6].substring(1)) : Integer.MAX_VALUE};
        cluster.network().filter((f, t, source, message) -> {
            boolean hit = (from == EVERYBODY || from == f)
                    && (to.contains(EVERYBODY) || to.contains(t))
                    && matches(type, source, message)
                    && left[0] > 0;
            left[0] -= hit ? 1 : 0;
            return hit;
        });
    }

    private static boolean matches(String type, Uuid source, byte[] message) {
        EvsWire wire = EvsWire.read(source, Unpooled.wrappedBuffer(message));
        return switch (type) {
            case "DATA" -> wire.type().equals("USER") && wire.payloadLength() > 0;
            case "ACK" -> wire.type().equals("GAP") && wire.rangeUuid().isUndefined();
            default -> wire.type().equals(type);
        };
    }

    private void stray(int from, String type) {
        require(type.equals("user"), "only a stray user message is known");
        Uuid stranger = id(from, 0);
        for (SimulatedNode node : cluster.running()) {
            node.arrive(stranger, StrayMessages.user(stranger));
        }
    }

    /** {@code request 3 of 1 [10,12] from 3 to 1}: node 3 asks node 1 for slots in the view that 3 is in. */
    private void request(String[] w) {
        SimulatedNode from = cluster.node(Integer.parseInt(w[1]));
        SimulatedNode to = cluster.node(Integer.parseInt(w[3]));
        long lu = Long.parseLong(w[4]);
        long hs = Long.parseLong(w[5]);
        byte[] message = StrayMessages.request(from.core().currentView().id(), to.uuid(), lu, hs);
        to.arrive(from.uuid(), message);
    }

    // Messages.

    /** {@code send 1,2 safe x10 100}: each, an order, how many, how many bytes. */
    private void send(String[] w) {
        EvsOrder order = EvsOrder.valueOf(w[2].toUpperCase(Locale.ROOT));
        int count = w.length > 3 ? Integer.parseInt(w[3].substring(1)) : 1;
        int length = w.length > 4 ? Integer.parseInt(w[4]) : 100;
        for (int number : numbers(w[1])) {
            for (int i = 0; i < count; i++) {
                (cluster.node(number).send(order, length) ? accepted : refused).merge(number, 1, Integer::sum);
            }
        }
    }

    private void traffic(List<Integer> senders, long period, long end) {
        if (cluster.time().now() >= end) {
            return;
        }
        for (int number : senders) {
            if (cluster.node(number).isRunning()) {
                (cluster.node(number).send(EvsOrder.SAFE, 100) ? accepted : refused).merge(number, 1, Integer::sum);
            }
        }
        cluster.time().after(period, () -> traffic(senders, period, end));
    }

    // What must be so.

    /** {@code settle 10s}, or {@code settle 5s .. 7s} counted from the mark. */
    private void settle(String[] w) {
        long from = w.length > 3 ? nanos(w[1]) : 0;
        long to = nanos(w[w.length - 1]);
        long deadline = (w.length > 3 ? mark : cluster.time().now()) + to;
        require(cluster.settle(deadline - cluster.time().now()), "no common view after " + seconds(to));
        long took = cluster.time().now() - mark;
        require(w.length <= 3 || took >= from, "settled " + seconds(took) + " after the mark already");
        line("settled");
    }

    private void unsettled(long nanos) {
        long end = cluster.time().now() + nanos;
        while (cluster.time().now() < end) {
            cluster.run(SimulatedTime.SECOND / 4);
            require(!cluster.isSettled(), "settled");
        }
    }

    private void expect(String[] w) {
        switch (w[0]) {
            case "view" -> expectView(numbers(w[1]));
            case "left", "partitioned", "joined" -> expectParting(w[0], numbers(w[1]), numbers(w[3]));
            case "state" ->
                require(
                        numbers(w[1]).stream()
                                .allMatch(n -> cluster.node(n).core().state() == EvsStateName.valueOf(w[2])),
                        "state is another");
            case "creator" ->
                require(
                        cluster.running().stream()
                                .filter(SimulatedNode::isRunning)
                                .allMatch(n -> cluster.numberOf(
                                                n.core().currentView().id().uuid())
                                        == Integer.parseInt(w[1])),
                        "the view is made by another");
            case "version" ->
                require(
                        cluster.running().stream()
                                .filter(SimulatedNode::isRunning)
                                .allMatch(n -> n.core().currentView().version() == Integer.parseInt(w[1])),
                        "the view has another version");
            case "no" -> require(views == viewsAtMark, "the view changed");
            case "delivered" -> expectDelivered(numbers(w[1]), w[2]);
            case "refused" -> require(refused.getOrDefault(Integer.parseInt(w[1]), 0) > 0, "nothing was refused");
            case "closed" ->
                numbers(w[1]).forEach(n -> require(cluster.node(n).history().isClosed(), n + " is open"));
            default -> throw new IllegalArgumentException("no such expectation");
        }
    }

    private void expectView(List<Integer> members) {
        TreeSet<Uuid> wanted = new TreeSet<>();
        members.forEach(n -> wanted.add(cluster.node(n).uuid()));
        ViewId id = cluster.node(members.get(0)).core().currentView().id();
        for (int number : members) {
            EvsView view = cluster.node(number).core().currentView();
            require(
                    view.members().equals(wanted)
                            && view.id().equals(id)
                            && cluster.node(number).core().state() == EvsStateName.OPERATIONAL,
                    "node " + number + " is in " + show(view));
        }
    }

    /** {@code expect left 3 at 1,2}: in the last regular view that these delivered. */
    private void expectParting(String kind, List<Integer> who, List<Integer> where) {
        for (int number : where) {
            EvsView view = cluster.node(number).core().currentView();
            Collection<Uuid> set =
                    kind.equals("left") ? view.left() : kind.equals("joined") ? view.joined() : view.partitioned();
            require(
                    numbersOf(set).equals(new ArrayList<>(new TreeSet<>(who))),
                    "node " + number + " has " + kind + " " + numbersOf(set));
        }
    }

    /** {@code expect delivered 1,2 x10}: each of them has these many messages. */
    private void expectDelivered(List<Integer> nodes, String count) {
        for (int number : nodes) {
            long got = received(number);
            require(got == Long.parseLong(count.substring(1)), "node " + number + " has delivered " + got);
        }
    }

    private long received(int number) {
        return cluster.node(number).history().events.stream()
                .filter(e -> e instanceof NodeHistory.Received)
                .count();
    }

    private void status(int number, String name) {
        line(number + ": " + name + "=" + cluster.node(number).core().status().get(name));
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }

    private void finish() {
        where = "end";
        StringBuilder counts = new StringBuilder();
        for (SimulatedNode node : cluster.allEver()) {
            long got = node.history().events.stream()
                    .filter(e -> e instanceof NodeHistory.Received)
                    .count();
            counts.append(counts.isEmpty() ? "" : ", ")
                    .append(node.number())
                    .append(": ")
                    .append(got);
        }
        line("delivered " + counts);
        if (safetyChecked) {
            cluster.tracer((node, view) -> {});
            cluster.checkSafety();
        }
    }

    // The trace.

    private void viewed(SimulatedNode node, EvsView view) {
        views++;
        line(node.number() + ": " + show(view));
    }

    private void sent(int from, Uuid source, byte[] message, boolean toAll) {
        EvsWire wire = EvsWire.read(source, Unpooled.wrappedBuffer(message));
        if (shownMessages.contains(wire.type()) || shownMessages.contains("all")) {
            line(from + (toAll ? " > " : " ! ") + wire.describe(u -> Integer.toString(cluster.numberOf(u))));
        }
        crashes.removeIf(crash -> {
            boolean now = crash.node() == from && crash.type().equals(wire.type());
            if (now) {
                SimulatedNode dying = cluster.node(from);
                cluster.time().at(cluster.time().now(), dying::crash);
            }
            return now;
        });
    }

    private String show(EvsView view) {
        if (view.isEmpty()) {
            return "empty view";
        }
        StringBuilder text = new StringBuilder(view.isTransitional() ? "trans(" : "reg(")
                .append(cluster.numberOf(view.id().uuid()))
                .append(',')
                .append(view.id().seq())
                .append(") members=");
        append(text, view.members());
        part(text, " joined=", view.joined());
        part(text, " left=", view.left());
        part(text, " partitioned=", view.partitioned());
        return text.toString();
    }

    private void part(StringBuilder text, String name, Collection<Uuid> uuids) {
        if (!uuids.isEmpty()) {
            append(text.append(name), uuids);
        }
    }

    private void append(StringBuilder text, Collection<Uuid> uuids) {
        text.append(numbersOf(uuids).toString().replaceAll("[\\[\\] ]", ""));
    }

    private List<Integer> numbersOf(Collection<Uuid> uuids) {
        return uuids.stream().map(cluster::numberOf).sorted().toList();
    }

    private void line(String what) {
        trace.append(String.format(Locale.ROOT, "%7.2f  %s%n", cluster.time().now() / 1e9, what));
    }

    // Reading.

    private static List<Integer> numbers(String text) {
        return Arrays.stream(text.split(",")).map(Integer::valueOf).toList();
    }

    private static long nanos(String text) {
        boolean milli = text.endsWith("ms");
        double value = Double.parseDouble(text.substring(0, text.length() - (milli ? 2 : 1)));
        return (long) (value * (milli ? SimulatedTime.MILLI : SimulatedTime.SECOND));
    }

    private static double percent(String text) {
        return Double.parseDouble(text.replace("%", "")) / 100;
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.2f s", nanos / 1e9);
    }
}

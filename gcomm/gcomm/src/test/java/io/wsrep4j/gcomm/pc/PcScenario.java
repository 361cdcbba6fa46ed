package io.wsrep4j.gcomm.pc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.GroupChannel.SendResult;
import io.wsrep4j.gcomm.evs.EvsOrder;
import io.wsrep4j.gcomm.evs.EvsSendResult;
import io.wsrep4j.gcomm.evs.EvsView;
import io.wsrep4j.gcomm.evs.ViewId;
import io.wsrep4j.gcomm.evs.ViewType;
import io.wsrep4j.gcomm.log.LimitedLog;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.helpers.NOPLogger;

/**
 * Primary components above a perfect virtual synchrony that the steps of a text control: which views form, and how many messages are
 * delivered before they do. Writes a trace. The steps are explained in pc-scenarios/README.md.
 */
final class PcScenario {

    private static final long PATIENCE = 15_000_000_000L;

    /**
     * @param bytes what the others get
     * @param said what its sender takes
     */
    private record Message(Uuid source, int userType, EvsOrder order, byte[] bytes, byte[] said) {
        Message(Uuid source, int userType, EvsOrder order, byte[] bytes) {
            this(source, userType, order, bytes, bytes);
        }
    }

    private final class Node implements PcLower, PcListener {
        private final String name;
        private final Uuid id;
        private final PrimaryComponent pc;
        private final Set<Uuid> evicted = new HashSet<>();
        private EvsView view;
        private int delivered;
        private boolean gone;
        private boolean muted;
        private SavedView saved;

        Node(String name, boolean bootstrap, SavedView restored, Map<String, String> options) {
            this.name = name;
            this.id = TestNodes.id(name);
            int segment = Integer.parseInt(options.getOrDefault("gmcast.segment", "0"));
            this.pc = new PrimaryComponent(
                    new PcStart(id, segment, bootstrap, restored),
                    PcSettings.read(options),
                    this,
                    this,
                    new LimitedLog(NOPLogger.NOP_LOGGER, () -> 0));
        }

        @Override
        public ByteBuf newPayload(int capacity) {
            return Unpooled.buffer(capacity);
        }

        @Override
        public boolean isCongested() {
            return false;
        }

        @Override
        public EvsSendResult send(int userType, EvsOrder order, ByteBuf payload, long nowNanos) {
            if (view.isTransitional() || muted) {
                return view.isTransitional() ? EvsSendResult.TRY_AGAIN : EvsSendResult.OK;
            }
            if (PcCodec.type(payload) != PcCodec.TYPE_USER) {
                trace(name + " sends " + PcText.describe(payload));
            }
            queues.get(view.id()).add(new Message(id, userType, order, ByteBufUtil.getBytes(payload)));
            return EvsSendResult.OK;
        }

        @Override
        public void stableView(PcView stable, long nowNanos) {
            // the transport's business
        }

        @Override
        public void exclude(Uuid node, long nowNanos) {
            trace(name + " cuts off " + TestNodes.name(node));
        }

        @Override
        public boolean isEvicted(Uuid node) {
            return evicted.contains(node);
        }

        @Override
        public long patienceNanos() {
            return PATIENCE;
        }

        @Override
        public void onView(PcView pcView, long nowNanos) {
            trace(name + " view " + pcView.id() + (pcView.bootstrap() ? " bootstrap" : "") + " members="
                    + withSegments(pcView.members()) + " partitioned=" + withSegments(pcView.partitioned()));
            if (pcView.isPrimary()) {
                saved = SavedView.of(id, pcView);
            }
        }

        @Override
        public void onMessage(int senderIndex, int userType, long totalOrderSeq, ByteBuf payload, long nowNanos) {
            trace(name + " gets " + payload.toString(StandardCharsets.UTF_8) + " from " + senderIndex + " to_seq="
                    + totalOrderSeq);
        }

        @Override
        public void onCausal(long token, long nowNanos) {
            trace(name + " causal " + token);
        }

        @Override
        public void onWeight(int weight) {
            trace(name + " weighs " + weight);
        }

        @Override
        public void onFailure(String reason) {
            gone = true;
            trace(name + " fails: " + reason.replaceAll("[0-9a-f]{8}-0000-1000-(800[0-9a-f])-[0-9a-f]{12}", "*"));
        }

        void enter(EvsView next) {
            view = next;
            delivered = 0;
            queues.computeIfAbsent(next.id(), id -> new ArrayList<>());
            pc.onView(next, now);
        }

        boolean deliverNext() {
            List<Message> queue = queues.get(
                    new ViewId(ViewType.REG, view.id().uuid(), view.id().seq()));
            if (gone || queue == null || delivered >= queue.size()) {
                return false;
            }
            Message message = queue.get(delivered++);
            ByteBuf bytes = Unpooled.wrappedBuffer(message.source.equals(id) ? message.said : message.bytes);
            pc.onMessage(message.source, view.id(), message.userType, message.order, 0, bytes, now);
            return true;
        }
    }

    private final StringBuilder trace = new StringBuilder();
    private final Map<String, Node> nodes = new TreeMap<>();
    private final Map<ViewId, List<Message>> queues = new LinkedHashMap<>();
    private int lastSeq;
    private int evsVersion = 1;
    private long now;

    /** Runs the steps; answers the trace. */
    static String run(String steps) {
        PcScenario scenario = new PcScenario();
        for (String line : steps.split("\n")) {
            String step = line.replaceAll("#.*", "").trim();
            if (!step.isEmpty()) {
                scenario.trace.append("> ").append(step).append('\n');
                scenario.step(new ArrayDeque<>(Arrays.asList(step.split("\\s+"))));
            }
        }
        return TestNodes.named(scenario.trace.toString());
    }

    private void trace(String text) {
        trace.append(text).append('\n');
    }

    private void step(ArrayDeque<String> words) {
        String verb = words.poll();
        switch (verb) {
            case "start" -> start(words.poll(), words);
            case "restart" -> restart(words.poll(), words.poll());
            case "view" -> view(words, Set.of());
            case "leave" -> leave(words.poll(), !words.isEmpty());
            case "crash" -> words.forEach(name -> node(name).gone = true);
            case "trans" -> transitional(words);
            case "deliver" -> deliver(words);
            case "send" -> send(node(words.poll()), String.join(" ", words));
            case "causal" -> trace("-> " + node(words.poll()).pc.sendCausal(Long.parseLong(words.poll()), 0));
            case "weight" -> trace("-> " + node(words.poll()).pc.changeWeight(Integer.parseInt(words.poll()), 0));
            case "bootstrap" -> node(words.poll()).pc.forcePrimary(0);
            case "ignore_quorum" -> node(words.poll()).pc.setIgnoreQuorum(Boolean.parseBoolean(words.poll()));
            case "ignore_sb" -> node(words.poll()).pc.setIgnoreSplitBrain(Boolean.parseBoolean(words.poll()));
            case "evict" -> nodes.values().forEach(n -> n.evicted.add(TestNodes.id(words.peek())));
            case "version" -> evsVersion = Integer.parseInt(words.poll());
            case "inject" ->
                inject(
                        node(words.poll()),
                        words.poll(),
                        words.isEmpty() ? EvsOrder.SAFE : EvsOrder.valueOf(words.poll()));
            case "corrupt" -> corrupt(node(words.poll()), words.poll(), words.poll(), Integer.parseInt(words.poll()));
            case "garble" -> garble(node(words.poll()));
            case "mute" -> node(words.poll()).muted = true;
            case "wait" -> pass(Long.parseLong(words.poll()));
            case "forge" -> forge(node(words.poll()), words.poll());
            case "status" ->
                nodes.values().stream()
                        .filter(n -> !n.gone)
                        .forEach(n -> trace(n.name + " " + n.pc.state() + " cluster_weight=" + n.pc.clusterWeight()));
            default -> throw new IllegalArgumentException("unknown step " + verb);
        }
    }

    private Node node(String name) {
        Node node = nodes.get(name);
        if (node == null) {
            throw new IllegalArgumentException("no node " + name);
        }
        return node;
    }

    private void start(String name, Collection<String> words) {
        Map<String, String> options = new TreeMap<>();
        words.stream()
                .filter(word -> word.contains("="))
                .forEach(word -> options.put(word.split("=")[0], word.split("=")[1]));
        Node node = new Node(name, words.contains("bootstrap"), null, options);
        begin(node, 0);
        if (words.contains("bootstrap")) {
            view(List.of(name), Set.of());
            drain(node);
        }
    }

    /** A new process of a node that died and finds its saved view. */
    private void restart(String name, String newName) {
        SavedView restored = node(name).saved.restarted();
        nodes.remove(name);
        begin(new Node(newName, false, restored, Map.of()), restored.id().seq() + 1);
    }

    private void begin(Node node, int firstSeq) {
        nodes.put(node.name, node);
        node.pc.connect();
        NavigableSet<Uuid> alone = ids(List.of(node.name));
        TreeSet<Uuid> none = new TreeSet<>();
        node.enter(new EvsView(0, new ViewId(ViewType.TRANS, node.id, firstSeq), alone, none, none, none));
        lastSeq = Math.max(lastSeq, firstSeq);
    }

    /** Members of one view go on together: TRANS, what is left of the old view's messages, REG. */
    private void view(Collection<String> names, Set<Uuid> leavers) {
        NavigableSet<Uuid> members = ids(names);
        ViewId id = new ViewId(ViewType.REG, members.first(), ++lastSeq);
        for (String name : names) {
            Node node = node(name);
            EvsView old = node.view;
            NavigableSet<Uuid> together = together(old, members);
            NavigableSet<Uuid> left = difference(old.members(), together);
            left.retainAll(leavers);
            NavigableSet<Uuid> lost = difference(difference(old.members(), together), left);
            if (!old.isTransitional()) {
                transitionAlone(node, together, left, lost);
                drain(node);
            }
            if (!node.gone) {
                node.enter(new EvsView(evsVersion, id, members, difference(members, old.members()), left, lost));
            }
        }
    }

    private void transitionAlone(
            Node node, NavigableSet<Uuid> together, NavigableSet<Uuid> left, NavigableSet<Uuid> lost) {
        EvsView old = node.view;
        ViewId id = old.id().as(ViewType.TRANS);
        node.view = new EvsView(old.version(), id, together, new TreeSet<>(), left, lost);
        node.pc.onView(node.view, now);
    }

    private static void drain(Node node) {
        while (node.deliverNext()) {
            // until nothing of this view is left
        }
    }

    /** The view of these breaks up, with the others gone; no regular view yet. */
    private void transitional(Collection<String> names) {
        NavigableSet<Uuid> members = ids(names);
        for (String name : names) {
            Node node = node(name);
            transitionAlone(node, members, new TreeSet<>(), difference(node.view.members(), members));
            drain(node);
        }
    }

    private NavigableSet<Uuid> together(EvsView old, NavigableSet<Uuid> members) {
        NavigableSet<Uuid> together = new TreeSet<>();
        for (Node node : nodes.values()) {
            if (members.contains(node.id)
                    && node.view.id().uuid().equals(old.id().uuid())
                    && node.view.id().seq() == old.id().seq()) {
                together.add(node.id);
            }
        }
        // those of the old view who have moved on already while this step ran
        old.members().stream().filter(members::contains).forEach(together::add);
        return together;
    }

    /** @param unheard it hears nothing more from the others, and ends with what it has */
    private void leave(String name, boolean unheard) {
        Node leaver = node(name);
        leaver.pc.closing();
        if (!unheard) {
            deliver(List.of());
        }
        NavigableSet<Uuid> none = new TreeSet<>();
        NavigableSet<Uuid> others = difference(leaver.view.members(), ids(List.of(name)));
        transitionAlone(leaver, ids(List.of(name)), none, others);
        drain(leaver);
        leaver.enter(new EvsView(0, ViewId.NIL, none, none, none, none));
        leaver.gone = true;
        List<String> rest = nodes.values().stream()
                .filter(node -> others.contains(node.id))
                .map(node -> node.name)
                .toList();
        if (!rest.isEmpty()) {
            view(rest, Set.of(leaver.id));
        }
    }

    /** Delivers up to a number of messages to each node, or all; to the named ones, or to all. */
    private void deliver(Collection<String> words) {
        int limit = words.stream()
                .filter(word -> word.chars().allMatch(Character::isDigit))
                .mapToInt(Integer::parseInt)
                .findFirst()
                .orElse(Integer.MAX_VALUE);
        List<Node> targets = nodes.values().stream()
                .filter(node ->
                        words.isEmpty() || limit != Integer.MAX_VALUE && words.size() == 1 || words.contains(node.name))
                .toList();
        boolean progress = true;
        for (int i = 0; i < limit && progress; i++) {
            progress = false;
            for (Node node : targets) {
                progress |= node.deliverNext();
            }
        }
    }

    private void send(Node node, String text) {
        ByteBuffer body = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        SendResult result = node.pc.send(1, ByteBuffer.allocate(0), body, 0);
        if (result != SendResult.ACCEPTED) {
            trace("-> " + result);
        }
    }

    /** A node that is not what it should be sends these bytes. */
    private void inject(Node node, String hex, EvsOrder order) {
        queues.get(node.view.id()).add(new Message(node.id, 255, order, ByteBufUtil.decodeHexDump(hex)));
    }

    /** Falsifies a node's books. */
    private static void corrupt(Node node, String about, String field, int value) {
        Instance instance = node.pc.membership().instances().get(TestNodes.id(about));
        switch (field) {
            case "last_seq" -> instance.lastSeq = value;
            case "to_seq" -> instance.totalOrderSeq = value;
            case "weight" -> instance.weight = value;
            case "prim" -> instance.primary = value != 0;
            case "last_prim" -> instance.lastPrimary = new ViewId(ViewType.PRIM, node.id, value);
            default -> throw new IllegalArgumentException("no field " + field);
        }
    }

    /** Takes a node out of the newest message, a control message, of another. */
    private void forge(Node node, String about) {
        List<Message> queue = queues.get(node.view.id());
        for (int i = queue.size() - 1; i >= 0; i--) {
            Message message = queue.get(i);
            if (message.source.equals(node.id)) {
                queue.set(i, new Message(message.source, 255, EvsOrder.SAFE, without(message.bytes, about)));
                return;
            }
        }
        throw new IllegalArgumentException("no message of " + node.name);
    }

    /** The newest message of a node is for the others something that nobody can read; the node itself takes it as it was. */
    private void garble(Node node) {
        List<Message> queue = queues.get(node.view.id());
        for (int i = queue.size() - 1; i >= 0; i--) {
            Message message = queue.get(i);
            if (message.source.equals(node.id)) {
                queue.set(
                        i,
                        new Message(message.source, 255, EvsOrder.SAFE, new byte[PcCodec.HEADER_BYTES], message.bytes));
                return;
            }
        }
        throw new IllegalArgumentException("no message of " + node.name);
    }

    private void pass(long seconds) {
        now += seconds * 1_000_000_000L;
        nodes.values().stream().filter(node -> !node.gone).forEach(node -> node.pc.onTime(now));
    }

    private static byte[] without(byte[] bytes, String about) {
        try {
            PcMessage message = PcCodec.decodeControl(Unpooled.wrappedBuffer(bytes));
            TreeMap<Uuid, NodeState> entries = new TreeMap<>(message.nodes());
            entries.remove(TestNodes.id(about));
            ByteBuf target = Unpooled.buffer();
            PcCodec.write(
                    message instanceof PcMessage.Install
                            ? new PcMessage.Install(1, false, false, entries)
                            : new PcMessage.State(1, entries),
                    target);
            return ByteBufUtil.getBytes(target);
        } catch (MalformedMessageException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static NavigableSet<Uuid> ids(Collection<String> names) {
        return names.stream().map(TestNodes::id).collect(Collectors.toCollection(TreeSet::new));
    }

    private static NavigableSet<Uuid> difference(Set<Uuid> from, Set<Uuid> less) {
        NavigableSet<Uuid> difference = new TreeSet<>(from);
        difference.removeAll(less);
        return difference;
    }

    private static String withSegments(Map<Uuid, Integer> members) {
        return members.entrySet().stream()
                .map(member ->
                        TestNodes.name(member.getKey()) + (member.getValue() == 0 ? "" : "/" + member.getValue()))
                .collect(Collectors.joining(",", "[", "]"));
    }
}

package io.wsrep4j.gcomm.group.connection;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.GroupChannel;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.gcomm.GroupListener;
import io.wsrep4j.gcomm.GroupView;
import io.wsrep4j.gcomm.GroupView.GroupMember;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A transport that keeps the contract of backends (docs/spec/gcs.md 22.2) and nothing more: total order in each component, views where the test
 * wants them, messages that are lost or carried over where the contract allows it. Thread-safe by its lock; delivers only when told to.
 */
final class SimulatedTransport {

    private record Message(Node sender, int type, byte[] payload) {}

    private record Event(Component component, long index, Runnable delivery) {}

    /** Members that can hear each other. */
    private static final class Component {
        final List<Node> members;
        final boolean primary;
        final ArrayDeque<Message> unordered = new ArrayDeque<>();
        long ordered;

        Component(List<Node> members, boolean primary) {
            this.members = members;
            this.primary = primary;
        }
    }

    private final Random random;
    private final List<Node> nodes = new ArrayList<>();
    /** Share of actions that are refused once with TRY_AGAIN, in percent. */
    private int refusals;

    /** Types of the messages that were refused because of {@link #refuseAll}; null while nothing is refused. */
    private List<Integer> refused;

    private int maximumLength = 32_636;
    private final List<Integer> fragmentVersions = new CopyOnWriteArrayList<>();

    SimulatedTransport(long seed) {
        random = new Random(seed);
    }

    /**
     * From now on every message is refused with TRY_AGAIN, as in a change of membership that takes its time.
     *
     * @return the types of the messages that have been refused, as they come
     */
    synchronized List<Integer> refuseAll() {
        refused = new CopyOnWriteArrayList<>();
        return refused;
    }

    /** Ends {@link #refuseAll}. */
    synchronized void acceptAgain() {
        refused = null;
    }

    /** First bytes of the fragments that were accepted: the version of the group layer that their senders speak. */
    List<Integer> fragmentVersions() {
        return fragmentVersions;
    }

    void refuseActions(int percent) {
        refusals = percent;
    }

    void maximumLength(int bytes) {
        maximumLength = bytes;
    }

    /** A process with its channel. Members are ordered by {@code id}. */
    synchronized Node newNode(long id, int segment) {
        Node node = new Node(new Uuid(id, 7), segment);
        nodes.add(node);
        return node;
    }

    /** Makes a component of these nodes, which leave their former ones. */
    synchronized void component(boolean primary, boolean bootstrap, Node... members) {
        component(primary, bootstrap, List.of(members));
    }

    synchronized void component(boolean primary, boolean bootstrap, List<Node> members) {
        List<Node> sorted = new ArrayList<>(members);
        sorted.sort(Comparator.comparing(node -> node.id));
        Component next = new Component(sorted, primary);
        List<Component> former = sorted.stream()
                .map(node -> node.component)
                .filter(c -> c != null)
                .distinct()
                .toList();
        former.forEach(component -> handOver(component, next));
        List<GroupMember> view = sorted.stream()
                .map(node -> new GroupMember(node.id, node.segment))
                .toList();
        for (int i = 0; i < sorted.size(); i++) {
            Node node = sorted.get(i);
            GroupView nodeView = new GroupView(primary, bootstrap, i, view);
            boolean follows = node.component != null && node.component.primary && primary;
            node.inbox.add(new Event(next, -1, () -> {
                node.viewed = next;
                node.listener.onView(nodeView);
            }));
            node.follows = follows && node.viewed == node.component;
            node.component = next;
        }
    }

    /** What the members of a component that move on together still have in common. */
    private void handOver(Component from, Component to) {
        int orderedFirst = from.unordered.isEmpty() ? 0 : random.nextInt(from.unordered.size() + 1);
        if (from.primary && from.members.stream().filter(to.members::contains).count() * 2 > from.members.size()) {
            for (int i = 0; i < orderedFirst; i++) {
                order(from);
            }
        }
        boolean complete = to.primary || !truncate(from, to);
        for (Node node : to.members) {
            List<Message> own = from.unordered.stream()
                    .filter(message -> message.sender() == node)
                    .toList();
            from.unordered.removeAll(own);
            // B7 and B8: sent in the next view, or lost with the primary component, from some message of each sender on
            int kept = to.primary ? own.size() : complete ? random.nextInt(own.size() + 1) : 0;
            to.unordered.addAll(own.subList(0, from.primary ? kept : 0));
        }
    }

    /** Members that stop being primary deliver what any member of the former view has delivered, and no more. @return true if something was cut off */
    private boolean truncate(Component from, Component to) {
        long processed = from.members.stream()
                .mapToLong(node -> node.processedIn == from ? node.processed : -1)
                .max()
                .orElse(-1);
        long last = processed;
        for (Node node : from.members) {
            if (to.members.contains(node)) {
                node.inbox.removeIf(event -> event.component() == from && event.index() > last);
            }
        }
        return last < from.ordered - 1;
    }

    private boolean order(Component component) {
        Message message = component.unordered.poll();
        if (message == null) {
            return false;
        }
        long index = component.ordered++;
        int sender = component.members.indexOf(message.sender());
        for (Node node : component.members) {
            if (!node.gone && node.component == component) {
                node.inbox.add(new Event(
                        component,
                        index,
                        () -> node.listener.onMessage(
                                sender,
                                message.type(),
                                ByteBuffer.wrap(message.payload()).asReadOnlyBuffer())));
            }
        }
        return true;
    }

    /** Orders one message of a node's component. @return false if there was none */
    synchronized boolean orderOne(Node node) {
        return node.component != null && order(node.component);
    }

    /** Delivers the next event to a node. @return false if there was none */
    synchronized boolean deliverOne(Node node) {
        Event event = node.inbox.poll();
        if (event == null || node.gone) {
            return false;
        }
        if (event.index() >= 0) {
            node.processedIn = event.component();
            node.processed = event.index();
        }
        event.delivery().run();
        return true;
    }

    /** Orders and delivers until nothing is left. */
    synchronized void settle() {
        boolean busy = true;
        while (busy) {
            busy = false;
            for (Node node : List.copyOf(nodes)) {
                busy |= orderOne(node);
                busy |= deliverOne(node);
            }
        }
    }

    /** The process is killed: nobody tells it anything any more. */
    synchronized void crash(Node node) {
        node.gone = true;
        node.inbox.clear();
        if (node.component != null) {
            node.component.unordered.removeIf(message -> message.sender() == node);
        }
    }

    /** One process's channel. */
    final class Node implements GroupChannel {
        final Uuid id;
        final int segment;
        private final ArrayDeque<Event> inbox = new ArrayDeque<>();
        private GroupListener listener;
        private Component component;
        private Component processedIn;
        private long processed = -1;
        /** Whose view it was told of last. */
        private Component viewed;
        /** Its present component comes straight after that one, both primary. */
        private boolean follows;

        private boolean gone;
        /** A member wants it to be shut out. */
        boolean shutOut;
        /** Whom this node wants to be shut out. */
        final List<Uuid> evicted = new CopyOnWriteArrayList<>();

        Node(Uuid id, int segment) {
            this.id = id;
            this.segment = segment;
        }

        @Override
        public void join(String groupName, boolean bootstrap, GroupListener newListener) {
            listener = newListener;
        }

        @Override
        public void leave() {
            leave(null);
        }

        void leave(GroupException error) {
            synchronized (SimulatedTransport.this) {
                if (!gone) {
                    crash(this);
                    listener.onLeft(error);
                }
            }
        }

        boolean isGone() {
            return gone;
        }

        boolean hasNews() {
            return !inbox.isEmpty() || component != null && !component.unordered.isEmpty();
        }

        @Override
        public boolean setOption(String name, String value) {
            return name.equals("known");
        }

        @Override
        public void isolate(boolean isolated) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void evict(Uuid member) {
            synchronized (SimulatedTransport.this) {
                evicted.add(member);
                component.members.forEach(node -> node.shutOut |= node.id.equals(member));
            }
        }

        @Override
        public SendResult send(int type, ByteBuffer header, ByteBuffer body) {
            synchronized (SimulatedTransport.this) {
                if (gone) {
                    return SendResult.CLOSED;
                }
                if (viewed == null || !viewed.primary) {
                    return SendResult.NOT_PRIMARY;
                }
                if (refused != null) {
                    refused.add(type);
                    return SendResult.TRY_AGAIN;
                }
                if (type == 1 && viewed != component) {
                    return SendResult.TRY_AGAIN;
                }
                int length = header.remaining() + body.remaining();
                if (length > maximumLength) {
                    return SendResult.TOO_LONG;
                }
                if (type == 1 && random.nextInt(100) < refusals) {
                    return SendResult.TRY_AGAIN;
                }
                byte[] payload = new byte[length];
                header.get(header.position(), payload, 0, header.remaining());
                body.get(body.position(), payload, header.remaining(), body.remaining());
                if (type == 1) {
                    fragmentVersions.add((int) payload[0]);
                }
                if (viewed == component || follows) {
                    component.unordered.add(new Message(this, type, payload));
                }
                return SendResult.ACCEPTED;
            }
        }

        /** As if this member had sent something that the group layer never sends. */
        void inject(int type, byte[] payload) {
            synchronized (SimulatedTransport.this) {
                component.unordered.add(new Message(this, type, payload));
            }
        }

        @Override
        public SendResult sendCausal(long token) {
            synchronized (SimulatedTransport.this) {
                inbox.add(new Event(component, -1, () -> listener.onCausal(token)));
                return SendResult.ACCEPTED;
            }
        }

        @Override
        public int maximumLength() {
            return maximumLength;
        }

        @Override
        public SortedMap<String, String> status() {
            return new TreeMap<>();
        }

        @Override
        public void resetStatistics() {
            // has no figures
        }
    }
}

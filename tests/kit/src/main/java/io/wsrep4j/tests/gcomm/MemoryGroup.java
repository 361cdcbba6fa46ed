package io.wsrep4j.tests.gcomm;

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
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Channels of one group in this process, without a network or time: messages are delivered in the order they were sent, on the thread that asks for
 * it, and views are what a test says. Thread-safe by its lock.
 */
public final class MemoryGroup {

    private static final int MAXIMUM_LENGTH = 32_636;

    private record Message(Node sender, int type, byte[] payload) {}

    private record Kind(Node sender, int type) {}

    private final ArrayDeque<Message> messages = new ArrayDeque<>();
    private final Set<Kind> sent = new HashSet<>();
    private final Set<Uuid> evicted = new LinkedHashSet<>();
    private List<Node> members = List.of();
    private boolean primary;

    /** A channel that is in no view yet. Members are ordered by id. */
    public Node node(Uuid id) {
        return new Node(id);
    }

    /** Delivers everything, then a primary view of these, then what that brings. */
    public void view(List<Node> next) {
        view(true, next);
    }

    /** As above, but the primary component is lost to these: whatever is sent from now on is refused. */
    public void loseComponent(List<Node> next) {
        view(false, next);
    }

    private synchronized void view(boolean nextPrimary, List<Node> next) {
        deliver();
        primary = nextPrimary;
        List<Node> sorted = new ArrayList<>(next);
        sorted.sort(Comparator.comparing(node -> node.id));
        members = sorted;
        List<GroupMember> ids =
                sorted.stream().map(node -> new GroupMember(node.id, 0)).toList();
        for (int i = 0; i < sorted.size(); i++) {
            sorted.get(i).listener.onView(new GroupView(nextPrimary, false, i, ids));
        }
        deliver();
    }

    /** Delivers until nothing is under way. */
    public synchronized void deliver() {
        for (Message message = messages.poll(); message != null; message = messages.poll()) {
            int sender = members.indexOf(message.sender());
            if (sender < 0) {
                continue;
            }
            for (Node member : members) {
                if (!member.left) {
                    member.listener.onMessage(
                            sender,
                            message.type(),
                            ByteBuffer.wrap(message.payload()).asReadOnlyBuffer());
                }
            }
        }
    }

    /** A member has sent a message of this type, and all that was sent has been delivered. */
    public synchronized boolean hasDelivered(Node sender, int type) {
        return messages.isEmpty() && sent.contains(new Kind(sender, type));
    }

    /** Whom members want to be shut out, of all times. */
    public synchronized Set<Uuid> evicted() {
        return Set.copyOf(evicted);
    }

    /** One member's channel. */
    public final class Node implements GroupChannel {

        private final Uuid id;
        private GroupListener listener;
        private boolean left;

        private Node(Uuid id) {
            this.id = id;
        }

        /** Its id. */
        public Uuid id() {
            return id;
        }

        /** It has left the group by itself. */
        public boolean hasLeft() {
            synchronized (MemoryGroup.this) {
                return left;
            }
        }

        /** Its first view is for the test to give. */
        @Override
        public void join(String groupName, boolean bootstrap, GroupListener newListener) throws GroupException {
            listener = newListener;
        }

        @Override
        public void leave() {
            synchronized (MemoryGroup.this) {
                if (!left && listener != null) {
                    left = true;
                    listener.onLeft(null);
                }
            }
        }

        @Override
        public boolean setOption(String name, String value) {
            return false;
        }

        @Override
        public void isolate(boolean isolated) {
            throw new UnsupportedOperationException("a view without it does that");
        }

        @Override
        public void evict(Uuid member) {
            synchronized (MemoryGroup.this) {
                evicted.add(member);
            }
        }

        @Override
        public SendResult send(int type, ByteBuffer header, ByteBuffer body) {
            synchronized (MemoryGroup.this) {
                if (left) {
                    return SendResult.CLOSED;
                }
                if (!primary || !members.contains(this)) {
                    return SendResult.NOT_PRIMARY;
                }
                int length = header.remaining() + body.remaining();
                if (length > MAXIMUM_LENGTH) {
                    return SendResult.TOO_LONG;
                }
                byte[] payload = new byte[length];
                header.get(header.position(), payload, 0, header.remaining());
                body.get(body.position(), payload, header.remaining(), body.remaining());
                messages.add(new Message(this, type, payload));
                sent.add(new Kind(this, type));
                return SendResult.ACCEPTED;
            }
        }

        @Override
        public SendResult sendCausal(long token) {
            throw new UnsupportedOperationException("nobody reads here");
        }

        @Override
        public int maximumLength() {
            return MAXIMUM_LENGTH;
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

package io.wsrep4j.gcomm.simulation;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.GroupChannel.SendResult;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.gcomm.GroupListener;
import io.wsrep4j.gcomm.GroupView;
import io.wsrep4j.gcomm.evs.ViewId;
import io.wsrep4j.gcomm.pc.PcView;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/** What one incarnation of a node asked of its channel, and all that the channel told it. */
final class ChannelWitness implements GroupListener {

    /** Something that the channel told. */
    sealed interface Event {}

    record Viewed(ViewId id, GroupView view) implements Event {}

    /** @param flaw how it differs from what was sent, or null */
    record Received(long id, Uuid sender, String flaw) implements Event {}

    record Token(long token) implements Event {}

    record Left(GroupException error) implements Event {}

    /**
     * A message that was offered, whatever the channel said.
     *
     * @param told number of events before
     * @param in the last view then, or null
     */
    record Offered(long id, int told, Viewed in, SendResult result) {}

    /**
     * A causal token that was asked for.
     *
     * @param at when, in nanoseconds
     * @param deliveredAnywhere in the view of the asker, by anybody, before it asked
     */
    record Asked(long token, long at, int told, Viewed in, List<Long> deliveredAnywhere) {}

    /** What all witnesses of a cluster know together. */
    static final class Board {
        private record Message(Uuid sender, int type, int length) {}

        private final Map<Long, Message> messages = new HashMap<>();
        private final Map<ViewId, List<Long>> delivered = new HashMap<>();
        private long numbers;

        private static byte filling(long id, int place) {
            return (byte) (id * 31 + place);
        }

        private String flawOf(long id, Uuid sender, int type, ByteBuffer payload) {
            Message message = messages.get(id);
            if (message == null) {
                return "nobody sent it";
            }
            if (!message.equals(new Message(sender, type, payload.remaining()))) {
                return "comes as type " + type + " of " + sender + ", " + payload.remaining() + " bytes; sent was "
                        + message;
            }
            for (int i = Long.BYTES; i < payload.remaining(); i++) {
                if (payload.get(payload.position() + i) != filling(id, i)) {
                    return "byte " + i + " is another";
                }
            }
            return null;
        }
    }

    final int number;
    final Uuid id;
    /** Given to its node when it started. */
    final int segment;

    final boolean bootstrapped;
    final List<Event> events = new ArrayList<>();
    /** When each of the events came, in nanoseconds. */
    final List<Long> times = new ArrayList<>();

    final List<Offered> offered = new ArrayList<>();
    final List<Asked> asked = new ArrayList<>();
    /** It died: it owes nothing any more. */
    boolean crashed;
    /** Its transport was broken. */
    boolean broken;
    /** It was told to leave, in good time before the end. */
    boolean leaving;

    private final Board board;
    private final LongSupplier clock;
    private final Set<Long> received = new HashSet<>();
    private ViewId coming;
    private Viewed current;

    ChannelWitness(int number, Uuid id, int segment, boolean bootstrapped, Board board, LongSupplier clock) {
        this.number = number;
        this.id = id;
        this.segment = segment;
        this.bootstrapped = bootstrapped;
        this.board = board;
        this.clock = clock;
    }

    private void add(Event event) {
        events.add(event);
        times.add(clock.getAsLong());
    }

    /** Comes before {@link #onView}, which does not know the name. */
    void viewing(PcView view) {
        coming = view.id();
    }

    /** Offers the channel a message of this many bytes. */
    void offer(SimulatedChannel channel, int type, int length) {
        long message = ++board.numbers;
        ByteBuffer payload = ByteBuffer.allocate(length).putLong(0, message);
        for (int i = Long.BYTES; i < length; i++) {
            payload.put(i, Board.filling(message, i));
        }
        board.messages.put(message, new Board.Message(id, type, length));
        int told = events.size();
        Viewed in = current;
        int header = length / 3;
        SendResult result = channel.send(
                type, payload.duplicate().limit(header), payload.duplicate().position(header));
        offered.add(new Offered(message, told, in, result));
    }

    /** Asks for a causal token. */
    void ask(SimulatedChannel channel) {
        long token = ++board.numbers;
        Viewed in = current;
        Asked question = new Asked(
                token,
                clock.getAsLong(),
                events.size(),
                in,
                in == null ? List.of() : List.copyOf(board.delivered.getOrDefault(in.id(), List.of())));
        if (channel.sendCausal(token) == SendResult.ACCEPTED) {
            asked.add(question);
        }
    }

    @Override
    public void onView(GroupView view) {
        current = new Viewed(coming, view);
        add(current);
    }

    @Override
    public void onMessage(int senderIndex, int type, ByteBuffer payload) {
        long message = payload.getLong(payload.position());
        Uuid sender = senderIndex < current.view().members().size()
                ? current.view().members().get(senderIndex).id()
                : Uuid.UNDEFINED;
        received.add(message);
        add(new Received(message, sender, board.flawOf(message, sender, type, payload)));
        List<Long> known = board.delivered.computeIfAbsent(current.id(), view -> new ArrayList<>());
        known.add(message);
    }

    @Override
    public void onCausal(long token) {
        add(new Token(token));
    }

    @Override
    public void onLeft(GroupException error) {
        add(new Left(error));
    }

    /** All tokens that it asked for have come. */
    boolean hasAllTokens() {
        Set<Event> told = new HashSet<>(events);
        return asked.stream().allMatch(question -> told.contains(new Token(question.token())));
    }

    /** Length of a message that it offered. */
    int lengthOf(long message) {
        return board.messages.get(message).length();
    }

    boolean delivered(long message) {
        return received.contains(message);
    }

    /** The last view, or null. */
    Viewed current() {
        return current;
    }

    boolean hasLeft() {
        return !events.isEmpty() && events.get(events.size() - 1) instanceof Left;
    }

    @Override
    public String toString() {
        return "node " + number + " (" + id + ")";
    }
}

package io.wsrep4j.gcomm;

import io.wsrep4j.api.Uuid;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;

/** Everything that one member was told, in order. Thread-safe. */
public final class RecordedGroup implements GroupListener {

    /** Something that the member was told. */
    public sealed interface Event {}

    /** A view. */
    public record Viewed(GroupView view) implements Event {}

    /** A message, with its sender's id in place of the index. */
    public record Received(Uuid sender, int type, String payload) implements Event {}

    /** A causal token. */
    public record Causal(long token) implements Event {}

    /** The end. */
    public record Left(GroupException error) implements Event {}

    private final List<Event> events = new ArrayList<>();
    private GroupView view;
    private int received;

    @Override
    public synchronized void onView(GroupView next) {
        view = next;
        add(new Viewed(next));
    }

    @Override
    public synchronized void onMessage(int senderIndex, int type, ByteBuffer payload) {
        byte[] bytes = new byte[payload.remaining()];
        payload.duplicate().get(bytes);
        Uuid sender =
                view == null ? Uuid.UNDEFINED : view.members().get(senderIndex).id();
        received++;
        add(new Received(sender, type, new String(bytes, StandardCharsets.ISO_8859_1)));
    }

    @Override
    public synchronized void onCausal(long token) {
        add(new Causal(token));
    }

    @Override
    public synchronized void onLeft(GroupException error) {
        add(new Left(error));
    }

    private void add(Event event) {
        events.add(event);
        notifyAll();
    }

    /** A copy of what has happened so far. */
    public synchronized List<Event> events() {
        return List.copyOf(events);
    }

    /** The view in force, null before the first. */
    public synchronized GroupView view() {
        return view;
    }

    /** The messages received so far. */
    public List<Received> messages() {
        return events().stream()
                .filter(Received.class::isInstance)
                .map(Received.class::cast)
                .toList();
    }

    /** All views since the first primary one; a newcomer may have been alone, and not primary, before it found the others. */
    public List<GroupView> viewsFromFirstPrimary() {
        return events().stream()
                .filter(Viewed.class::isInstance)
                .map(event -> ((Viewed) event).view())
                .dropWhile(each -> !each.primary())
                .toList();
    }

    /** What happened, with messages counted: for the report of a failure. */
    public String story() {
        StringBuilder story = new StringBuilder("[");
        int messages = 0;
        for (Event event : events()) {
            if (event instanceof Received) {
                messages++;
            } else {
                story.append(messages).append(" messages, ").append(event).append(", ");
                messages = 0;
            }
        }
        return story.append(messages).append(" messages]").toString();
    }

    /**
     * Waits until the events are as wanted.
     *
     * @param wanted asked after each event, with the lock held; the list must not be kept
     */
    public synchronized void await(String what, Duration limit, Predicate<List<Event>> wanted) {
        long deadline = System.nanoTime() + limit.toNanos();
        List<Event> present = Collections.unmodifiableList(events);
        while (!wanted.test(present)) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new AssertionError("not within " + limit + ": " + what + "; " + tail());
            }
            try {
                wait(Math.max(1, left / 1_000_000));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while waiting for " + what, e);
            }
        }
    }

    private String tail() {
        int from = Math.max(0, events.size() - 5);
        List<String> last = new ArrayList<>();
        for (Event event : events.subList(from, events.size())) {
            String text = event.toString();
            last.add(text.length() > 400 ? text.substring(0, 400) + "..." : text);
        }
        return events.size() + " events, the last are " + last;
    }

    /** Waits for a primary or non-primary view of that many members. */
    public void awaitView(boolean primary, int members, Duration limit) {
        await(
                (primary ? "primary" : "non-primary") + " view of " + members,
                limit,
                all -> view != null
                        && view.primary() == primary
                        && view.members().size() == members);
    }

    /** Waits for that many messages. */
    public void awaitMessages(int count, Duration limit) {
        await(count + " messages", limit, all -> received >= count);
    }
}

package io.wsrep4j.tests.gcomm;

import io.wsrep4j.gcomm.ChannelEnvironment;
import io.wsrep4j.gcomm.GroupChannel;
import io.wsrep4j.gcomm.GroupChannel.SendResult;
import io.wsrep4j.gcomm.GroupChannelFactory;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.gcomm.GroupListener;
import io.wsrep4j.gcomm.GroupView;
import io.wsrep4j.gcomm.GroupView.GroupMember;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.zip.CRC32;

/**
 * A channel in a group that writes down what it is told, one line an event: {@code view ...}, {@code message ...}, {@code left ...}.
 * Thread-safe.
 */
public final class Member implements GroupListener, AutoCloseable {

    /** Beginning of the lines about messages. */
    public static final String MESSAGE = "message ";

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final Duration SEND_LIMIT = Duration.ofSeconds(120);
    private static final int SHOWN = 24;

    private final String name;
    private final GroupChannel channel;
    private final Consumer<String> also;
    private final List<String> events = new ArrayList<>();
    private GroupView view;
    private int messages;

    /**
     * Makes a member that is not joined.
     *
     * @param also gets each line, too, in order
     */
    public Member(String name, String address, Path directory, Map<String, String> options, Consumer<String> also)
            throws GroupException {
        this.name = name;
        this.also = also;
        channel = GroupChannelFactory.open(new ChannelEnvironment(address, options, directory, name, "", null));
    }

    /** As above, for nobody else to hear. */
    public Member(String name, String address, Path directory, Map<String, String> options) throws GroupException {
        this(name, address, directory, options, line -> {});
    }

    /** Joins. */
    public Member join(String group, boolean bootstrap) throws GroupException {
        channel.join(group, bootstrap, this);
        return this;
    }

    public GroupChannel channel() {
        return channel;
    }

    @Override
    public synchronized void onView(GroupView next) {
        view = next;
        add("view " + (next.primary() ? "PRIM" : "NON_PRIM") + (next.bootstrap() ? " bootstrap " : " ") + ids(next));
    }

    /** The members' ids, in their order. */
    public static String ids(GroupView view) {
        return view.members().stream()
                .map(GroupMember::id)
                .map(Object::toString)
                .collect(Collectors.joining(","));
    }

    @Override
    public synchronized void onMessage(int senderIndex, int type, ByteBuffer payload) {
        messages++;
        CRC32 crc = new CRC32();
        crc.update(payload.duplicate());
        byte[] shown = new byte[Math.min(SHOWN, payload.remaining())];
        payload.duplicate().get(shown);
        add(MESSAGE + view.members().get(senderIndex).id() + " " + type + " " + payload.remaining() + " "
                + Long.toHexString(crc.getValue()) + " "
                + new String(shown, StandardCharsets.ISO_8859_1).replaceAll("[^!-~]", "."));
    }

    @Override
    public synchronized void onCausal(long token) {
        add("causal " + token);
    }

    @Override
    public synchronized void onLeft(GroupException error) {
        add("left" + (error == null ? "" : " " + error.getMessage()));
    }

    private void add(String line) {
        events.add(line);
        also.accept(line);
        notifyAll();
    }

    /** All lines so far. */
    public synchronized List<String> events() {
        return List.copyOf(events);
    }

    /** The lines about messages. */
    public List<String> messages() {
        return events().stream().filter(line -> line.startsWith(MESSAGE)).toList();
    }

    /** How many messages have come. */
    public synchronized int messageCount() {
        return messages;
    }

    /** The view in force, null before the first. */
    public synchronized GroupView view() {
        return view;
    }

    /** Sends a text that begins with {@code text}, padded to {@code length} bytes; tries again as long as it is told so. */
    public void send(String text, int length) {
        ByteBuffer body = ByteBuffer.allocate(Math.max(length, text.length()));
        body.put(text.getBytes(StandardCharsets.ISO_8859_1)).position(0);
        long deadline = System.nanoTime() + SEND_LIMIT.toNanos();
        SendResult result;
        while ((result = trySend(body)) == SendResult.TRY_AGAIN) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(name + ": still told to try again after " + SEND_LIMIT);
            }
            LockSupport.parkNanos(100_000);
        }
        if (result != SendResult.ACCEPTED) {
            throw new IllegalStateException(name + ": not accepted: " + result);
        }
    }

    /** Sends once. */
    public SendResult trySend(ByteBuffer body) {
        return channel.send(1, NOTHING, body);
    }

    /** Waits for a view. */
    public void awaitView(boolean primary, int members, Duration limit) {
        await(
                "a " + (primary ? "primary" : "non-primary") + " view of " + members,
                limit,
                member -> member.view() != null
                        && member.view().primary() == primary
                        && member.view().members().size() == members);
    }

    /** Waits until that many messages have come. */
    public void awaitMessages(int count, Duration limit) {
        await(count + " messages", limit, member -> member.messageCount() >= count);
    }

    /** Waits until this member is as wanted. */
    public synchronized void await(String what, Duration limit, Predicate<Member> wanted) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!wanted.test(this)) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                List<String> last = events.subList(Math.max(0, events.size() - 4), events.size());
                throw new AssertionError(name + ": not within " + limit + ": " + what + "; " + messages
                        + " messages, status " + channel.status() + ", last events " + last);
            }
            try {
                wait(Math.max(1, left / 1_000_000));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    /** Leaves the group. */
    @Override
    public void close() {
        channel.leave();
    }

    @Override
    public String toString() {
        return name;
    }
}

package io.wsrep4j.tests.gcomm;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.ChannelEnvironment;
import io.wsrep4j.gcomm.GroupChannel;
import io.wsrep4j.gcomm.GroupChannel.SendResult;
import io.wsrep4j.gcomm.GroupChannelFactory;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.gcomm.GroupListener;
import io.wsrep4j.gcomm.GroupView;
import io.wsrep4j.gcomm.TimeUuids;
import io.wsrep4j.gcomm.group.NodeIdentity;
import io.wsrep4j.gcomm.group.message.ActionType;
import io.wsrep4j.gcomm.group.message.CodeMessage;
import io.wsrep4j.gcomm.group.message.FlowMessage;
import io.wsrep4j.gcomm.group.message.MessageType;
import io.wsrep4j.gcomm.group.message.StateMessage;
import io.wsrep4j.gcomm.group.message.StateTransferRequest;
import io.wsrep4j.gcomm.group.message.VoteMessage;
import io.wsrep4j.tests.process.FreePorts;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * A member of a live group that knows the group layer's protocol and does not keep to it: it joins through our own {@code gcomm://} channel, takes
 * part in the state exchanges (what it says of itself is {@link Claims}), follows the order, and sends whatever it is told to, byte for byte.
 * Everything below the group layer behaves well.
 *
 * <p>A test that wants a whole cluster as its victim:
 *
 * <pre>{@code
 * try (HostileMember liar = HostileMember.join(server.groupPort(), "wsrep4j-test", directory, Claims.nothing())) {
 *     liar.awaitConfigured(Cluster.SOON);
 *     liar.fragment(99, 1, 100, 0, ActionType.WRITE_SET.code(), new byte[100]);
 *     ... a write on every node is acknowledged, data are equal
 * }
 * }</pre>
 *
 * <p>Thread-safe. Nothing is sent with this object's lock held, as the channel's comes first.
 */
public final class HostileMember implements GroupListener, AutoCloseable {

    /** How often a message is offered again while the membership changes. */
    private static final Duration SEND_LIMIT = Duration.ofSeconds(60);

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    static final int HEADER = 20;
    private static final int NEWEST_REQUEST = 3;

    private final String name;
    private final GroupChannel channel;
    private final TimeUuids uuids = new TimeUuids(Clock.systemUTC(), new SecureRandom());
    private final FollowedGroup group;
    private Claims claims;
    private long nextActionId = 1;
    private boolean left;
    private String leftBecause;

    private HostileMember(String name, GroupChannel channel, Claims claims) {
        this.name = name;
        this.claims = claims;
        this.channel = channel;
        group = new FollowedGroup(name);
    }

    /** Joins through a channel that a test has made. */
    public static HostileMember join(String name, GroupChannel channel, String group, Claims claims)
            throws GroupException {
        HostileMember member = new HostileMember(name, channel, claims);
        channel.join(group, false, member);
        return member;
    }

    /** Joins the group of a member on loopback that listens at this port, over plain TCP. Returns when it is in the first primary view. */
    public static HostileMember join(int port, String group, Path directory, Claims claims) throws GroupException {
        return join(
                "hostile",
                "gcomm://127.0.0.1:" + port,
                group,
                Map.of("gmcast.listen_addr", "tcp://127.0.0.1:" + FreePorts.one()),
                directory,
                claims);
    }

    /**
     * Joins.
     *
     * @param options of the channel; gmcast.listen_addr at least
     * @param directory of its own; must exist
     * @param claims what it says of itself; see {@link #claim}
     */
    public static HostileMember join(
            String name, String address, String group, Map<String, String> options, Path directory, Claims claims)
            throws GroupException {
        return join(
                name,
                GroupChannelFactory.open(new ChannelEnvironment(address, options, directory, name, "127.0.0.1", null)),
                group,
                claims);
    }

    /** What it says from the next exchange on. */
    public synchronized void claim(Claims changed) {
        claims = changed;
    }

    public GroupChannel channel() {
        return channel;
    }

    // ---- what the group delivers

    @Override
    public void onView(GroupView next) {
        boolean first;
        synchronized (this) {
            group.enter(next);
            first = next.primary() && next.ownIndex() == 0 && !isSilent();
            notifyAll();
        }
        if (first) {
            sendOnce(MessageType.STATE_UUID.code(), bytes(uuids.next()));
        }
    }

    /** True if it would say nothing; then it does not begin an exchange either. */
    private boolean isSilent() {
        StateMessage probe = group.ownState(Uuid.UNDEFINED);
        return claims.answer(Uuid.UNDEFINED, probe, probe) == null;
    }

    private static ByteBuffer bytes(Uuid uuid) {
        ByteBuffer payload = ByteBuffer.allocate(Uuid.BYTES);
        uuid.write(payload, 0);
        return payload;
    }

    @Override
    public void onMessage(int senderIndex, int type, ByteBuffer payload) {
        StateMessage answer = null;
        synchronized (this) {
            group.take(senderIndex, type, payload);
            if (group.isAnswerDue()) {
                group.answered();
                StateMessage honest = group.ownState(group.exchange());
                StateMessage model = group.model();
                answer = claims.answer(group.exchange(), model == null ? honest : model, honest);
            }
            notifyAll();
        }
        if (answer != null) {
            sendOnce(MessageType.STATE_MESSAGE.code(), answer.encode());
        }
    }

    @Override
    public void onCausal(long token) {
        // asks for none
    }

    @Override
    public synchronized void onLeft(GroupException error) {
        left = true;
        leftBecause = error == null ? null : error.getMessage();
        notifyAll();
    }

    // ---- what it knows

    /** Its id in the group. */
    public synchronized Uuid id() {
        return group.ownId();
    }

    /** The view in force. */
    public synchronized GroupView view() {
        return group.view();
    }

    /** The group's history and last seqno, while the others keep to the protocol and nothing of its own was ordered. */
    public synchronized Gtid position() {
        return group.position();
    }

    /** State UUID of the last exchange, undefined before the first. */
    public synchronized Uuid exchange() {
        return group.exchange() == null ? Uuid.UNDEFINED : group.exchange();
    }

    /** Of the present configuration, as the others count them. */
    public synchronized long configurationId() {
        return group.configurationId();
    }

    /** The bytes of another member's last write set, null before the first. */
    public synchronized byte[] lastWriteSet() {
        return group.lastWriteSet() == null ? null : group.lastWriteSet().clone();
    }

    /** Who sent {@link #lastWriteSet}. */
    public synchronized Uuid lastSender() {
        return group.lastSender();
    }

    /** It is out of the group: it left, or was shut out. */
    public synchronized boolean hasLeft() {
        return left;
    }

    /** Why, if that was not its own wish. */
    public synchronized String leftBecause() {
        return leftBecause;
    }

    /** It is alone, or out: the group does not have it any more. */
    public synchronized boolean isOut() {
        return left || group.isAlone();
    }

    /** Waits until every member has spoken in the present exchange. */
    public void awaitConfigured(Duration limit) {
        await("every member has spoken in a state exchange", limit, member -> member.group.isConfigured());
    }

    /** Waits until it is out of the group. */
    public void awaitOut(Duration limit) {
        await("it is out of the group", limit, HostileMember::isOut);
    }

    /** Waits until a condition of this object holds. */
    public synchronized void await(String what, Duration limit, Predicate<HostileMember> wanted) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!wanted.test(this)) {
            long rest = deadline - System.nanoTime();
            if (rest <= 0) {
                throw new AssertionError(name + ": not within " + limit + ": " + what + "; " + group + ", left " + left
                        + " " + leftBecause);
            }
            try {
                wait(Math.max(1, rest / 1_000_000));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    // ---- what it sends

    /** Sends once, whatever becomes of it. */
    public SendResult sendOnce(int type, ByteBuffer payload) {
        return channel.send(type, NOTHING, payload);
    }

    /**
     * Sends bytes as a message of a type, 0 to 254; tries again as long as the channel says so.
     *
     * @return ACCEPTED; or what else came, for instance because it was shut out meanwhile
     */
    public SendResult send(int type, ByteBuffer payload) {
        long deadline = System.nanoTime() + SEND_LIMIT.toNanos();
        SendResult result;
        while ((result = sendOnce(type, payload)) == SendResult.TRY_AGAIN && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(100_000);
        }
        return result;
    }

    /** As above. */
    public SendResult send(MessageType type, ByteBuffer payload) {
        return send(type.code(), payload);
    }

    /** One fragment with these header fields. */
    public SendResult fragment(int version, long actionId, int actionSize, int number, int typeCode, byte[] data) {
        return send(MessageType.ACTION, fragmentBytes(version, actionId, actionSize, number, typeCode, data));
    }

    /** The bytes of a fragment. */
    public static ByteBuffer fragmentBytes(
            int version, long actionId, int actionSize, int number, int typeCode, byte[] data) {
        ByteBuffer payload = ByteBuffer.allocate(HEADER + data.length).order(ByteOrder.LITTLE_ENDIAN);
        payload.putLong(0, Long.reverseBytes((long) version << 56 | actionId & (1L << 56) - 1));
        payload.putInt(8, actionSize).putInt(12, number).put(16, (byte) typeCode);
        return payload.put(HEADER, data);
    }

    /** A whole action, cut as an honest member cuts it, in the newest protocol. */
    public SendResult action(ActionType type, byte[] data) {
        long id = nextActionId();
        int most = channel.maximumLength() - HEADER;
        SendResult result = SendResult.ACCEPTED;
        for (int from = 0, number = 0; from < data.length && result == SendResult.ACCEPTED; from += most, number++) {
            byte[] part = Arrays.copyOfRange(data, from, Math.min(data.length, from + most));
            result = fragment(NodeIdentity.GROUP_PROTOCOL, id, data.length, number, type.code(), part);
        }
        return result;
    }

    private synchronized long nextActionId() {
        return nextActionId++;
    }

    /** A request for a state transfer, as an honest joiner of the newest version makes it. */
    public SendResult requestState(byte[] body) {
        StateTransferRequest request =
                new StateTransferRequest("", NEWEST_REQUEST, Gtid.UNDEFINED, ByteBuffer.wrap(body));
        return action(ActionType.STATE_TRANSFER_REQUEST, request.encode());
    }

    /** A vote. */
    public SendResult vote(Gtid at, long value, String text) {
        ByteBuffer error = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        return send(MessageType.VOTE, VoteMessage.encode(at, value, error));
    }

    /** LAST, JOIN or SYNC. */
    public SendResult report(MessageType type, Gtid at, long code) {
        return send(type, new CodeMessage(at, code).encode());
    }

    /** Flow control in this configuration. */
    public SendResult flow(long configuration, boolean stop) {
        return send(MessageType.FLOW, new FlowMessage((int) configuration, stop).encode());
    }

    // ---- ends

    /** Drops all connections without a word, as a pulled cable does, and ends. */
    public void vanish() {
        channel.isolate(true);
        channel.leave();
    }

    /** Leaves as an honest member does. */
    @Override
    public void close() {
        channel.leave();
    }

    @Override
    public String toString() {
        return name;
    }
}

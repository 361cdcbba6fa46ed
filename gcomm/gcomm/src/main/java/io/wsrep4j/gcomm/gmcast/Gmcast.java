package io.wsrep4j.gcomm.gmcast;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.frame.Frame;
import io.wsrep4j.gcomm.log.LimitedLog;
import io.wsrep4j.gcomm.log.LineKind;
import io.wsrep4j.gcomm.transport.LowestLayer;
import io.wsrep4j.gcomm.transport.NodeAddress;
import io.wsrep4j.gcomm.transport.TransportEffects;
import java.net.InetAddress;
import java.util.Collection;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The GMCast state machine of one node (docs/spec/gcomm-transport-pc.md 5 to 10). Not thread-safe: the owner calls it under one lock. Every call that
 * is an event carries the time in nanoseconds, from any origin, never going back.
 *
 * <p>Where the reference ends its whole node because of what a peer sends (docs/spec/gcomm-transport-pc.md 17.3), this one closes that peer's
 * connection and goes on.
 */
public final class Gmcast implements LowestLayer {

    /** The longest message {@link #send} takes, in bytes. */
    public static final int MAX_MESSAGE_LENGTH = Frame.MAX_PAYLOAD_LENGTH - GmcastHeader.LENGTH;

    /** Bytes that {@link #send} wants free before the reader index of a message, so that it need not be copied. */
    public static final int HEADROOM = Frame.HEADER_LENGTH + GmcastHeader.LENGTH;

    private static final long TICK_NANOS = 500_000_000L;

    private static final LineKind LOST = LineKind.ofPeer("connections lost");
    private static final LineKind NO_LUCK = LineKind.ofPeer("connections that were not established");

    private final GmcastSettings settings;
    private final Uuid nodeId;
    private final TransportEffects effects;
    private final GmcastListener listener;
    private final LimitedLog log;

    private final Evictions evictions = new Evictions();
    private final Isolation isolation = new Isolation();
    private final Fanout fanout;
    private final Connections connections;
    private final AddressBook book;
    private final Mesh mesh;
    private final Dialling dialling;
    private final Handshaking handshaking;
    private final Liveness liveness;
    private final ControlMessages controlMessages;
    private final ViewHandling views;
    private final UserMessages userMessages;

    private boolean running;
    private long nextTickNanos = Long.MAX_VALUE;

    /**
     * @param handshakeIds makes a fresh id for each accepted connection
     * @param random for the delay of first dials
     * @param allocator of the buffers that messages are built in
     */
    public Gmcast(
            GmcastSettings settings,
            Uuid nodeId,
            Supplier<Uuid> handshakeIds,
            RandomGenerator random,
            ByteBufAllocator allocator,
            TransportEffects effects,
            GmcastListener listener,
            LimitedLog log) {
        this.settings = settings;
        this.nodeId = nodeId;
        this.effects = effects;
        this.listener = listener;
        this.log = log;
        GmcastEncoder encoder = new GmcastEncoder(allocator, nodeId, settings.segment());
        fanout = new Fanout(nodeId, settings.segment(), encoder, effects);
        connections = new Connections(effects, log);
        book = new AddressBook(settings.maximumInitialReconnects());
        Gossip gossip = new Gossip(nodeId, settings.listenAddress(), random, connections, book, log);
        Establishment establishment = new Establishment(connections, book, evictions, log);
        mesh = new Mesh(settings, encoder, effects, connections, book, gossip, establishment, fanout, log);
        dialling = new Dialling(connections, book, gossip, isolation, effects, log);
        handshaking =
                new Handshaking(settings, nodeId, handshakeIds, connections, mesh, evictions, encoder, effects, log);
        userMessages = new UserMessages(
                settings.segment(),
                settings.peerTimeoutNanos() / 2,
                nodeId,
                connections,
                fanout,
                evictions,
                encoder,
                effects,
                listener,
                log);
        liveness = new Liveness(settings.peerTimeoutNanos(), connections, mesh, fanout, encoder, effects);
        views = new ViewHandling(nodeId, settings.timeWaitNanos(), mesh, handshaking, liveness);
        controlMessages = new ControlMessages(handshaking, mesh, dialling, liveness, encoder, effects);
    }

    /** Begins: dials the initial addresses. */
    public void start(long nowNanos) {
        running = true;
        for (NodeAddress address : settings.initialAddresses()) {
            mesh.addInitial(address, nowNanos);
        }
        nextTickNanos = nowNanos + TICK_NANOS;
        dial(nowNanos);
    }

    /** Ends: closes all connections, dials and accepts no more. */
    public void stop() {
        running = false;
        nextTickNanos = Long.MAX_VALUE;
        connections.closeAll("this node leaves");
    }

    // ---- events from the driver

    /** A fresh connection id, for a connection that the driver is about to report as accepted. */
    @Override
    public long newConnection() {
        return connections.newId();
    }

    /** The driver accepted a connection (with TLS: its handshake is over). */
    @Override
    public void onAccepted(long connection, InetAddress peer, long nowNanos) {
        if (!running || isolation.isCutOff()) {
            effects.close(connection, running ? "this node is isolated" : "this node has left");
            return;
        }
        if (isolation.isFatal()) {
            effects.close(connection, "this node is isolated");
            fail(Isolation.failure());
            return;
        }
        Connection accepted = Connection.accepted(connection, NodeAddress.text(peer), nowNanos);
        connections.add(accepted);
        handshaking.limitUnfinished(nowNanos);
        if (!accepted.isOpen()) {
            return;
        }
        handshaking.greet(accepted, nowNanos);
    }

    /** A dial succeeded (with TLS: its handshake is over). */
    @Override
    public void onConnected(long connection, long nowNanos) {
        Connection dialled = connections.find(connection);
        if (dialled != null) {
            dialled.handshakeSinceNanos = nowNanos;
        }
    }

    /** A dial failed, the peer closed, or the driver closed after a malformed frame. */
    @Override
    public void onClosed(long connection, String reason, long nowNanos) {
        Connection closed = connections.find(connection);
        if (closed != null) {
            if (closed.isEstablished()) {
                log.info(LOST, closed.peer, "lost {}: {}", closed, reason);
            } else {
                log.log(mesh.levelOf(closed), NO_LUCK, closed.peer, "no luck with {}: {}", closed, reason);
            }
            mesh.failed(closed, nowNanos);
            mesh.update(nowNanos);
            pullTick();
        }
    }

    /** One whole frame's payload with a right checksum: the buffer's readable bytes; valid until the call returns. */
    @Override
    public void onFrame(long connection, ByteBuf payload, long nowNanos) {
        Connection from = connections.find(connection);
        if (from == null) {
            return;
        }
        try {
            GmcastMessage message = GmcastDecoder.decode(payload, from.remoteId);
            from.receivedNanos = nowNanos;
            if (message instanceof GmcastMessage.User user) {
                String fault = userMessages.onFrame(from, user, payload, nowNanos);
                if (fault != null) {
                    closeBad(from, fault, nowNanos);
                }
            } else {
                fail(controlMessages.handle(from, message, nowNanos));
            }
        } catch (MalformedMessageException e) {
            closeBad(from, "malformed message: " + e.getMessage(), nowNanos);
        }
        pullTick();
    }

    /** A user message that came by multicast: a GMCast message whose checksum and group are right. */
    @Override
    public void onDatagram(ByteBuf payload, long nowNanos) {
        userMessages.onDatagram(payload, nowNanos);
    }

    /** The nodes that hear our multicast now, replacing what was said before; each is reached by {@link TransportEffects#multicast}. */
    @Override
    public void onMulticastPeers(Collection<Uuid> nodes, long nowNanos) {
        fanout.setMulticastNodes(nodes);
    }

    /** The time has come, or passed, or perhaps not yet: does what is due. */
    public void onTime(long nowNanos) {
        if (!running || nowNanos < nextTickNanos) {
            return;
        }
        long late = nowNanos - nextTickNanos;
        if (late > TICK_NANOS) {
            liveness.stalled(late);
        }
        nextTickNanos = nowNanos + TICK_NANOS;
        liveness.check(nowNanos);
        mesh.removeDead(nowNanos);
        dial(nowNanos);
        if (running) {
            nextTickNanos = Math.min(nextTickNanos, dialling.nextFirstDialNanos(nowNanos));
        }
    }

    /** When {@link #onTime} is to be called next; {@link Long#MAX_VALUE} for never. */
    public long nextDeadlineNanos() {
        return nextTickNanos;
    }

    private void closeBad(Connection from, String reason, long nowNanos) {
        mesh.fail(from, reason, nowNanos);
        mesh.update(nowNanos);
    }

    private void pullTick() {
        long learned = mesh.takeLearnedDialNanos();
        if (running) {
            nextTickNanos = Math.min(nextTickNanos, learned);
        }
    }

    private void dial(long nowNanos) {
        if (running) {
            fail(dialling.dial(nowNanos));
        }
    }

    /** @param failure why this node must end, or null */
    private void fail(GmcastFailure failure) {
        if (failure != null && running) {
            log.plain().error("{}", failure.message());
            stop();
            listener.onFailure(failure);
        }
    }

    // ---- from the layer above

    /**
     * Sends a message, best effort.
     *
     * @param target the node that should get it, or null for all; when there is no connection to it all get it
     * @param datagram true if the message may go by multicast: its loss is noticed and repaired by the layer above
     * @param message the readable bytes; belongs to the caller, its indices do not move. {@link #HEADROOM} bytes before the reader index are
     *     written into; with less room, or a read-only buffer, the message is copied. Its bytes must not change later
     * @throws IllegalArgumentException if it is empty or longer than {@link #MAX_MESSAGE_LENGTH}
     */
    public void send(Uuid target, boolean datagram, ByteBuf message, long nowNanos) {
        int length = message.readableBytes();
        if (length == 0 || length > MAX_MESSAGE_LENGTH) {
            throw new IllegalArgumentException("a message has 1 to " + MAX_MESSAGE_LENGTH + " bytes, not " + length);
        }
        if (running) {
            userMessages.send(target, datagram, message, nowNanos);
        }
    }

    /** EVS delivers a regular view. */
    public void onRegularView(Collection<Uuid> members, Collection<Uuid> left, long nowNanos) {
        if (running) {
            views.onRegular(members, left, nowNanos);
            pullTick();
        }
    }

    /** PC delivers a primary view. */
    public void onPrimaryView(Collection<Uuid> members, long nowNanos) {
        if (running) {
            views.onPrimary(members, nowNanos);
            pullTick();
        }
    }

    /** PC delivers a non-primary view. */
    public void onNonPrimaryView(long nowNanos) {
        if (running) {
            views.onNonPrimary(nowNanos);
            pullTick();
        }
    }

    /** EVS is about to send a JOIN that lists this node as operational, not suspected, not evicted: it may be dialled again. */
    public void allowConnect(Uuid node) {
        mesh.allowConnect(node);
    }

    /** EVS evicts a node: no message from it is heard and no handshake with it succeeds. */
    public void evict(Uuid node) {
        evictions.add(node);
    }

    /** Takes an eviction back. */
    public void unevict(Uuid node) {
        evictions.remove(node);
    }

    /** True if the node is evicted. */
    public boolean isEvicted(Uuid node) {
        return evictions.contains(node);
    }

    /** EVS asks to forget a node for gmcast.time_wait. */
    public void forget(Uuid node, long nowNanos) {
        if (running) {
            mesh.forget(node, settings.timeWaitNanos(), nowNanos);
            pullTick();
        }
    }

    // ---- options at run time

    /** gmcast.isolate: 0 off, 1 no connection, 2 fail at the next accept or dial (docs/spec/gcomm-transport-pc.md 10.2). */
    public void isolate(int mode, long nowNanos) {
        isolation.set(mode);
        if (isolation.isCutOff()) {
            connections.closeAll("this node is isolated");
            mesh.update(nowNanos);
        }
    }

    /** gmcast.peer_addr=add:... */
    public void addPeer(NodeAddress address, long nowNanos) {
        mesh.addPeer(address, nowNanos);
        dial(nowNanos);
    }

    /** gmcast.peer_addr=del:... */
    public void deletePeer(NodeAddress address, long nowNanos) {
        mesh.deletePeer(address, nowNanos);
        pullTick();
    }

    /** Nobody is looked for there any more; whoever is connected stays so. */
    public void retirePeer(NodeAddress address) {
        mesh.retirePeer(address);
    }

    /** True if it is this node's own address, or any of the machine's. */
    public boolean isOwn(NodeAddress address) {
        return mesh.isOwn(address);
    }

    /** gmcast.mira. */
    public void setMaximumInitialReconnects(int count) {
        book.setMaximumInitialReconnects(count);
    }

    // ---- what is known

    /** This node's id. */
    @Override
    public Uuid nodeId() {
        return nodeId;
    }

    /** Text of a node's address, such as {@code tcp://10.0.0.1:4567}; empty if unknown. */
    public String addressOf(Uuid node) {
        return mesh.addressOf(node);
    }

    /**
     * True if a member or a configured peer lives at an IP address, as far as this node knows.
     *
     * @param host IPv6 in its short form
     */
    @Override
    public boolean knowsHost(String host) {
        return mesh.knowsHost(host);
    }

    /** True if a connection to the node is established. */
    @Override
    public boolean isConnected(Uuid node) {
        return connections.establishedTo(node) != null;
    }
}

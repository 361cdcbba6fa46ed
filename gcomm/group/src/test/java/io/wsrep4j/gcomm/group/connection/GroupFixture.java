package io.wsrep4j.gcomm.group.connection;

import ch.qos.logback.classic.Level;
import io.wsrep4j.api.Gtid;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.gcomm.group.ActionMemory;
import io.wsrep4j.gcomm.group.Configuration;
import io.wsrep4j.gcomm.group.GroupAction;
import io.wsrep4j.gcomm.group.GroupOptions;
import io.wsrep4j.gcomm.group.Member;
import io.wsrep4j.gcomm.group.NodeIdentity;
import io.wsrep4j.gcomm.group.ReplicationResult;
import io.wsrep4j.gcomm.group.StateTransferAnswer;
import io.wsrep4j.gcomm.group.message.ActionFragment;
import io.wsrep4j.gcomm.group.message.ActionType;
import io.wsrep4j.gcomm.group.message.CodeMessage;
import io.wsrep4j.gcomm.group.message.ConfigurationChange;
import io.wsrep4j.gcomm.group.message.MessageType;
import io.wsrep4j.gcomm.group.message.NodeState;
import io.wsrep4j.gcomm.group.message.Protocols;
import io.wsrep4j.gcomm.group.message.StateTransferRequest;
import io.wsrep4j.gcomm.log.RecordedLog;
import io.wsrep4j.kit.Await;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/** Group connections above the simulated transport for tests of single behaviours. The test's thread delivers. */
final class GroupFixture implements AutoCloseable {

    static final Protocols PROTOCOLS = new Protocols(NodeIdentity.GROUP_PROTOCOL, 11, 4);
    private static final GroupEnvironment REAL = GroupEnvironment.real();
    private static final long PATIENCE_SECONDS = 60;

    final SimulatedTransport transport = new SimulatedTransport(1);
    private final List<Peer> peers = new ArrayList<>();
    /** How much later it is for the peers than it is. */
    volatile long later;

    /** What peers without a timer do when something has lasted too long. */
    final List<Runnable> overdue = new ArrayList<>();

    private final Map<String, RecordedLog> logs = new ConcurrentHashMap<>();

    /** A node. */
    final class Peer {
        final SimulatedTransport.Node node;
        final GroupConnection connection;
        final List<GroupAction> actions = new ArrayList<>();

        Peer(
                SimulatedTransport.Node node,
                NodeIdentity identity,
                Map<String, String> options,
                Gtid position,
                long recoverable,
                Function<String, GroupTimer> timers) {
            this.node = node;
            connection = new GroupConnection(
                    identity,
                    GroupOptions.parse(options),
                    identity.stateless() ? null : ActionMemory.heap(),
                    new GroupEnvironment(
                            () -> REAL.nanoTime().getAsLong() + later,
                            REAL.uuids(),
                            timers,
                            name -> logs.computeIfAbsent(name, any -> new RecordedLog(Level.DEBUG))
                                    .logger()));
            connection.initialPosition(position, recoverable);
            try {
                connection.open(node, "fixture", false);
            } catch (GroupException e) {
                throw new AssertionError(e);
            }
        }

        /** Takes everything that waits; configuration changes are resumed at once. */
        List<GroupAction> drain() {
            List<GroupAction> taken = new ArrayList<>();
            try {
                while (connection.figures().localReceiveQueue() > 0) {
                    GroupAction action = connection.receive();
                    taken.add(action);
                    if (action instanceof GroupAction.ConfigurationChanged) {
                        connection.resumeReception();
                    }
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            actions.addAll(taken);
            return taken;
        }

        <T extends GroupAction> List<T> taken(Class<T> kind) {
            return actions.stream().filter(kind::isInstance).map(kind::cast).toList();
        }

        ConfigurationChange configuration() {
            List<GroupAction.ConfigurationChanged> changes = taken(GroupAction.ConfigurationChanged.class);
            return changes.get(changes.size() - 1).change();
        }

        Configuration state() {
            return connection.session().state().configuration();
        }

        NodeState status(Peer of) {
            for (Member member : state().members()) {
                if (member.id().equals(of.node.id)) {
                    return member.status();
                }
            }
            throw new AssertionError("not a member");
        }

        Gtid at(long seqno) {
            return new Gtid(state().historyUuid(), seqno);
        }

        void inject(MessageType type, ByteBuffer payload) {
            byte[] bytes = new byte[payload.remaining()];
            payload.duplicate().get(bytes);
            node.inject(type.code(), bytes);
        }

        void inject(MessageType type, long seqno, long code) {
            inject(type, new CodeMessage(at(seqno), code).encode().clear());
        }

        CompletableFuture<ReplicationResult> replicate(String content) {
            ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.US_ASCII));
            return background(() -> connection.replicate(connection.schedule(), bytes));
        }

        StateTransferAnswer request(String donors) {
            return await(background(() -> connection.requestStateTransfer(
                    new StateTransferRequest(donors, 3, Gtid.UNDEFINED, ByteBuffer.wrap(new byte[] {1, 2, 3})))));
        }

        StateTransferAnswer desync() {
            return await(background(connection::desync));
        }
    }

    /** What a node has logged, line by line. */
    List<String> log(String name) {
        return logs.get(name).lines();
    }

    Peer peer(String name) {
        return peer(name, Map.of(), Gtid.UNDEFINED);
    }

    Peer peer(String name, Map<String, String> options, Gtid position) {
        return peer(new NodeIdentity(name, name + ":3306", PROTOCOLS, 0, false), options, position);
    }

    Peer peer(String name, Map<String, String> options, Gtid position, long recoverable) {
        NodeIdentity identity = new NodeIdentity(name, name + ":3306", PROTOCOLS, 0, false);
        return peer(identity, options, position, recoverable, REAL.timers());
    }

    Peer peer(NodeIdentity identity, Map<String, String> options, Gtid position) {
        return peer(identity, options, position, position.seqno(), REAL.timers());
    }

    private Peer peer(
            NodeIdentity identity,
            Map<String, String> options,
            Gtid position,
            long recoverable,
            Function<String, GroupTimer> timers) {
        Peer peer = new Peer(transport.newNode(peers.size() + 1, 0), identity, options, position, recoverable, timers);
        peers.add(peer);
        return peer;
    }

    /** A peer that does nothing later by itself: what it puts off is put into {@code later}. */
    Peer peerWithoutTimer(String name, Map<String, String> options, List<Runnable> later) {
        GroupTimer timer = new GroupTimer() {
            @Override
            public void schedule(Runnable task, long delayNanos) {
                (delayNanos < Deadlines.VOTE_LIMIT_NANOS ? later : overdue).add(task);
            }

            @Override
            public void shutdown() {
                later.clear();
            }
        };
        NodeIdentity identity = new NodeIdentity(name, name + ":3306", PROTOCOLS, 0, false);
        return peer(identity, options, Gtid.UNDEFINED, Gtid.UNDEFINED.seqno(), thread -> timer);
    }

    /** A primary component of these. */
    void primary(Peer... members) {
        component(true, false, members);
    }

    void component(boolean primary, boolean bootstrap, Peer... members) {
        SimulatedTransport.Node[] nodes = new SimulatedTransport.Node[members.length];
        for (int i = 0; i < nodes.length; i++) {
            nodes[i] = members[i].node;
        }
        transport.component(primary, bootstrap, nodes);
        settle();
    }

    /** Delivers everything, and takes all actions of all peers, until nothing is left. */
    void settle() {
        boolean busy = true;
        while (busy) {
            transport.settle();
            busy = false;
            for (Peer peer : peers) {
                busy |= !peer.drain().isEmpty();
            }
        }
    }

    /** Delivers everything, and takes nothing. */
    void deliver() {
        transport.settle();
    }

    /** A synced group of this many. */
    Peer[] synced(int count) {
        Peer[] members = new Peer[count];
        members[0] = peer("n1");
        primary(members[0]);
        for (int i = 1; i < count; i++) {
            members[i] = peer("n" + (i + 1));
            Peer[] now = new Peer[i + 1];
            System.arraycopy(members, 0, now, 0, i + 1);
            primary(now);
            transfer(members[i], members[0]);
        }
        return members;
    }

    /** A whole state transfer. */
    void transfer(Peer joiner, Peer anyMember) {
        StateTransferAnswer answer = joiner.request("");
        if (answer.status() != StateTransferAnswer.Status.GRANTED) {
            throw new AssertionError("no donor: " + answer);
        }
        settle();
        Peer donor = byId(anyMember.state().members().get(answer.donorIndex()));
        donor.connection.join(donor.at(donor.state().actId()), 0);
        joiner.connection.join(donor.at(donor.state().actId()), 0);
        settle();
    }

    private Peer byId(Member member) {
        return peers.stream()
                .filter(peer -> peer.node.id.equals(member.id()))
                .findFirst()
                .orElseThrow();
    }

    /** Delivers what is under way to one peer only. */
    void deliverTo(Peer peer) {
        boolean busy = true;
        while (busy) {
            busy = transport.orderOne(peer.node);
            busy |= transport.deliverOne(peer.node);
            peer.connection.figures();
        }
    }

    /** Fragments as a peer would send them. */
    record ActionFragmentBytes(long id, int size) {
        ByteBuffer fragment(int number, String data) {
            ByteBuffer out = ByteBuffer.allocate(ActionFragment.HEADER_BYTES + data.length())
                    .order(ByteOrder.LITTLE_ENDIAN);
            ActionFragment.writeHeader(out, 5, id, size, ActionType.WRITE_SET);
            ActionFragment.writeNumber(out, number);
            out.put(ActionFragment.HEADER_BYTES, data.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            return out;
        }
    }

    <T> CompletableFuture<T> background(Supplier<T> call) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        result.complete(call.get());
                    } catch (Throwable e) {
                        result.completeExceptionally(e);
                    }
                },
                "background");
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    /** The result of a call on another thread; the transport delivers meanwhile. */
    <T> T await(CompletableFuture<T> call) {
        until(() -> {
            transport.settle();
            return call.isDone();
        });
        try {
            return call.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    static void until(BooleanSupplier condition) {
        Await.until("what the test is about to go on from", condition);
    }

    @Override
    public void close() {
        peers.forEach(peer -> peer.connection.close());
    }
}

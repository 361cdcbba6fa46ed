package io.wsrep4j.gcomm.group;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.gcomm.group.GroupAction.ConfigurationChanged;
import io.wsrep4j.gcomm.group.message.ActionType;
import io.wsrep4j.gcomm.group.message.ConfigurationChange;
import io.wsrep4j.gcomm.group.message.NodeState;
import io.wsrep4j.gcomm.group.message.Protocols;
import io.wsrep4j.gcomm.group.message.StateTransferRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** A cluster of applications above group connections above the simulated transport, driven by one random source on one thread. */
final class SimulatedCluster {

    private static final int NODES = 5;
    private static final int PATIENCE = 200;
    private static final Protocols PROTOCOLS = new Protocols(NodeIdentity.GROUP_PROTOCOL, 11, 4);

    private static final org.slf4j.Logger LOG = org.slf4j.LoggerFactory.getLogger(SimulatedCluster.class);

    private final Random random;
    private final SimulatedTransport transport;
    private final List<Application> running = new ArrayList<>();
    private final Map<Gtid, String> history = new HashMap<>();
    private final Set<String> contents = new HashSet<>();
    private final Map<Long, String> configurations = new HashMap<>();
    private final Map<Uuid, Gtid> snapshots = new HashMap<>();
    private List<SimulatedTransport.Node> lastPrimary = List.of();
    private final Set<SimulatedTransport.Node> departed = new HashSet<>();
    private long nextId = 1;
    private int nextContent;
    private boolean healing;

    SimulatedCluster(long seed) {
        random = new Random(seed);
        transport = new SimulatedTransport(random.nextLong());
        transport.refuseActions(10);
        transport.maximumLength(1024);
        start();
        reform(List.of(List.copyOf(running)));
        settle();
    }

    int orderedWriteSets() {
        return contents.size();
    }

    private Application start() {
        try {
            Application application = new Application();
            running.add(application);
            return application;
        } catch (GroupException e) {
            throw new AssertionError(e);
        }
    }

    void run(int steps) {
        for (int i = 0; i < steps; i++) {
            int dice = random.nextInt(1000);
            Application one = running.get(random.nextInt(running.size()));
            if (dice < 350) {
                transport.deliverOne(one.node);
            } else if (dice < 550) {
                transport.orderOne(one.node);
            } else if (dice < 750) {
                one.work();
            } else if (dice < 970) {
                one.send();
            } else if (dice < 976 && running.size() < NODES) {
                start();
                reform(List.of(List.copyOf(running)));
            } else if (dice < 985) {
                partition();
            } else if (dice < 995) {
                reform(List.of(List.copyOf(running)));
            } else {
                end(one);
            }
            running.removeIf(application -> application.closed);
            if (running.isEmpty()) {
                throw new AssertionError("all nodes have left");
            }
        }
    }

    private void end(Application application) {
        long survivors = lastPrimary.stream()
                .filter(node -> !departed.contains(node) && node != application.node && !node.isGone())
                .count();
        boolean historySurvives = running.stream()
                .anyMatch(other -> other != application && other.isComplete() && other.received() == newest());
        if (running.size() < 3 || survivors * 2 <= lastPrimary.size() + 1 || !historySurvives) {
            return;
        }
        running.remove(application);
        if (random.nextBoolean()) {
            transport.crash(application.node);
        } else {
            application.connection.close();
            departed.add(application.node);
        }
        reform(List.of(List.copyOf(running)));
    }

    private long newest() {
        return running.stream().mapToLong(Application::received).max().orElse(-1);
    }

    /**
     * Only while every node has the state: members without it count in the transport's majority, and a majority of them can go on from a
     * history that ends earlier than that of the complete member they lost (sheet gcs, 8.4, steps A and B). That is so by protocol.
     */
    private void partition() {
        if (!running.stream().allMatch(Application::hasState)) {
            return;
        }
        List<Application> one = new ArrayList<>();
        List<Application> other = new ArrayList<>();
        running.forEach(application -> (random.nextBoolean() ? one : other).add(application));
        reform(List.of(one, other));
    }

    /** New components; the one that has most of the last primary one is primary. */
    private void reform(List<List<Application>> parts) {
        // who says goodbye is not missed; who crashes is
        List<SimulatedTransport.Node> before =
                lastPrimary.stream().filter(node -> !departed.contains(node)).toList();
        for (List<Application> part : parts) {
            List<SimulatedTransport.Node> nodes =
                    part.stream().map(application -> application.node).toList();
            long kept = nodes.stream().filter(before::contains).count();
            boolean primary = lastPrimary.isEmpty() || kept * 2 > before.size();
            if (nodes.isEmpty()) {
                continue;
            }
            transport.component(primary, false, nodes);
            LOG.debug(
                    "component {} {}",
                    primary ? "primary" : "not primary",
                    nodes.stream().map(node -> node.id.mostSignificant()).toList());
            if (primary) {
                lastPrimary = nodes;
                departed.clear();
            }
        }
    }

    private void settle() {
        for (int round = 0; round < 400; round++) {
            transport.settle();
            running.forEach(Application::work);
            running.forEach(Application::send);
            running.removeIf(application -> application.closed);
        }
    }

    /** After all faults: everybody in one component, everybody synced at the same position. */
    void heal() {
        healing = true;
        for (int attempt = 0; attempt < 20; attempt++) {
            while (running.size() < 3) {
                start();
            }
            reform(List.of(List.copyOf(running)));
            settle();
            if (running.size() >= 3 && isHealed()) {
                return;
            }
        }
        throw new AssertionError("not healed: " + running);
    }

    private boolean isHealed() {
        Gtid position = running.get(0).position;
        return running.stream()
                .allMatch(application -> application.position.equals(position)
                        && application.connection.session().state().members().stream()
                                .allMatch(member -> member.status == NodeState.SYNCED));
    }

    private void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what + "; " + running);
        }
    }

    /** What the replicator and the host do with the group's actions, in short. */
    private final class Application {
        final SimulatedTransport.Node node = transport.newNode(nextId++, random.nextInt(2));
        final GroupConnection connection = new GroupConnection(
                new NodeIdentity("n" + node.id.mostSignificant(), "here", PROTOCOLS, 0, false),
                GroupOptions.parse(Map.of("gcs.max_packet_size", "64")),
                ActionMemory.heap());
        private Gtid position = Gtid.UNDEFINED;
        private final ArrayDeque<ActionBuffer> toResend = new ArrayDeque<>();
        private OwnAction sending;
        private OwnAction request;
        private boolean needsTransfer;
        private boolean closed;
        private long localSeqno;
        private int waited;

        Application() throws GroupException {
            connection.open(node, "simulation", false);
        }

        /** Last seqno that this node's group layer knows. */
        long received() {
            return connection.session().state().configuration().actId();
        }

        boolean isComplete() {
            return status().isComplete();
        }

        /** Has, or would have in a primary component, the state. */
        boolean hasState() {
            Configuration configuration = connection.session().state().configuration();
            return isComplete()
                    || !configuration.isPrimary()
                            && configuration.stateInLastPrimary().isComplete()
                            && !needsTransfer;
        }

        private NodeState status() {
            Configuration configuration = connection.session().state().configuration();
            return configuration.isPrimary()
                    ? configuration.members().get(configuration.ownIndex()).status
                    : NodeState.NON_PRIM;
        }

        void work() {
            if (closed) {
                return;
            }
            if (needsTransfer) {
                transfer();
                return;
            }
            for (int i = healing ? Integer.MAX_VALUE : random.nextInt(4);
                    i > 0 && connection.figures().localReceiveQueue() > 0 && !needsTransfer;
                    i--) {
                try {
                    handle(connection.receive());
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
            if (connection.session().hasLeft() && connection.figures().localReceiveQueue() == 0) {
                closed = true;
                departed.add(node);
            }
        }

        private void handle(GroupAction action) {
            if (action.localSeqno() != GroupAction.NO_LOCAL_SEQNO) {
                check(action.localSeqno() > localSeqno, "local seqnos grow");
                localSeqno = action.localSeqno();
            }
            if (action instanceof GroupAction.WriteSet writeSet) {
                writeSet(writeSet);
            } else if (action instanceof GroupAction.LostWriteSet lost) {
                toResend.add(lost.buffer());
            } else if (action instanceof ConfigurationChanged changed) {
                changed(changed);
            } else if (action instanceof GroupAction.StateTransferRequested requested) {
                check(requested.seqno() == position.seqno(), "the donor is where the group is");
                snapshots.put(requested.requester(), position);
                connection.join(position, 0);
            } else if (action instanceof GroupAction.Inconsistent inconsistent) {
                // a joiner may have seen configurations that no complete member has; it joins anew
                check(position.uuid().isUndefined(), inconsistent.reason());
                closed = true;
                departed.add(node);
            }
        }

        private void writeSet(GroupAction.WriteSet writeSet) {
            String content = new String(writeSet.buffer().bytes().array(), StandardCharsets.US_ASCII);
            ordered(writeSet.seqno(), content);
        }

        private void ordered(long seqno, String content) {
            Gtid at = new Gtid(position.uuid(), seqno);
            String known = history.putIfAbsent(at, content);
            check(
                    known == null || known.equals(content),
                    "seqno " + seqno + " is " + content + " here, but " + known + " elsewhere");
            if (known == null && !content.startsWith("configuration")) {
                check(contents.add(content), content + " was ordered twice");
            }
            if (seqno > position.seqno()) {
                check(seqno == position.seqno() + 1, "at " + position + " came seqno " + seqno);
                position = at;
            }
        }

        private void changed(ConfigurationChanged changed) {
            ConfigurationChange change = changed.change();
            if (!change.isPrimary()) {
                connection.resumeReception();
                return;
            }
            String members = change.position() + " "
                    + change.members().stream().map(m -> m.id() + "").toList();
            NodeState own = change.members().get(changed.ownIndex()).state();
            if (own.isComplete()) {
                String known = configurations.putIfAbsent(change.configurationId(), members);
                check(
                        known == null || known.equals(members),
                        "two primary components: configuration " + change.configurationId() + " is " + members + " and "
                                + known);
            }
            boolean sameHistory = change.position().uuid().equals(position.uuid());
            if (own == NodeState.PRIM && !(sameHistory && change.position().seqno() <= position.seqno())) {
                needsTransfer = true;
                return;
            }
            if (!sameHistory) {
                check(position.uuid().isUndefined(), "the history changed");
                position = new Gtid(change.position().uuid(), change.position().seqno() - 1);
            }
            ordered(change.position().seqno(), "configuration " + change.configurationId());
            connection.resumeReception();
        }

        private void transfer() {
            if (connection.session().hasLeft()) {
                // the donor went away, for instance: an operator would start the node again
                closed = true;
                departed.add(node);
                return;
            }
            Gtid snapshot = snapshots.get(node.id);
            if (request == null) {
                snapshots.remove(node.id);
                request = new OwnAction(null)
                        .prepare(
                                ActionType.STATE_TRANSFER_REQUEST,
                                ByteBuffer.wrap(new StateTransferRequest("", 3, Gtid.UNDEFINED, ByteBuffer.allocate(9))
                                        .encode()),
                                connection.session().sender());
            }
            if (request.result() == null) {
                if (!request.isSent() && (sending == null || sending == request)) {
                    sending = connection.session().sender().sendNow(request) ? null : request;
                }
                return;
            }
            StateTransferAnswer answer = (StateTransferAnswer) request.result();
            if (answer.status() != StateTransferAnswer.Status.GRANTED) {
                check(answer.status() != StateTransferAnswer.Status.REFUSED, "refused");
                request = null;
            } else if (snapshot != null) {
                position = snapshot;
                connection.join(snapshot, 0);
                needsTransfer = false;
                request = null;
                connection.resumeReception();
            } else if (received() >= 0 && status() == NodeState.PRIM || ++waited > PATIENCE) {
                // the donor, or the request to it, was lost with a primary component; an operator would start the node
                // again
                closed = true;
                connection.close();
                departed.add(node);
            }
        }

        void send() {
            if (closed || connection.session().hasLeft()) {
                return;
            }
            if (sending == null) {
                sending = next();
            }
            if (sending != null
                    && sending != request
                    && connection.session().sender().sendNow(sending)) {
                sending = null;
            }
        }

        private OwnAction next() {
            ActionBuffer again = toResend.poll();
            if (again == null
                    && (healing || needsTransfer || connection.session().isPaused() || position.seqno() < 0)) {
                return null;
            }
            ActionBuffer buffer =
                    again != null ? again : HeapActionBuffer.of(content().getBytes(StandardCharsets.US_ASCII));
            return new OwnAction(null)
                    .prepare(
                            ActionType.WRITE_SET,
                            buffer.bytes().duplicate().clear(),
                            connection.session().sender())
                    .asynchronous(buffer, again != null);
        }

        private String content() {
            return "write set " + nextContent++ + "x".repeat(random.nextInt(5) * random.nextInt(60));
        }

        @Override
        public String toString() {
            return node.id.mostSignificant() + " at " + position + " "
                    + connection.session().state().members().stream()
                            .map(member -> member.id.mostSignificant() + "=" + member.status)
                            .toList()
                    + (needsTransfer
                            ? " needs transfer, asked "
                                    + (request == null ? "not" : request.isSent() + " " + request.result())
                            : "")
                    + (sending == null ? "" : ", sending " + sending.id() + " lost " + sending.isLost())
                    + ", queue " + connection.figures().localReceiveQueue();
        }
    }
}

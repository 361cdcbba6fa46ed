package io.wsrep4j.gcomm.group.connection;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.GroupChannel;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.gcomm.group.ActionBuffer;
import io.wsrep4j.gcomm.group.ActionMemory;
import io.wsrep4j.gcomm.group.Configuration;
import io.wsrep4j.gcomm.group.GroupAction;
import io.wsrep4j.gcomm.group.GroupAction.ConfigurationChanged;
import io.wsrep4j.gcomm.group.GroupOptions;
import io.wsrep4j.gcomm.group.HeapActionBuffer;
import io.wsrep4j.gcomm.group.NodeIdentity;
import io.wsrep4j.gcomm.group.StateTransferAnswer;
import io.wsrep4j.gcomm.group.message.ActionType;
import io.wsrep4j.gcomm.group.message.ConfigurationChange;
import io.wsrep4j.gcomm.group.message.NodeState;
import io.wsrep4j.gcomm.group.message.Protocols;
import io.wsrep4j.gcomm.group.message.StateTransferRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.NOPLogger;

/**
 * What the replicator and the host do with the group's actions, in short: send write sets, take actions in seqno order, transfer the state,
 * which here is a position. Driven by one thread, which never waits.
 */
public final class SimulatedApplication {

    private static final Protocols PROTOCOLS = new Protocols(NodeIdentity.GROUP_PROTOCOL, 11, 4);

    /** What the applications of one simulation share: its dice, its journal, and the snapshots that donors have made. */
    public static final class World {
        private final Random random;
        private final ActionJournal journal;
        private final Map<Uuid, Gtid> snapshots = new java.util.HashMap<>();
        private final GroupEnvironment environment;
        private int nextContent;
        /** Faults are over: everybody takes all there is, and sends nothing new. */
        private boolean healing;

        /** @param delayed runs a task after some nanoseconds */
        public World(Random random, ActionJournal journal, LongSupplier nanoTime, BiConsumer<Runnable, Long> delayed) {
            this.random = random;
            this.journal = journal;
            GroupTimer timer = new GroupTimer() {
                @Override
                public void schedule(Runnable task, long delayNanos) {
                    delayed.accept(task, delayNanos);
                }

                @Override
                public void shutdown() {
                    // what is not due yet finds its session over
                }
            };
            long[] uuids = new long[1];
            environment = new GroupEnvironment(
                    nanoTime,
                    () -> new Uuid(0x1111_0000_0000_1000L, ++uuids[0]),
                    name -> timer,
                    name -> isOneSeedOnly() ? LoggerFactory.getLogger("simulated." + name) : NOPLogger.NOP_LOGGER);
        }

        /** Thousands of failing clusters have too much to tell; one that is looked at may talk. */
        private static boolean isOneSeedOnly() {
            return System.getProperty("wsrep4j.seed") != null || System.getProperty("wsrep4j.group.seed") != null;
        }

        /** From now on nothing new is sent. */
        public void heal() {
            healing = true;
        }
    }

    private final World world;
    private final Random random;
    private final String name;
    private final Uuid id;
    private final int patience;
    private final GroupConnection connection;
    private final ArrayDeque<ActionBuffer> toResend = new ArrayDeque<>();
    /** Write sets that were sent and have not come back. */
    private final Map<String, OwnAction> sent = new LinkedHashMap<>();

    private Gtid position;
    private OwnAction sending;
    private OwnAction request;
    private boolean needsTransfer;
    /** From the need of a transfer until the group has counted this node among those who have the state. */
    private boolean joining;

    private boolean leaving;
    private boolean closed;
    private boolean ahead;
    private long localSeqno;
    private int waited;

    /**
     * A node with its group, not yet open.
     *
     * @param id its id in the group
     * @param position where its history ends, or {@link Gtid#UNDEFINED}
     * @param patience turns that it waits for a donor before it is given up
     */
    public SimulatedApplication(World world, String name, Uuid id, Gtid position, int patience) {
        this.world = world;
        this.random = world.random;
        this.name = name;
        this.id = id;
        this.position = position;
        this.patience = patience;
        this.connection = new GroupConnection(
                new NodeIdentity(name, "here", PROTOCOLS, 0, false),
                GroupOptions.parse(Map.of("gcs.max_packet_size", "64")),
                ActionMemory.heap(),
                world.environment);
        connection.initialPosition(position);
    }

    /** Joins the group over a channel. */
    public void open(GroupChannel channel) {
        try {
            connection.open(channel, "simulation", false);
        } catch (GroupException e) {
            throw new AssertionError(e);
        }
    }

    /** From now on its channel may end: it was told to leave. */
    public void leaving() {
        leaving = true;
    }

    /** Says goodbye and is gone. */
    void close() {
        connection.close();
        closed = true;
    }

    public Uuid id() {
        return id;
    }

    /** The last seqno that it has taken, and its history. */
    public Gtid position() {
        return position;
    }

    /** It has left the group, and will do nothing more. */
    public boolean isClosed() {
        return closed;
    }

    /** It has left because its history is ahead of the group's: only an empty node can join in its place. */
    public boolean isAhead() {
        return ahead;
    }

    /** Last seqno that this node's group layer knows. */
    long received() {
        return state().actId();
    }

    private Configuration state() {
        return connection.session().state().configuration();
    }

    boolean isComplete() {
        return status().isComplete();
    }

    /** Has, or would have in a primary component, the state. */
    boolean hasState() {
        Configuration configuration = state();
        return isComplete()
                || !configuration.isPrimary()
                        && configuration.stateInLastPrimary().isComplete()
                        && !needsTransfer;
    }

    /** In a primary configuration of this many members, all of them synced, with nothing left to do. */
    public boolean isSettled(int members) {
        Configuration configuration = state();
        return configuration.isPrimary()
                && configuration.members().size() == members
                && configuration.members().stream().allMatch(member -> member.status() == NodeState.SYNCED)
                && connection.figures().localReceiveQueue() == 0
                && position.seqno() == configuration.actId()
                && toResend.isEmpty()
                && lost().isEmpty();
    }

    /** Write sets that were sent, and nobody has said what became of them: they must come back, ordered or to be sent again. */
    private List<String> lost() {
        return sent.entrySet().stream()
                .filter(one -> one.getValue().result() == null)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** In a primary configuration. */
    public boolean isPrimary() {
        return state().isPrimary();
    }

    private NodeState status() {
        Configuration configuration = state();
        return configuration.isPrimary()
                ? configuration.members().get(configuration.ownIndex()).status()
                : NodeState.NON_PRIM;
    }

    private void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what + "; " + this);
        }
    }

    // ---- taking

    /** Takes some of the actions that wait. */
    public void work() {
        if (closed) {
            return;
        }
        if (needsTransfer) {
            transfer();
            return;
        }
        for (int i = world.healing ? Integer.MAX_VALUE : random.nextInt(4);
                i > 0 && connection.figures().localReceiveQueue() > 0 && !needsTransfer;
                i--) {
            handle(take());
        }
        if (!closed && connection.session().hasLeft() && connection.figures().localReceiveQueue() == 0) {
            end();
        }
    }

    /** It is out of the group, which must have a reason; an operator would start it again. */
    private void end() {
        GroupAction action = take();
        while (!(action instanceof GroupAction.Closed) && !closed) {
            if (action instanceof GroupAction.Inconsistent) {
                handle(action);
            }
            connection.resumeReception();
            action = take();
        }
        if (action instanceof GroupAction.Closed last) {
            boolean lostDonor =
                    joining && last.reason() != null && last.reason().startsWith("the donor ");
            check(leaving || lostDonor, "nobody asked it to leave: " + last.reason());
            closed = true;
        }
    }

    private GroupAction take() {
        try {
            return connection.receive();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void handle(GroupAction action) {
        if (action.localSeqno() != GroupAction.NO_LOCAL_SEQNO) {
            check(action.localSeqno() > localSeqno, "local seqnos grow");
            localSeqno = action.localSeqno();
        }
        if (action instanceof GroupAction.WriteSet writeSet) {
            String content = text(writeSet.buffer());
            check(!writeSet.own() || sent.remove(content) != null, content + " comes back, but is not on its way");
            ordered(writeSet.seqno(), content);
        } else if (action instanceof GroupAction.LostWriteSet lost) {
            String content = text(lost.buffer());
            check(sent.remove(content) != null, content + " is to be sent again, but was not on its way");
            toResend.add(lost.buffer());
        } else if (action instanceof ConfigurationChanged changed) {
            changed(changed);
        } else if (action instanceof GroupAction.StateTransferRequested requested) {
            check(requested.seqno() == position.seqno(), "the donor is where the group is");
            world.snapshots.put(requested.requester(), position);
            connection.join(position, 0);
        } else if (action instanceof GroupAction.Joined) {
            joining = false;
        } else if (action instanceof GroupAction.Inconsistent inconsistent) {
            world.journal.inconsistent(this, connection.session().state().position(), inconsistent.reason());
            ahead = true;
            closed = true;
        }
    }

    private void ordered(long seqno, String content) {
        Gtid at = new Gtid(position.uuid(), seqno);
        world.journal.ordered(this, at, content);
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
        NodeState own = change.members().get(changed.ownIndex()).state();
        joining &= !own.isComplete();
        if (own.isComplete()) {
            List<String> ids = change.members().stream().map(m -> m.id() + "").toList();
            world.journal.configured(this, change.configurationId(), change.position() + " " + ids);
        }
        boolean sameHistory = change.position().uuid().equals(position.uuid());
        if (own == NodeState.PRIM && !(sameHistory && change.position().seqno() <= position.seqno())) {
            needsTransfer = true;
            joining = true;
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
            end();
            return;
        }
        Gtid snapshot = world.snapshots.get(id);
        if (request == null) {
            world.snapshots.remove(id);
            request = new OwnAction(null)
                    .prepare(
                            ActionType.STATE_TRANSFER_REQUEST,
                            ByteBuffer.wrap(
                                    new StateTransferRequest("", 3, Gtid.UNDEFINED, ByteBuffer.allocate(9)).encode()),
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
        } else if (received() >= 0 && status() == NodeState.PRIM || ++waited > patience) {
            // the donor, or the request to it, was lost with a primary component; an operator would start the node
            // again
            close();
        }
    }

    // ---- sending

    /** Sends a write set, or goes on sending one. */
    public void send() {
        if (closed || connection.session().hasLeft()) {
            return;
        }
        if (sending == null) {
            sending = next();
        }
        if (sending != null
                && sending != request
                && connection.session().sender().sendNow(sending)) {
            if (sending.isSent()) {
                sent.put(text(sending.asynchronous()), sending);
            }
            sending = null;
        }
    }

    private static String text(ActionBuffer buffer) {
        return new String(buffer.bytes().array(), StandardCharsets.US_ASCII);
    }

    private OwnAction next() {
        ActionBuffer again = toResend.poll();
        if (again == null
                && (world.healing || needsTransfer || connection.session().isPaused() || position.seqno() < 0)) {
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
        return "write set " + world.nextContent++ + "x".repeat(random.nextInt(5) * random.nextInt(60));
    }

    @Override
    public String toString() {
        return name + " at " + position + " "
                + state().members().stream()
                        .map(member -> member.name() + "=" + member.status())
                        .toList()
                + (closed ? " closed" : "")
                + (needsTransfer
                        ? " needs transfer, asked "
                                + (request == null ? "not" : request.isSent() + " " + request.result())
                        : "")
                + (sending == null ? "" : ", sending " + sending.id() + " lost " + sending.isLost())
                + (lost().isEmpty() ? "" : ", never heard again of " + lost())
                + ", queue " + connection.figures().localReceiveQueue();
    }
}

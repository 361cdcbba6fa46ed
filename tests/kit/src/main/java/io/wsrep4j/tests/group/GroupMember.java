package io.wsrep4j.tests.group;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.gcomm.ChannelEnvironment;
import io.wsrep4j.gcomm.GroupChannel;
import io.wsrep4j.gcomm.GroupChannelFactory;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.gcomm.GroupListener;
import io.wsrep4j.gcomm.group.ActionMemory;
import io.wsrep4j.gcomm.group.Group;
import io.wsrep4j.gcomm.group.GroupAction;
import io.wsrep4j.gcomm.group.GroupOptions;
import io.wsrep4j.gcomm.group.NodeIdentity;
import io.wsrep4j.gcomm.group.StateTransferAnswer;
import io.wsrep4j.gcomm.group.VoteAnswer;
import io.wsrep4j.gcomm.group.connection.GroupConnection;
import io.wsrep4j.gcomm.group.message.ConfigurationChange;
import io.wsrep4j.gcomm.group.message.NodeState;
import io.wsrep4j.gcomm.group.message.Protocols;
import io.wsrep4j.gcomm.group.message.StateTransferRequest;
import io.wsrep4j.kit.Await;
import io.wsrep4j.tests.gcomm.OverheardChannel;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A member that has the group layer of a data node and no data: it takes every write set for applied, and asks for a state transfer that
 * transfers nothing. Actions are taken by a thread of its own, which can be held. Thread-safe.
 */
public final class GroupMember implements AutoCloseable {

    private static final Protocols PROTOCOLS = new Protocols(NodeIdentity.GROUP_PROTOCOL, 11, 4);
    private static final int NEWEST_REQUEST = 3;
    /** The code of a transfer that the joiner cancels (ECANCELED). */
    private static final int GIVEN_UP = -125;

    private static final byte[] TRIVIAL = "trivial\0\0".getBytes(StandardCharsets.US_ASCII);

    private final Group group;
    private final byte[] stateRequest;
    private final List<GroupAction> actions = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread applier;
    private boolean held;
    private volatile ConfigurationChange configuration;
    private volatile Gtid position = Gtid.UNDEFINED;
    private volatile VoteAnswer lastVote;
    private volatile String end;
    private volatile Throwable failure;

    private GroupMember(String name, Map<String, String> options, byte[] stateRequest) {
        this.stateRequest = stateRequest;
        group = new GroupConnection(
                new NodeIdentity(name, "127.0.0.1:1", PROTOCOLS, 0, false),
                GroupOptions.parse(options),
                ActionMemory.heap());
        applier = new Thread(this::apply, "applier-" + name);
        applier.setDaemon(true);
    }

    /**
     * Joins a group.
     *
     * @param address of the cluster
     * @param options of the transport and of the group layer
     * @param directory of its own
     */
    public static GroupMember join(
            String name,
            String address,
            String groupName,
            boolean bootstrap,
            Map<String, String> options,
            Path directory)
            throws GroupException {
        return join(name, address, groupName, bootstrap, options, directory, TRIVIAL);
    }

    /**
     * As above, and asks with these bytes for a state transfer, as a joiner of the newest version.
     *
     * @param stateRequest what the donor gets
     */
    public static GroupMember join(
            String name,
            String address,
            String groupName,
            boolean bootstrap,
            Map<String, String> options,
            Path directory,
            byte[] stateRequest)
            throws GroupException {
        GroupMember member = new GroupMember(name, options, stateRequest);
        member.group.open(
                GroupChannelFactory.open(new ChannelEnvironment(address, options, directory, name, "127.0.0.1", null)),
                groupName,
                bootstrap);
        member.applier.start();
        return member;
    }

    /** As above, and stays without a state until it is told to {@link #ask} for one. */
    public static GroupMember joinWithoutState(
            String name, String address, String groupName, Map<String, String> options, Path directory)
            throws GroupException {
        return join(name, address, groupName, false, options, directory, null);
    }

    /** As above, over a channel that lets somebody else hear what is delivered. */
    public static GroupMember overhear(
            String name,
            String address,
            String groupName,
            Map<String, String> options,
            Path directory,
            GroupListener ear)
            throws GroupException {
        GroupMember member = new GroupMember(name, options, null);
        GroupChannel channel =
                GroupChannelFactory.open(new ChannelEnvironment(address, options, directory, name, "127.0.0.1", null));
        member.group.open(new OverheardChannel(channel, ear), groupName, false);
        member.applier.start();
        return member;
    }

    private void apply() {
        try {
            while (end == null) {
                awaitRelease();
                GroupAction action = group.receive();
                if (action instanceof GroupAction.Closed closed) {
                    end = "closed: " + closed.reason();
                } else {
                    handle(action);
                    actions.add(action);
                }
            }
        } catch (InterruptedException e) {
            end = "interrupted";
        } catch (RuntimeException | Error e) {
            failure = e;
            end = "failed: " + e;
        }
    }

    private void awaitRelease() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (held) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    private void handle(GroupAction action) throws InterruptedException {
        if (action instanceof GroupAction.WriteSet writeSet) {
            position = new Gtid(position.uuid(), writeSet.seqno());
        } else if (action instanceof GroupAction.ConfigurationChanged change) {
            configured(change);
        } else if (action instanceof GroupAction.StateTransferRequested) {
            group.join(position, 0);
        } else if (action instanceof GroupAction.VoteRequested vote) {
            lastVote = group.vote(new Gtid(position.uuid(), vote.seqno()), 0, ByteBuffer.allocate(0));
        }
    }

    private void configured(GroupAction.ConfigurationChanged changed) throws InterruptedException {
        ConfigurationChange change = changed.change();
        if (change.isPrimary()) {
            position = change.position();
            if (stateRequest != null && change.members().get(changed.ownIndex()).state() == NodeState.PRIM) {
                StateTransferAnswer answer;
                do {
                    answer = group.requestStateTransfer(new StateTransferRequest(
                            "", requestVersion(), Gtid.UNDEFINED, ByteBuffer.wrap(stateRequest)));
                    if (answer.status() == StateTransferAnswer.Status.TRY_AGAIN) {
                        Thread.sleep(1000); // as a joiner does: there is nothing to wait for but time
                    }
                } while (answer.status() == StateTransferAnswer.Status.TRY_AGAIN);
                if (answer.status() == StateTransferAnswer.Status.GRANTED && stateRequest == TRIVIAL) {
                    group.join(position, 0);
                }
            }
        }
        configuration = change;
        group.resumeReception();
    }

    /**
     * Asks once for a state transfer that transfers nothing, as a joiner of the newest version, and gives the transfer up if it is granted:
     * so the member may ask again.
     *
     * @param donors names, separated by commas
     * @param last what it has of the group's history, or undefined
     */
    public StateTransferAnswer ask(String donors, Gtid last) {
        StateTransferAnswer answer = group.requestStateTransfer(
                new StateTransferRequest(donors, NEWEST_REQUEST, last, ByteBuffer.wrap(TRIVIAL)));
        if (answer.status() == StateTransferAnswer.Status.GRANTED) {
            group.join(position, GIVEN_UP);
        }
        return answer;
    }

    private int requestVersion() {
        return stateRequest == TRIVIAL ? 0 : NEWEST_REQUEST;
    }

    /** Why the connection ended; null while it lasts. */
    public String end() {
        return end;
    }

    /** The group layer itself. */
    public Group group() {
        return group;
    }

    /** Takes no more actions until {@link #release}. */
    public void hold() {
        setHeld(true);
    }

    /** Takes actions again. */
    public void release() {
        setHeld(false);
    }

    private void setHeld(boolean hold) {
        lock.lock();
        try {
            held = hold;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** All actions taken so far. */
    public List<GroupAction> actions() {
        return actions;
    }

    /** The last configuration, or null. */
    public ConfigurationChange configuration() {
        return configuration;
    }

    /** Seqno of the last write set or configuration. */
    public Gtid position() {
        return position;
    }

    /** What came of the last vote, or null. */
    public VoteAnswer lastVote() {
        return lastVote;
    }

    /** Waits for a primary configuration of this many members. */
    public void awaitMembers(int count, Duration timeout) {
        Await.until(
                count + " members in a primary configuration",
                timeout,
                () -> configuration != null
                        && configuration.isPrimary()
                        && configuration.members().size() == count,
                this::toString);
    }

    /** Waits until an action of this kind was taken. */
    public void awaitAction(Class<? extends GroupAction> kind, Duration timeout) {
        Await.until(kind.getSimpleName(), timeout, () -> actions.stream().anyMatch(kind::isInstance), this::toString);
    }

    /**
     * Leaves the group.
     *
     * @throws AssertionError if the applier did not end, or has failed
     */
    @Override
    public void close() {
        release();
        group.close();
        try {
            applier.join(30_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (applier.isAlive()) {
            throw new AssertionError("the applier did not end: " + this);
        }
        if (failure != null) {
            throw new AssertionError("the applier failed: " + this, failure);
        }
    }

    @Override
    public String toString() {
        return "at " + position + ", configuration " + configuration + ", end " + end + ", last actions "
                + actions.subList(Math.max(0, actions.size() - 5), actions.size());
    }
}

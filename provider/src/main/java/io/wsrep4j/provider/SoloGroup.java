package io.wsrep4j.provider;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.InitArguments;
import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.DeliveryOrder;
import io.wsrep4j.gcomm.GroupChannel;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.gcomm.GroupListener;
import io.wsrep4j.gcomm.GroupMessages;
import io.wsrep4j.gcomm.GroupView;
import io.wsrep4j.gcomm.group.ActionBuffer;
import io.wsrep4j.gcomm.group.ActionMemory;
import io.wsrep4j.gcomm.group.CausalAnswer;
import io.wsrep4j.gcomm.group.Group;
import io.wsrep4j.gcomm.group.GroupAction;
import io.wsrep4j.gcomm.group.GroupFigures;
import io.wsrep4j.gcomm.group.ReplicationResult;
import io.wsrep4j.gcomm.group.SendTicket;
import io.wsrep4j.gcomm.group.StateTransferAnswer;
import io.wsrep4j.gcomm.group.VoteAnswer;
import io.wsrep4j.gcomm.group.message.ConfigurationChange;
import io.wsrep4j.gcomm.group.message.NodeState;
import io.wsrep4j.gcomm.group.message.StateTransferRequest;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongFunction;

/**
 * The group layer for a group of one member: stands in until the group layer proper is there, and goes then. Everything happens on the calling
 * thread, under this object's lock.
 */
final class SoloGroup implements Group, GroupListener {

    private static final int ACTION = 1;
    private static final int GROUP_PROTOCOL = 5;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();
    private static final SendTicket TICKET = () -> false;

    private final InitArguments node;
    private final int replicatorProtocol;
    private final ActionMemory memory;
    private final ArrayDeque<GroupAction> queue = new ArrayDeque<>();

    private GroupChannel channel;
    private boolean open;
    private boolean suspended;
    private Uuid ownId = Uuid.UNDEFINED;
    private Uuid history = Uuid.UNDEFINED;
    private long seqno = Seqno.UNDEFINED;
    private long localSeqno;
    private long configurationId;
    private int desyncs;
    private long longestQueue;
    private boolean everOpen;

    SoloGroup(InitArguments node, int replicatorProtocol, ActionMemory memory) {
        this.node = node;
        this.replicatorProtocol = replicatorProtocol;
        this.memory = memory;
    }

    @Override
    public synchronized void initialPosition(Gtid position) {
        history = position.uuid();
        seqno = position.seqno();
    }

    @Override
    public synchronized void open(GroupChannel newChannel, String groupName, boolean bootstrap) throws GroupException {
        if (open) {
            throw new IllegalStateException("the group is open");
        }
        queue.clear();
        suspended = false;
        configurationId = 0;
        desyncs = 0;
        newChannel.control().join(groupName, bootstrap, this);
        channel = newChannel;
        open = true;
        everOpen = true;
    }

    @Override
    public synchronized void onView(GroupView view) {
        ownId = view.members().get(view.ownIndex()).id();
        if (history.isUndefined()) {
            java.util.UUID random = java.util.UUID.randomUUID();
            history = new Uuid(random.getMostSignificantBits(), random.getLeastSignificantBits());
            seqno = 0;
        }
        seqno++;
        configurationId++;
        ConfigurationChange.ConfigurationMember self = new ConfigurationChange.ConfigurationMember(
                ownId, node.nodeName(), node.incomingAddress(), Seqno.UNDEFINED, NodeState.JOINED);
        add(local -> configuration(local, List.of(self), 0));
        add(GroupAction.Synced::new);
    }

    private GroupAction configuration(long local, List<ConfigurationChange.ConfigurationMember> members, int ownIndex) {
        ConfigurationChange change = new ConfigurationChange(
                replicatorProtocol,
                node.protocolVersion(),
                new Gtid(history, seqno),
                members.isEmpty() ? ConfigurationChange.NOT_PRIMARY : configurationId,
                Seqno.UNDEFINED,
                0,
                members);
        byte[] bytes = change.encode();
        ActionBuffer buffer = memory.allocate(bytes.length);
        buffer.bytes().put(0, bytes);
        return new GroupAction.ConfigurationChanged(local, change, ownIndex, buffer);
    }

    private void add(LongFunction<GroupAction> action) {
        queue.add(action.apply(++localSeqno));
        longestQueue = Math.max(longestQueue, queue.size());
        notifyAll();
    }

    @Override
    public void onMessage(int senderIndex, int type, ByteBuffer payload) {
        // a message's place is taken in replicate() or send(), which hold the same lock around sending it
    }

    @Override
    public void onCausal(long token) {}

    @Override
    public synchronized void onLeft(GroupException error) {
        open = false;
        add(local -> configuration(local, List.of(), -1));
        queue.add(new GroupAction.Closed(error == null ? null : error.getMessage()));
        notifyAll();
    }

    @Override
    public synchronized void close() {
        if (open) {
            channel.control().leave();
        }
    }

    @Override
    public synchronized GroupAction receive() throws InterruptedException {
        while (true) {
            GroupAction next = queue.peek();
            if (suspended) {
                wait();
            } else if (next instanceof GroupAction.Closed) {
                return next;
            } else if (next != null) {
                suspended = next instanceof GroupAction.ConfigurationChanged;
                return queue.remove();
            } else {
                wait();
            }
        }
    }

    @Override
    public synchronized void resumeReception() {
        suspended = false;
        notifyAll();
    }

    @Override
    public synchronized long nextLocalSeqno() {
        return ++localSeqno;
    }

    @Override
    public SendTicket schedule() {
        return TICKET;
    }

    @Override
    public synchronized ReplicationResult replicate(SendTicket ticket, ByteBuffer writeSet) {
        if (!send(writeSet)) {
            return new ReplicationResult(ReplicationResult.Status.CLOSED, -1L, GroupAction.NO_LOCAL_SEQNO);
        }
        return new ReplicationResult(ReplicationResult.Status.ORDERED, ++seqno, ++localSeqno);
    }

    /** Write sets of any length pass in one message, or in pieces that nobody looks at. */
    private boolean send(ByteBuffer writeSet) {
        if (!open) {
            return false;
        }
        ByteBuffer rest = writeSet.duplicate();
        int end = rest.limit();
        while (rest.position() < end) {
            rest.limit(Math.min(end, rest.position() + channel.messages().maximumLength()));
            GroupMessages.SendResult result = channel.messages().send(ACTION, DeliveryOrder.SAFE, NOTHING, rest);
            if (result != GroupMessages.SendResult.ACCEPTED) {
                return false;
            }
            rest.position(rest.limit());
        }
        return true;
    }

    @Override
    public synchronized ReplicationResult.Status send(ActionBuffer writeSet) {
        if (!send(writeSet.bytes())) {
            return ReplicationResult.Status.CLOSED;
        }
        long place = ++seqno;
        add(local -> new GroupAction.WriteSet(local, place, ownId, true, writeSet));
        return ReplicationResult.Status.ORDERED;
    }

    @Override
    public ReplicationResult.Status resend(ActionBuffer writeSet) {
        return send(writeSet);
    }

    @Override
    public StateTransferAnswer requestStateTransfer(StateTransferRequest request) {
        return new StateTransferAnswer(StateTransferAnswer.Status.NOT_NEEDED, -1, GroupAction.NO_LOCAL_SEQNO);
    }

    @Override
    public synchronized StateTransferAnswer desync() {
        if (!open) {
            return new StateTransferAnswer(StateTransferAnswer.Status.CLOSED, -1, GroupAction.NO_LOCAL_SEQNO);
        }
        desyncs++;
        return new StateTransferAnswer(StateTransferAnswer.Status.GRANTED, 0, ++localSeqno);
    }

    @Override
    public synchronized void join(Gtid position, int code) {
        if (open && desyncs > 0 && --desyncs == 0) {
            add(local -> new GroupAction.Joined(local, code));
            add(GroupAction.Synced::new);
        }
    }

    @Override
    public synchronized boolean lastCommitted(Gtid position) {
        if (open) {
            add(local -> new GroupAction.CommitCut(local, position.seqno()));
        }
        return open;
    }

    @Override
    public VoteAnswer vote(Gtid position, long code, ByteBuffer error) {
        return VoteAnswer.AGREED;
    }

    @Override
    public synchronized CausalAnswer causalPosition(long timeoutNanos) {
        return open
                ? new CausalAnswer(CausalAnswer.Status.KNOWN, new Gtid(history, seqno))
                : new CausalAnswer(CausalAnswer.Status.CLOSED, Gtid.UNDEFINED);
    }

    @Override
    public boolean setOption(String name, String value) {
        return false;
    }

    @Override
    public SortedMap<String, String> options() {
        return new TreeMap<>();
    }

    @Override
    public synchronized GroupFigures figures() {
        int known = everOpen ? 0 : -1;
        return new GroupFigures(
                known < 0 ? -1 : GROUP_PROTOCOL,
                known < 0 ? -1 : replicatorProtocol,
                known < 0 ? -1 : node.protocolVersion(),
                0,
                0,
                0,
                0,
                queue.size(),
                longestQueue,
                0,
                0,
                0,
                0,
                0,
                0,
                false,
                false);
    }

    @Override
    public synchronized SortedMap<String, String> channelStatus() {
        if (!open) {
            return new TreeMap<>();
        }
        TreeMap<String, String> status = new TreeMap<>(channel.statistics().status());
        status.put("desync_count", Integer.toString(desyncs));
        return status;
    }

    @Override
    public synchronized void flushStatistics() {
        longestQueue = queue.size();
    }
}

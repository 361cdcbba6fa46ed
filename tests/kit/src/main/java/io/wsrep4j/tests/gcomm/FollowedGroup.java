package io.wsrep4j.tests.gcomm;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.GroupView;
import io.wsrep4j.gcomm.group.NodeIdentity;
import io.wsrep4j.gcomm.group.message.ActionType;
import io.wsrep4j.gcomm.group.message.MalformedMessageException;
import io.wsrep4j.gcomm.group.message.MessageType;
import io.wsrep4j.gcomm.group.message.NodeState;
import io.wsrep4j.gcomm.group.message.Protocols;
import io.wsrep4j.gcomm.group.message.StateMessage;
import io.wsrep4j.gcomm.group.message.StateMessage.LastPrimary;
import io.wsrep4j.gcomm.group.message.StateMessage.Vote;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/**
 * What a {@link HostileMember} has learned of its group by following it: the view, the state exchange, the position, the last write set. Sends nothing.
 * Guarded by the member's lock.
 */
final class FollowedGroup {

    private static final Protocols PROTOCOLS = new Protocols(NodeIdentity.GROUP_PROTOCOL, 11, 4);

    private final String name;
    private final Map<Uuid, ByteBuffer> collecting = new HashMap<>();
    private final Map<Uuid, StateMessage> stated = new HashMap<>();
    private GroupView view;
    private Uuid exchange;
    private boolean answered;
    private boolean configured;
    private StateMessage model;
    private Gtid position = Gtid.UNDEFINED;
    private long configurationId = -1;
    private byte[] lastWriteSet;
    private Uuid lastSender;

    /** @param name of the member that follows */
    FollowedGroup(String name) {
        this.name = name;
    }

    /** A view begins, and with it a state exchange. */
    void enter(GroupView next) {
        view = next;
        exchange = null;
        answered = false;
        configured = false;
        model = null;
        stated.clear();
        collecting.clear();
    }

    /** A message of a member, in the group's order. */
    void take(int senderIndex, int type, ByteBuffer payload) {
        Uuid sender = view.members().get(senderIndex).id();
        if (type == MessageType.STATE_UUID.code() && senderIndex == 0 && payload.remaining() == Uuid.BYTES) {
            exchange = Uuid.read(payload, payload.position());
            stated.clear();
        } else if (type == MessageType.STATE_MESSAGE.code()) {
            states(sender, payload);
        } else if (type == MessageType.ACTION.code()) {
            collect(sender, payload);
        }
    }

    /** True if it is this member's turn to say what it has, and it knows what others say. */
    boolean isAnswerDue() {
        return exchange != null && !answered && (model != null || view.members().size() == 1);
    }

    /** It has been said. */
    void answered() {
        answered = true;
    }

    /** What an honest joiner would say of itself. */
    StateMessage ownState(Uuid answering) {
        Protocols supported = model == null ? PROTOCOLS : model.supported();
        return new StateMessage(
                StateMessage.VERSION,
                0,
                supported,
                LastPrimary.NONE,
                NodeState.NON_PRIM,
                answering,
                Gtid.UNDEFINED,
                name,
                "127.0.0.1:1",
                -1L,
                0,
                -1L,
                Vote.NONE,
                0,
                Protocols.ZERO);
    }

    private void states(Uuid sender, ByteBuffer payload) {
        boolean own = sender.equals(ownId());
        StateMessage message;
        try {
            message = StateMessage.decode(payload);
        } catch (MalformedMessageException e) {
            if (own) {
                return;
            }
            throw new IllegalStateException("an honest member sent a state message that cannot be read", e);
        }
        if (!message.exchange().equals(exchange)) {
            return;
        }
        stated.put(sender, message);
        boolean hasState = message.currentState().isComplete()
                || message.lastPrimary().state().isComplete();
        if (!own
                && hasState
                && (model == null
                        || message.position().seqno() > model.position().seqno())) {
            model = message;
        }
        if (stated.size() == view.members().size() && model != null) {
            configured = true;
            configurationId = model.lastPrimary().configurationId() + 1;
            position = new Gtid(model.position().uuid(), model.position().seqno() + 1);
        }
    }

    /** Counts the others' write sets as they count them, and keeps the last. */
    private void collect(Uuid sender, ByteBuffer payload) {
        ByteBuffer in = payload.slice().order(ByteOrder.LITTLE_ENDIAN);
        boolean own = sender.equals(ownId());
        if (!configured || own || in.limit() <= HostileMember.HEADER || in.get(16) != ActionType.WRITE_SET.code()) {
            return;
        }
        ByteBuffer whole = in.getInt(12) == 0 ? ByteBuffer.allocate(in.getInt(8)) : collecting.get(sender);
        if (whole == null || whole.remaining() < in.limit() - HostileMember.HEADER) {
            return;
        }
        whole.put(in.slice(HostileMember.HEADER, in.limit() - HostileMember.HEADER));
        collecting.put(sender, whole);
        if (!whole.hasRemaining()) {
            collecting.remove(sender);
            lastWriteSet = whole.array();
            lastSender = sender;
            position = new Gtid(position.uuid(), position.seqno() + 1);
        }
    }

    Uuid ownId() {
        return view.members().get(view.ownIndex()).id();
    }

    GroupView view() {
        return view;
    }

    Gtid position() {
        return position;
    }

    /** State UUID of the present exchange; null before it has begun. */
    Uuid exchange() {
        return exchange;
    }

    /** What the member with the most history says in the present exchange; null while nobody has spoken. */
    StateMessage model() {
        return model;
    }

    long configurationId() {
        return configurationId;
    }

    byte[] lastWriteSet() {
        return lastWriteSet;
    }

    Uuid lastSender() {
        return lastSender;
    }

    /** Every member has spoken in the present exchange. */
    boolean isConfigured() {
        return configured;
    }

    boolean isAlone() {
        return view != null && view.members().size() == 1;
    }

    @Override
    public String toString() {
        return "view " + view + ", stated " + stated.keySet();
    }
}

package io.wsrep4j.gcomm.group;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.group.message.ActionType;
import io.wsrep4j.gcomm.group.message.ConfigurationChange;
import io.wsrep4j.gcomm.group.message.FlowMessage;
import io.wsrep4j.gcomm.group.message.MessageType;
import io.wsrep4j.gcomm.group.message.NodeState;
import io.wsrep4j.gcomm.log.LineKind;
import java.nio.ByteBuffer;

/** What {@link GroupState} decides. Calls come in the order of the decisions, inside the call that caused them. */
public interface GroupEffects {

    /** To be sent to the group, after everything else that this message caused. */
    void send(MessageType type, ByteBuffer payload);

    /** Another member's write set has its place in the order. */
    void writeSet(long seqno, Uuid sender, ActionBuffer buffer);

    /**
     * An own write set came back.
     *
     * @param seqno its place if the status is ORDERED, otherwise -1
     */
    void ownWriteSet(long actionId, int size, ReplicationResult.Status status, long seqno);

    /**
     * An own request for a state transfer or a desync came back.
     *
     * @param donorIndex if GRANTED, otherwise -1
     */
    void ownRequest(long actionId, int size, StateTransferAnswer.Status status, int donorIndex);

    /** This member is to donate; {@code seqno} is the last one. */
    void donate(long seqno, Uuid requester, ActionBuffer request);

    void commitCut(long seqno);

    /** A new configuration. @param ownState own state in it, NON_PRIM if it is not primary or this member left */
    void configuration(ConfigurationChange change, int ownIndex, NodeState ownState);

    /** An own JOIN was accepted. */
    void joined(long code);

    /** An own JOIN was counted, but more of them are expected. */
    void joinCounted();

    /** An own SYNC was delivered. @param accepted false: it must be sent again */
    void synced(boolean accepted);

    void flow(FlowMessage message);

    /** Another member's failure is to be voted on. */
    void voteRequested(long seqno);

    void voteDecided(long seqno, long value);

    /** A vote waits for the sender of the write set alone; once it is overdue {@link GroupState#voteIsOverdue} is to be told. */
    void voteStalled(long seqno);

    /**
     * Another member does what no sound one does, and must go.
     *
     * @param reason who it is and what it did, for the log
     */
    void isolate(Uuid member, String reason);

    /** This member's history contradicts the group's. */
    void inconsistent(String reason);

    /** This member cannot go on in the group. */
    void fatal(String reason);

    /** The connection to the group ended, cleanly if {@code error} is null. */
    void left(String error);

    /** A state exchange began; once it is overdue {@link Configuration#exchangeIsOverdue} is to be told its number. */
    void exchangeBegan(long number);

    /** What an operator should read, and nobody else can cause. */
    void log(Severity severity, String text);

    /** What an operator should read, and a member has caused: it may be said as often as that member likes, and be left out. */
    void log(Severity severity, LineKind kind, Uuid member, String text);

    /** How loud. */
    enum Severity {
        DEBUG,
        INFO,
        WARN
    }

    /** For the type of an own action that came back with a fault. */
    default void ownAction(
            long actionId,
            int size,
            ActionType type,
            ReplicationResult.Status status,
            StateTransferAnswer.Status answer) {
        if (type == ActionType.WRITE_SET) {
            ownWriteSet(actionId, size, status, -1L);
        } else {
            ownRequest(actionId, size, answer, -1);
        }
    }
}

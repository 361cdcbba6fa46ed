package io.wsrep4j.provider.state;

import io.wsrep4j.api.MemberStatus;
import io.wsrep4j.gcomm.group.message.NodeState;
import java.util.EnumSet;
import java.util.Set;

/**
 * What the replicator is doing (docs/spec/replicator-state-transfer.md 3). The order is the order of completeness.
 *
 * <p>A member's state has three alphabets, and this is the one place that translates: the group's in messages ({@link NodeState}) becomes this one by
 * {@link #of}, this one becomes the host's ({@link MemberStatus}) by {@link #memberStatus}.
 */
public enum ReplicatorState {
    CLOSED,
    CONNECTED,
    JOINING,
    JOINED,
    SYNCED,
    DONOR;

    /** True if this node has the group's data, and with it takes part in what the group orders. */
    boolean holdsGroupState() {
        return compareTo(JOINED) >= 0;
    }

    /** True between a successful connect and the end of the connection. */
    public boolean isOpen() {
        return compareTo(CLOSED) > 0;
    }

    /** What the group's word about this node makes of a replicator that is connected; {@link #CONNECTED} if it changes nothing. */
    public static ReplicatorState of(NodeState member) {
        return switch (member) {
            case NON_PRIM, PRIM -> CONNECTED;
            case JOINER -> JOINING;
            case JOINED -> JOINED;
            case SYNCED -> SYNCED;
            case DONOR -> DONOR;
        };
    }

    /** The value shown to hosts as local_state. */
    public MemberStatus memberStatus() {
        return switch (this) {
            case CLOSED, CONNECTED -> MemberStatus.UNDEFINED;
            case JOINING -> MemberStatus.JOINER;
            case JOINED -> MemberStatus.JOINED;
            case SYNCED -> MemberStatus.SYNCED;
            case DONOR -> MemberStatus.DONOR;
        };
    }

    /** The states that may follow. */
    Set<ReplicatorState> successors() {
        return switch (this) {
            case CLOSED -> EnumSet.of(CONNECTED);
            case CONNECTED -> EnumSet.of(CLOSED, CONNECTED, JOINING, JOINED, SYNCED, DONOR);
            case JOINING -> EnumSet.of(CLOSED, CONNECTED, JOINED);
            case JOINED -> EnumSet.of(CLOSED, CONNECTED, SYNCED, DONOR);
            case SYNCED -> EnumSet.of(CLOSED, CONNECTED, DONOR);
            case DONOR -> EnumSet.of(CLOSED, CONNECTED, JOINED);
        };
    }
}

package io.wsrep4j.gcomm.group;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.gcomm.group.message.NodeState;
import io.wsrep4j.gcomm.group.message.Protocols;
import io.wsrep4j.gcomm.group.message.StateMessage;

/**
 * What the members' state messages amount to (docs/spec/gcs.md 8.4). Immutable.
 *
 * @param primary the group has one complete history and may order actions
 * @param version lowest version of the messages
 * @param position history and last seqno; undefined if not primary
 * @param configurationId of the last primary configuration, -1 if not primary
 * @param commitCut as the representative knows it
 * @param protocols negotiated
 * @param votePolicy the representative's
 * @param representative whose word counts; null if not primary
 * @param reason why it is not primary, for the log; empty if primary
 */
public record QuorumDecision(
        boolean primary,
        int version,
        Gtid position,
        long configurationId,
        long commitCut,
        Protocols protocols,
        int votePolicy,
        StateMessage representative,
        String reason) {

    static final int DEFAULT_VOTE_POLICY = 1;

    static QuorumDecision notPrimary(int version, String reason) {
        return new QuorumDecision(
                false, version, Gtid.UNDEFINED, -1L, -1L, Protocols.NONE, DEFAULT_VOTE_POLICY, null, reason);
    }

    /** What a member is after this decision, which is primary (docs/spec/gcs.md 8.5). */
    NodeState statusOf(StateMessage stated) {
        if (!stated.position().equals(position)) {
            return NodeState.PRIM;
        }
        NodeState before = stated.lastPrimary().state();
        return before == NodeState.NON_PRIM ? NodeState.JOINED : before;
    }

    /** The line of Galera's log, which monitoring reads. */
    String describe(int complete, int members, long actId, long cut) {
        return "Quorum results: version = " + version + ", component = PRIMARY, conf_id = " + configurationId
                + ", members = " + complete + "/" + members + " (joined/total), act_id = " + actId + ", last_appl. = "
                + cut + ", protocols = " + protocols + " (gcs/repl/appl), vote policy = " + votePolicy
                + ", group UUID = " + position.uuid();
    }
}

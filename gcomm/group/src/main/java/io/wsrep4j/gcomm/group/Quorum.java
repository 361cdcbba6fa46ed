package io.wsrep4j.gcomm.group;

import io.wsrep4j.gcomm.group.message.NodeState;
import io.wsrep4j.gcomm.group.message.Protocols;
import io.wsrep4j.gcomm.group.message.StateMessage;
import java.util.ArrayList;
import java.util.List;

/** Finds the one history that the members can go on with (docs/spec/gcs.md 8.4): a pure function of their state messages. */
public final class Quorum {

    static final int FIRST_VERSION_WITH_USED_PROTOCOLS = 6;

    private final List<StateMessage> messages;
    private final int version;
    private String conflict = "";

    private Quorum(List<StateMessage> messages) {
        this.messages = messages;
        this.version = messages.stream().mapToInt(StateMessage::version).min().orElse(StateMessage.VERSION);
    }

    /** @param messages one of each member, in the members' order; at least one */
    public static QuorumDecision decide(List<StateMessage> messages) {
        return new Quorum(messages).decide();
    }

    private QuorumDecision decide() {
        List<StateMessage> complete =
                messages.stream().filter(m -> m.currentState().isComplete()).toList();
        StateMessage representative;
        if (!complete.isEmpty()) {
            if (!shareHistory(complete)) {
                return QuorumDecision.notPrimary(version, conflict);
            }
            representative = best(complete);
        } else {
            representative = remerge(messages.stream()
                    .filter(m -> m.lastPrimary().state().isComplete() && m.currentState() != NodeState.JOINER)
                    .toList());
            if (representative == null) {
                representative = remerge(messages.stream()
                        .filter(m -> m.has(StateMessage.BOOTSTRAP))
                        .toList());
            }
        }
        if (representative == null) {
            return QuorumDecision.notPrimary(
                    version, conflict.isEmpty() ? "no member has a complete history" : conflict);
        }
        return primary(representative);
    }

    /** Step A: every complete member must have the same history. */
    private boolean shareHistory(List<StateMessage> complete) {
        StateMessage first = complete.get(0);
        for (StateMessage other : complete) {
            if (!other.position().uuid().equals(first.position().uuid())) {
                conflict = conflict(first, other);
                return false;
            }
        }
        return true;
    }

    private static String conflict(StateMessage one, StateMessage other) {
        return "inconsistent histories: member '" + one.name() + "' is at " + one.position() + ", member '"
                + other.name() + "' at " + other.position()
                + "; take one of them out of the group and let it join anew with an empty state";
    }

    private static StateMessage best(List<StateMessage> candidates) {
        StateMessage best = candidates.get(0);
        for (StateMessage other : candidates) {
            long difference =
                    Long.compare(other.position().seqno(), best.position().seqno());
            if (difference == 0) {
                difference = Long.compare(
                        other.lastPrimary().configurationId(),
                        best.lastPrimary().configurationId());
            }
            if (difference > 0) {
                best = other;
            }
        }
        return best;
    }

    /** Steps B and C: of the components that the members come from, the newest; null if there is none or they contradict each other. */
    private StateMessage remerge(List<StateMessage> members) {
        StateMessage chosen = null;
        for (StateMessage candidate : distinct(members)) {
            if (chosen == null) {
                chosen = candidate;
                continue;
            }
            if (candidate.position().uuid().isUndefined()) {
                continue;
            }
            if (!chosen.position().uuid().isUndefined()
                    && !chosen.position().uuid().equals(candidate.position().uuid())) {
                conflict = conflict(chosen, candidate);
                return null;
            }
            long newer = Long.compare(
                    candidate.lastPrimary().configurationId(),
                    chosen.lastPrimary().configurationId());
            if (newer > 0
                    || newer == 0
                            && candidate.position().seqno() > chosen.position().seqno()) {
                chosen = candidate;
            }
        }
        return chosen;
    }

    /** The first member of each (history, seqno, configuration); all of one are equally good. */
    private static List<StateMessage> distinct(List<StateMessage> members) {
        List<StateMessage> candidates = new ArrayList<>();
        for (StateMessage member : members) {
            boolean known = candidates.stream()
                    .anyMatch(c -> c.position().equals(member.position())
                            && c.lastPrimary().configurationId()
                                    == member.lastPrimary().configurationId());
            if (!known) {
                candidates.add(member);
            }
        }
        return candidates;
    }

    private QuorumDecision primary(StateMessage representative) {
        Protocols protocols = messages.get(0).supported();
        for (StateMessage message : messages) {
            protocols = protocols.minimum(message.supported());
        }
        if (version >= FIRST_VERSION_WITH_USED_PROTOCOLS) {
            protocols = protocols.maximum(representative.used());
        }
        if (version == 0) {
            protocols = new Protocols(protocols.group(), protocols.replicator(), protocols.replicator() == 1 ? 1 : 0);
        }
        return new QuorumDecision(
                true,
                version,
                representative.position(),
                representative.lastPrimary().configurationId(),
                representative.commitCut(),
                protocols,
                protocols.group() < 1 ? QuorumDecision.DEFAULT_VOTE_POLICY : representative.votePolicy(),
                representative,
                "");
    }
}

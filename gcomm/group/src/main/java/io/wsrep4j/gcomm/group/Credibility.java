package io.wsrep4j.gcomm.group;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.gcomm.group.message.NodeState;
import io.wsrep4j.gcomm.group.message.Protocols;
import io.wsrep4j.gcomm.group.message.StateMessage;
import io.wsrep4j.gcomm.group.message.StateMessage.LastPrimary;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Which claims of a state exchange are taken for true (docs/spec/gcs.md 28.4). By Galera's rule the highest claim of a complete member counts
 * (docs/spec/gcs.md 8.4, step A), so that one false word takes the history from all others, or a newcomer with an old version the protocols. But
 * members that are complete come from one primary component, in which all of them have got the same: who contradicts most of them says what cannot
 * be, and its word counts like that of a newcomer without a state.
 *
 * <p>A function of the messages alone, so that all members judge alike. Between one and one nobody can tell; then the rule is Galera's.
 */
final class Credibility {

    /** No group has counted as far. */
    private static final long HIGHEST_COUNT = 1L << 62;

    private final List<Member> members;
    private final BiConsumer<Integer, String> onFalse;

    private Credibility(List<Member> members, BiConsumer<Integer, String> onFalse) {
        this.members = members;
        this.onFalse = onFalse;
    }

    /** What a complete member has got, and where. */
    private record Place(Object history, long received, long configuration) {
        static Place of(StateMessage message) {
            return new Place(
                    message.position().uuid(),
                    message.position().seqno(),
                    message.lastPrimary().configurationId());
        }
    }

    /**
     * Takes back what cannot be true of the members' messages.
     *
     * @param onFalse told of a member whose word does not count, and why
     */
    static void judge(List<Member> members, BiConsumer<Integer, String> onFalse) {
        new Credibility(members, onFalse).judge();
    }

    private void judge() {
        for (int i = 0; i < members.size(); i++) {
            if (isOutOfRange(members.get(i).stated)) {
                disbelieve(i, "claims " + members.get(i).stated.describe());
            }
        }
        Place majority = mostOf(Place::of);
        if (majority == null) {
            return;
        }
        Protocols used = mostOf(StateMessage::used);
        for (int i = 0; i < members.size(); i++) {
            StateMessage stated = members.get(i).stated;
            if (stated.currentState().isComplete() && !Place.of(stated).equals(majority)) {
                disbelieve(i, "contradicts most of the complete members: it claims " + stated.describe());
            } else if (stated.version() < Quorum.FIRST_VERSION_WITH_USED_PROTOCOLS && isNew(majority)) {
                members.get(i).states(with(StateMessage.VERSION, stated.used(), stated));
                onFalse.accept(
                        i, "speaks version " + stated.version() + " of the state exchange, which the group has left");
            }
            StateMessage believed = members.get(i).stated;
            if (used != null && believed.currentState().isComplete()) {
                // no member brings the others to protocols that they have not agreed on
                members.get(i).states(with(believed.version(), used, believed));
            }
        }
    }

    /** No member with this place speaks an old version. */
    private boolean isNew(Place place) {
        return members.stream()
                .filter(member -> member.stated.currentState().isComplete()
                        && Place.of(member.stated).equals(place))
                .allMatch(member -> member.stated.version() >= Quorum.FIRST_VERSION_WITH_USED_PROTOCOLS);
    }

    private static boolean isOutOfRange(StateMessage message) {
        long configuration = message.lastPrimary().configurationId();
        long received = message.position().seqno();
        return configuration < -1 || configuration > HIGHEST_COUNT || received < -1 || received > HIGHEST_COUNT;
    }

    /** What more than half of the complete members say, or null. */
    private <T> T mostOf(Function<StateMessage, T> word) {
        Map<T, Integer> counts = new LinkedHashMap<>();
        int complete = 0;
        for (Member member : members) {
            if (member.stated.currentState().isComplete()) {
                complete++;
                counts.merge(word.apply(member.stated), 1, Integer::sum);
            }
        }
        for (Map.Entry<T, Integer> entry : counts.entrySet()) {
            if (2 * entry.getValue() > complete) {
                return entry.getKey();
            }
        }
        return null;
    }

    private void disbelieve(int index, String why) {
        Member member = members.get(index);
        member.states(withoutState(member.stated));
        onFalse.accept(index, why);
    }

    private static StateMessage withoutState(StateMessage message) {
        return new StateMessage(
                message.version(),
                message.flags() & ~StateMessage.COUNTS_IN_COMMIT_CUT,
                message.supported(),
                LastPrimary.NONE,
                NodeState.NON_PRIM,
                message.exchange(),
                Gtid.UNDEFINED,
                message.name(),
                message.incomingAddress(),
                -1L,
                0,
                -1L,
                StateMessage.Vote.NONE,
                message.votePolicy(),
                message.used());
    }

    private static StateMessage with(int version, Protocols used, StateMessage message) {
        return new StateMessage(
                version,
                message.flags(),
                message.supported(),
                message.lastPrimary(),
                message.currentState(),
                message.exchange(),
                message.position(),
                message.name(),
                message.incomingAddress(),
                message.cachedFrom(),
                message.desyncCount(),
                message.commitCut(),
                message.vote(),
                message.votePolicy(),
                used);
    }
}

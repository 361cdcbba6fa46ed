package io.wsrep4j.api;

import java.util.List;
import java.util.Objects;

/**
 * A membership of the group, totally ordered with the write sets (docs/spec/wsrep-api-v26.md 3.4 and 4.6). Immutable.
 *
 * @param stateId the group's history and the seqno of the configuration change
 * @param viewNumber counts primary views; {@link #NOT_PRIMARY_VIEW_NUMBER} for any other
 * @param status kind of the view
 * @param capabilities what all members together can do ({@link Capabilities})
 * @param ownIndex own place in {@code members}; {@link #NO_INDEX} when not a member
 * @param protocolVersion application protocol agreed on: the lowest of all members' highest
 * @param members in the same order on every node; empty in the final view
 */
public record View(
        Gtid stateId,
        long viewNumber,
        ViewStatus status,
        int capabilities,
        int ownIndex,
        int protocolVersion,
        List<Member> members) {

    /** {@link #ownIndex()} of a view that does not contain us. */
    public static final int NO_INDEX = -1;

    /** {@link #viewNumber()} of a view that is not primary. */
    public static final long NOT_PRIMARY_VIEW_NUMBER = -1L;

    public View {
        Objects.requireNonNull(stateId, "stateId");
        Objects.requireNonNull(status, "status");
        members = List.copyOf(members);
        if (ownIndex < NO_INDEX || ownIndex >= members.size()) {
            throw new IllegalArgumentException(
                    "own index " + ownIndex + " is outside a view of " + members.size() + " members");
        }
    }

    /** The last view of a connection: no members, not primary. After it the provider calls back for nothing but logging. */
    public boolean isFinal() {
        return status != ViewStatus.PRIMARY && members.isEmpty();
    }
}

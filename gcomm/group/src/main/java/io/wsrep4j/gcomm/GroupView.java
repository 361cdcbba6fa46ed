package io.wsrep4j.gcomm;

import io.wsrep4j.api.Uuid;
import java.util.List;

/**
 * A membership of the group as a backend delivers it (docs/spec/gcs.md 6 and 22.2). Immutable.
 *
 * @param primary this component may order actions
 * @param bootstrap an operator forced this component to be primary at run time (docs/spec/gcs.md B24)
 * @param ownIndex own place in {@code members}
 * @param members in an order that is a function of the ids only
 */
public record GroupView(boolean primary, boolean bootstrap, int ownIndex, List<GroupMember> members) {

    public GroupView {
        members = List.copyOf(members);
        if (ownIndex < 0 || ownIndex >= members.size()) {
            throw new IllegalArgumentException(
                    "own index " + ownIndex + " is outside a view of " + members.size() + " members");
        }
    }

    /**
     * A member of the group.
     *
     * @param id unique over time
     * @param segment 0 to 255; a hint for choosing a donor near by
     */
    public record GroupMember(Uuid id, int segment) {}
}

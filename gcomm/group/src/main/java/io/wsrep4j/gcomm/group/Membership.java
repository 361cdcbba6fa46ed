package io.wsrep4j.gcomm.group;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.GroupView;
import java.util.ArrayList;
import java.util.List;

/** The members of the present view, in its order, each with what the group knows of it (docs/spec/gcs.md 8.1). Owned by {@link Configuration}. */
final class Membership {

    private final ActionMemory memory;
    private List<Member> members = List.of();
    private int ownIndex = -1;

    Membership(ActionMemory memory) {
        this.memory = memory;
    }

    /** A new view: who was a member before keeps its context, the others begin anew. */
    void replace(GroupView view) {
        List<Member> former = new ArrayList<>(members);
        List<Member> next = new ArrayList<>(view.members().size());
        for (int i = 0; i < view.members().size(); i++) {
            GroupView.GroupMember announced = view.members().get(i);
            Member known = null;
            for (Member candidate : former) {
                if (candidate.id.equals(announced.id())) {
                    known = candidate;
                }
            }
            former.remove(known);
            next.add(known != null ? known : new Member(announced, i == view.ownIndex(), memory));
        }
        former.forEach(Member::release);
        members = List.copyOf(next);
        ownIndex = view.ownIndex();
    }

    /** Nobody is a member any more. */
    void clear() {
        members.forEach(Member::release);
        members = List.of();
        ownIndex = -1;
    }

    List<Member> all() {
        return members;
    }

    int ownIndex() {
        return ownIndex;
    }

    Member own() {
        return members.get(ownIndex);
    }

    boolean contains(Uuid id) {
        return members.stream().anyMatch(member -> member.id.equals(id));
    }

    int completeCount() {
        return (int)
                members.stream().filter(member -> member.status.isComplete()).count();
    }

    /** All of them have said in this state exchange who they are. */
    boolean haveStated() {
        return members.stream().allMatch(member -> member.hasStated);
    }
}

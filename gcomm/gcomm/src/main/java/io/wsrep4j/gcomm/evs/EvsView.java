package io.wsrep4j.gcomm.evs;

import io.wsrep4j.api.Uuid;
import java.util.Collection;
import java.util.Collections;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * A membership as EVS delivers it (docs/spec/gcomm-evs.md 13). Immutable; the sets are in ascending uuid order, so the place of a member in
 * {@code members} is its index.
 *
 * @param version EVS protocol version of the view; the layer above speaks the same
 * @param id REG or TRANS; {@link ViewId#NIL} in the last view of a closed node
 * @param members who is in it; empty in the last view of a closed node
 * @param joined members that were not in the ending view of this node
 * @param left who left gracefully
 * @param partitioned who was in the ending view and is neither member nor left
 */
public record EvsView(
        int version,
        ViewId id,
        NavigableSet<Uuid> members,
        NavigableSet<Uuid> joined,
        NavigableSet<Uuid> left,
        NavigableSet<Uuid> partitioned) {

    public EvsView {
        members = Collections.unmodifiableNavigableSet(new TreeSet<>(members));
        joined = Collections.unmodifiableNavigableSet(new TreeSet<>(joined));
        left = Collections.unmodifiableNavigableSet(new TreeSet<>(left));
        partitioned = Collections.unmodifiableNavigableSet(new TreeSet<>(partitioned));
    }

    static EvsView of(int version, ViewId id, Collection<Uuid> members) {
        return new EvsView(version, id, new TreeSet<>(members), new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
    }

    /** The last view of a closed node. */
    public boolean isEmpty() {
        return members.isEmpty();
    }

    public boolean isTransitional() {
        return id.type() == ViewType.TRANS;
    }

    @Override
    public String toString() {
        return id + " version=" + version + " members=" + names(members) + " joined=" + names(joined) + " left="
                + names(left) + " partitioned=" + names(partitioned);
    }

    private static String names(Collection<Uuid> uuids) {
        return uuids.stream().map(ShortUuid::of).toList().toString();
    }
}

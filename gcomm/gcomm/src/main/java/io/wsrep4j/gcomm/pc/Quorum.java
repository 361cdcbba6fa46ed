package io.wsrep4j.gcomm.pc;

import io.wsrep4j.api.Uuid;
import java.util.Collection;
import java.util.Map;
import java.util.Set;

/**
 * Whether those who go on together outweigh those who are lost (docs/spec/gcomm-transport-pc.md 13.1). Members that left in good order count half,
 * exactly enough never to cost the rest its majority; newcomers do not count.
 *
 * <p>The reference has no decision for equal sides (docs/spec/gcomm-transport-pc.md 20.11). Where a leave has made them equal, ours goes to the side
 * with the oldest of the nodes that have not left: nobody who leaves in good order costs the rest its component because a node that had just joined
 * has died. That stays safe beside nodes of the reference, which then never go on: if one side has just half of the weight, leavers counted half for
 * it, no other side can have more, and has as much only if both count the same leavers and share all the other nodes, of which one is the oldest.
 *
 * @param present the members outweigh the others
 * @param splitBrain both sides weigh the same
 * @param oldest both sides weigh the same with the leavers' help, and the oldest node is on this one
 */
record Quorum(boolean present, boolean splitBrain, boolean oldest) {

    /**
     * Compares what goes on with what was.
     *
     * @param members who goes on together
     * @param left who left in good order
     * @param before members of the component that breaks up
     * @param instances what is known of each node; a node without instance weighs nothing
     */
    static Quorum of(Set<Uuid> members, Set<Uuid> left, Set<Uuid> before, Map<Uuid, Instance> instances) {
        boolean byHeads = anyWithoutWeight(members, instances)
                || anyWithoutWeight(left, instances)
                || anyWithoutWeight(before, instances);
        long ours = 0;
        long all = 0;
        boolean anyLeft = false;
        Uuid oldest = null;
        for (Uuid id : before) {
            Instance instance = instances.get(id);
            long weight = byHeads ? 1 : instance == null ? 0 : instance.weight;
            all += weight;
            if (members.contains(id)) {
                ours += 2 * weight;
            } else if (left.contains(id)) {
                ours += weight;
            }
            if (weight > 0 && left.contains(id)) {
                anyLeft = true;
            } else if (weight > 0 && (oldest == null || NodeIds.BY_AGE.compare(id, oldest) < 0)) {
                oldest = id;
            }
        }
        boolean even = ours == all;
        boolean ourTie = even && anyLeft && !byHeads && oldest != null && members.contains(oldest);
        return new Quorum(ours > all, even, ourTie);
    }

    /** The members may go on as the primary component. */
    boolean suffices() {
        return present || oldest;
    }

    private static boolean anyWithoutWeight(Collection<Uuid> ids, Map<Uuid, Instance> instances) {
        for (Uuid id : ids) {
            Instance instance = instances.get(id);
            if (instance != null && instance.weight == NodeState.NO_WEIGHT) {
                return true;
            }
        }
        return false;
    }
}

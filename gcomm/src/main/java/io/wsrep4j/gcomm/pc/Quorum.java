package io.wsrep4j.gcomm.pc;

import io.wsrep4j.api.Uuid;
import java.util.Collection;
import java.util.Map;
import java.util.Set;

/**
 * Whether those who go on together outweigh those who are lost (sheet gcomm-transport-pc, 13.1). Members that left in good order count half,
 * exactly enough never to cost the rest its majority; newcomers do not count.
 *
 * @param present the members may go on as the primary component
 * @param splitBrain both sides weigh the same
 */
record Quorum(boolean present, boolean splitBrain) {

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
        for (Uuid id : before) {
            Instance instance = instances.get(id);
            long weight = byHeads ? 1 : instance == null ? 0 : instance.weight;
            all += weight;
            if (members.contains(id)) {
                ours += 2 * weight;
            } else if (left.contains(id)) {
                ours += weight;
            }
        }
        return new Quorum(ours > all, ours == all);
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

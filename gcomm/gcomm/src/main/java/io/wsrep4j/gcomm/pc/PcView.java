package io.wsrep4j.gcomm.pc;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.ShortUuid;
import io.wsrep4j.gcomm.evs.ViewId;
import io.wsrep4j.gcomm.evs.ViewType;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A membership as the primary component delivers it (docs/spec/gcomm-transport-pc.md 12.5). Immutable.
 *
 * @param id PRIM or NON_PRIM, with the uuid and seq of the EVS view
 * @param bootstrap the component was made primary by force
 * @param members segments by member, in ascending order of ids; empty when this node has left
 * @param partitioned segments of known nodes that are not members
 */
public record PcView(
        ViewId id, boolean bootstrap, SortedMap<Uuid, Integer> members, SortedMap<Uuid, Integer> partitioned) {

    public PcView {
        members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
        partitioned = Collections.unmodifiableSortedMap(new TreeMap<>(partitioned));
    }

    static final PcView NONE =
            new PcView(new ViewId(ViewType.NON_PRIM, Uuid.UNDEFINED, 0), false, new TreeMap<>(), new TreeMap<>());

    /** The members may order actions. */
    public boolean isPrimary() {
        return id.type() == ViewType.PRIM;
    }

    /** Members in ascending order: the place in the array is the sender index. */
    Uuid[] order() {
        Uuid[] order = members.keySet().toArray(new Uuid[0]);
        Arrays.sort(order);
        return order;
    }

    /** As an operator of Galera reads it in the log. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("view(view_id(")
                .append(id.type())
                .append(',')
                .append(ShortUuid.of(id.uuid()))
                .append(',')
                .append(id.seq())
                .append(')');
        append(text.append(" memb {\n"), members);
        text.append("} joined {\n} left {\n} partitioned {\n");
        append(text, partitioned);
        return text.append("})").toString();
    }

    private static void append(StringBuilder text, SortedMap<Uuid, Integer> nodes) {
        for (Map.Entry<Uuid, Integer> node : nodes.entrySet()) {
            text.append('\t')
                    .append(ShortUuid.of(node.getKey()))
                    .append(',')
                    .append(node.getValue())
                    .append('\n');
        }
    }
}

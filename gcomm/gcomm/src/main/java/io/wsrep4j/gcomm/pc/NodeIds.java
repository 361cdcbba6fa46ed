package io.wsrep4j.gcomm.pc;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.ViewId;
import java.util.Comparator;

/** Incarnations of one node: ids that differ in bytes 8 and 9 only (docs/spec/gcomm-transport-pc.md 2.1). */
final class NodeIds {

    /** Who was started first comes first: by the time in the id, then by its bytes. The same on all nodes, whatever their clocks say. */
    static final Comparator<Uuid> BY_AGE =
            Comparator.comparingLong(ViewId::timestamp).thenComparing(Comparator.naturalOrder());

    private static final int INCARNATION_SHIFT = 48;
    private static final long INCARNATION_UNIT = 1L << INCARNATION_SHIFT;

    private NodeIds() {}

    /** The id of the node's next process: incarnation one higher, wrapping. */
    static Uuid nextIncarnation(Uuid id) {
        return new Uuid(id.mostSignificant(), id.leastSignificant() + INCARNATION_UNIT);
    }

    /** The same for all incarnations of a node. */
    static Uuid withoutIncarnation(Uuid id) {
        return new Uuid(id.mostSignificant(), id.leastSignificant() & INCARNATION_UNIT - 1);
    }

    static boolean sameNode(Uuid a, Uuid b) {
        return withoutIncarnation(a).equals(withoutIncarnation(b));
    }
}

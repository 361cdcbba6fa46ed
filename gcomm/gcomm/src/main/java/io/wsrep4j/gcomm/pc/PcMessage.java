package io.wsrep4j.gcomm.pc;

import io.wsrep4j.api.Uuid;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** A control message of the primary component (docs/spec/gcomm-transport-pc.md 11). */
sealed interface PcMessage {

    /** Version of the view in which the message is sent. */
    int version();

    /** What the sender says about nodes, by node. */
    SortedMap<Uuid, NodeState> nodes();

    /** All nodes that the sender knows. */
    record State(int version, SortedMap<Uuid, NodeState> nodes) implements PcMessage {
        public State {
            nodes = Collections.unmodifiableSortedMap(new TreeMap<>(nodes));
        }
    }

    /**
     * Forms a primary component, or changes a weight.
     *
     * @param bootstrap an operator, or the recovery after a crash of all, forms the component without a primary member
     * @param weightChange only the sender's weight changes
     */
    record Install(int version, boolean bootstrap, boolean weightChange, SortedMap<Uuid, NodeState> nodes)
            implements PcMessage {
        public Install {
            nodes = Collections.unmodifiableSortedMap(new TreeMap<>(nodes));
        }
    }
}

package io.wsrep4j.gcomm.simulation;

import io.wsrep4j.gcomm.evs.Evs;
import io.wsrep4j.gcomm.evs.EvsListener;

/** The hook for layers above EVS: makes what listens to a node's EVS. The simulator records what EVS delivers in any case. */
@FunctionalInterface
public interface UpperLayer {

    /** Nothing above EVS. */
    UpperLayer NONE = (node, evs) -> null;

    /**
     * Makes the layers above one node; the group layer stands on the listener of the primary component in the same way.
     *
     * @param node the node, not yet connected
     * @param evs its EVS: may be used once {@link EvsListener} is called
     * @return who is told of views and messages, or null
     */
    EvsListener over(SimulatedNode node, Evs evs);
}

package io.wsrep4j.gcomm.gmcast;

import io.wsrep4j.api.Uuid;
import java.util.HashSet;
import java.util.Set;

/** Ids of evicted nodes, incarnation included (docs/spec/gcomm-transport-pc.md 10.1). Filled and emptied by EVS. */
final class Evictions {

    private final Set<Uuid> nodes = new HashSet<>();

    void add(Uuid node) {
        nodes.add(node);
    }

    void remove(Uuid node) {
        nodes.remove(node);
    }

    boolean contains(Uuid node) {
        return !nodes.isEmpty() && nodes.contains(node);
    }
}

package io.wsrep4j.gcomm.evs;

import io.wsrep4j.api.Uuid;

/** Takes in whom a JOIN lists, and from which views they come (docs/spec/gcomm-evs.md 11.4). */
final class Hearsay {

    private final NodeTable nodes;
    private final Round round;
    private final Evictions evictions;

    Hearsay(NodeTable nodes, Round round, Evictions evictions) {
        this.nodes = nodes;
        this.round = round;
        this.evictions = evictions;
    }

    void meet(JoinMessage join) {
        join.knowledge().nodes().forEach((uuid, entry) -> meet(join.source(), uuid, entry));
    }

    private void meet(Uuid teller, Uuid uuid, NodeEntry entry) {
        if (!entry.view().equals(ViewId.NIL)) {
            round.named(entry.view(), uuid);
        }
        Node node = nodes.get(uuid);
        if (entry.evicted() && node != nodes.self()) {
            if (node != null) {
                nodes.giveUp(node, "node " + ShortUuid.of(teller) + " says that it is evicted");
            }
            evictions.evict(uuid);
        } else if (node == null && entry.operational() && !entry.view().equals(ViewId.NIL) && !nodes.isFull()) {
            // only whom the sender goes along with and has heard itself: two groups that know a dead node from each
            // other would else remind each other of it for ever, and never agree
            nodes.add(uuid);
        }
    }
}

package io.wsrep4j.gcomm.evs;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.Timers.Timer;
import java.util.Map;

/** Gives up nodes that the others cannot agree with, so that the rest can (sheet gcomm-evs, 12.5). */
final class Disagreement {

    private final Machine machine;
    private final NodeTable nodes;
    private final CurrentView current;

    Disagreement(Machine machine) {
        this.machine = machine;
        this.nodes = machine.nodes();
        this.current = machine.current();
    }

    void resolve(Map<Uuid, NodeEntry> sameView) {
        for (Map.Entry<Uuid, NodeEntry> entry : sameView.entrySet()) {
            Node node = nodes.get(entry.getKey());
            if (node != null && node != nodes.self() && entry.getValue().suspected()) {
                giveUpIfMostSuspect(node);
            }
        }
        for (Map.Entry<Uuid, NodeEntry> entry : sameView.entrySet()) {
            Node node = nodes.get(entry.getKey());
            if (node != null && node != nodes.self() && !entry.getValue().operational() && node.suspected) {
                machine.giveUp(node, "another member has given it up, and it is silent");
            }
        }
        giveUpUnseen();
        giveUpUnheardOf();
    }

    /** Step A. */
    private void giveUpIfMostSuspect(Node node) {
        int suspecting = 0;
        for (Node witness : nodes.all()) {
            if (witness != node && witness.join != null && current.hasMember(witness.uuid)) {
                NodeEntry entry = witness.join.about(node.uuid);
                if (entry != null && entry.suspected()) {
                    suspecting++;
                }
            }
        }
        if (suspecting > current.memberCount() / 2 && node.operational()) {
            machine.giveUp(node, suspecting + " of " + current.memberCount() + " members suspect it");
        }
    }

    /** Step C: nodes that others speak of, that are not heard here, and that none of the others goes along with. */
    private void giveUpUnseen() {
        for (Node node : nodes.all()) {
            if (node != nodes.self()
                    && node.operational()
                    && !current.hasMember(node.uuid)
                    && node.join == null
                    && isGivenUpByAll(node)) {
                machine.giveUp(node, "it is not heard here, and all who know it have given it up");
            }
        }
    }

    private boolean isGivenUpByAll(Node unseen) {
        int listing = 0;
        int against = 0;
        for (Node witness : nodes.all()) {
            if (witness == nodes.self() || witness.join == null) {
                continue;
            }
            for (Map.Entry<Uuid, NodeEntry> listed :
                    witness.join.knowledge().nodes().entrySet()) {
                Node node = nodes.get(listed.getKey());
                NodeEntry entry = listed.getValue();
                boolean unknown = node == null && entry.operational();
                if (unknown || node != null && node != unseen && entry.operational() && node.join == null) {
                    return false;
                }
                if (node == unseen && node != null && !entry.view().equals(ViewId.NIL)) {
                    listing++;
                    against += entry.operational() ? 0 : 1;
                }
            }
        }
        return listing > 0 && listing == against;
    }

    /** Step D: nodes of which nobody knows a view, and that everybody suspects. */
    private void giveUpUnheardOf() {
        for (Node node : nodes.all()) {
            if (node != nodes.self() && node.operational() && isUnheardOfByAll(node)) {
                machine.giveUp(node, "nobody has heard of it");
            }
        }
    }

    private boolean isUnheardOfByAll(Node node) {
        int joins = 0;
        for (Node witness : nodes.all()) {
            if (witness.join != null) {
                NodeEntry entry = witness.join.about(node.uuid);
                if (entry == null || !entry.suspected() || !entry.view().equals(ViewId.NIL)) {
                    return false;
                }
                joins++;
            }
        }
        return joins > 0;
    }

    /** Step E: when agreement takes long, whoever some cannot hear has to go. */
    void resolveAsymmetry() {
        EvsSettings settings = machine.env().settings();
        long left = machine.timers().left(Timer.INSTALL, machine.env().now());
        if (left > settings.installTimeout() - settings.suspectTimeout()) {
            return;
        }
        for (Node node : nodes.all()) {
            if (node != nodes.self() && node.operational() && node.join == null) {
                machine.giveUp(node, "it has not joined in time");
            }
        }
        for (Node witness : nodes.all()) {
            if (!witness.operational() || witness.join == null) {
                continue;
            }
            NodeEntry self = witness.join.about(machine.env().self);
            if (self == null || !self.operational()) {
                continue;
            }
            witness.join.knowledge().nodes().forEach((uuid, entry) -> {
                Node node = nodes.get(uuid);
                if (!entry.operational() && node != null && node.operational()) {
                    machine.giveUp(node, "node " + witness + ", which goes along, has given it up");
                }
            });
        }
    }
}

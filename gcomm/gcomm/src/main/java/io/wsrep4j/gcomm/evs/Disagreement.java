package io.wsrep4j.gcomm.evs;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.Timers.Timer;
import java.util.Map;

/** Gives up nodes that the others cannot agree with, so that the rest can (docs/spec/gcomm-evs.md 12.5). */
final class Disagreement {

    private final Environment env;
    private final NodeTable nodes;
    private final CurrentView current;
    private final Timers timers;

    Disagreement(Environment env, NodeTable nodes, CurrentView current, Timers timers) {
        this.env = env;
        this.nodes = nodes;
        this.current = current;
        this.timers = timers;
    }

    /**
     * Takes a JOIN of another node.
     *
     * @param said all that it says
     * @param sameView what it says of members of our view
     */
    void resolve(Map<Uuid, NodeEntry> said, Map<Uuid, NodeEntry> sameView) {
        for (Map.Entry<Uuid, NodeEntry> entry : said.entrySet()) {
            Node node = nodes.get(entry.getKey());
            if (node != null && node != nodes.self() && entry.getValue().suspected()) {
                giveUpIfMostSuspect(node);
            }
        }
        for (Map.Entry<Uuid, NodeEntry> entry : sameView.entrySet()) {
            Node node = nodes.get(entry.getKey());
            if (node != null && node != nodes.self() && !entry.getValue().operational() && node.suspected) {
                nodes.giveUp(node, "another member has given it up, and it is silent");
            }
        }
        giveUpUnseen();
        giveUpUnheardOf();
    }

    /**
     * Step A. The reference counts for members of our view only, and waits for the install timer when somebody who was about to join has died: a
     * second or two before that timer all suspect it here, and agree.
     */
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
        int staying = current.memberCount() - leavers();
        if (suspecting > staying / 2 && node.operational()) {
            nodes.giveUp(node, suspecting + " of " + staying + " members suspect it");
        }
    }

    /**
     * More than one other goes along with it, this node among them, and nobody but the accuser does not: the word of one does not cost a node its
     * place. If the accuser means it and the others do too, the install timer ends it.
     */
    private boolean isVouchedFor(Node accused, Node accuser) {
        int vouching = 1;
        for (Node witness : nodes.all()) {
            if (witness == accused
                    || witness == accuser
                    || witness == nodes.self()
                    || !witness.operational()
                    || witness.join == null) {
                continue;
            }
            NodeEntry entry = witness.join.about(accused.uuid);
            if (entry != null && !entry.operational()) {
                return false;
            }
            if (entry != null && !entry.suspected()) {
                vouching++;
            }
        }
        return vouching > 1 && accused.join != null && !accused.suspected;
    }

    /** Those who have left tell nothing more of anybody. */
    private int leavers() {
        int leavers = 0;
        for (Node node : nodes.all()) {
            if (node.isMember() && !node.operational() && node.leave != null) {
                leavers++;
            }
        }
        return leavers;
    }

    /** Step C: nodes that others speak of, that are not heard here, and that none of the others goes along with. */
    private void giveUpUnseen() {
        for (Node node : nodes.all()) {
            if (node != nodes.self()
                    && node.operational()
                    && !current.hasMember(node.uuid)
                    && node.join == null
                    && isGivenUpByAll(node)) {
                nodes.giveUp(node, "it is not heard here, and all who know it have given it up");
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
                nodes.giveUp(node, "nobody has heard of it");
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

    /**
     * Step E: when agreement takes long, whoever some cannot hear has to go. The reference does not ask when it last heard of a node, and
     * gives up those who were met a moment ago in a round that is old, or whose JOIN came while a proposal was waited for.
     */
    void resolveAsymmetry() {
        EvsSettings settings = env.settings();
        long left = timers.left(Timer.INSTALL, env.now());
        if (left > settings.installTimeout() - settings.suspectTimeout()) {
            return;
        }
        long tooRecent = env.now() - settings.suspectTimeout();
        for (Node node : nodes.all()) {
            if (node != nodes.self() && node.operational() && node.join == null && node.progressAt < tooRecent) {
                nodes.giveUp(node, "it has not joined in time");
            }
        }
        for (Node witness : nodes.all()) {
            if (!witness.operational() || witness.join == null) {
                continue;
            }
            NodeEntry self = witness.join.about(env.self);
            if (self == null || !self.operational()) {
                continue;
            }
            witness.join.knowledge().nodes().forEach((uuid, entry) -> {
                Node node = nodes.get(uuid);
                if (!entry.operational() && node != null && node.operational() && !isVouchedFor(node, witness)) {
                    nodes.giveUp(node, "node " + witness + ", which goes along, has given it up");
                }
            });
        }
    }
}

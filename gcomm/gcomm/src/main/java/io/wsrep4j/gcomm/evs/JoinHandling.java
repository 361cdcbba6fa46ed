package io.wsrep4j.gcomm.evs;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.Timers.Timer;
import java.util.Map;
import java.util.TreeMap;

/** What a JOIN does in any state (docs/spec/gcomm-evs.md 11.4). */
final class JoinHandling {

    /** Shortest time between two JOINs sent in answer to JOINs, nanoseconds. */
    static final long JOIN_INTERVAL = 100_000_000L;

    private final Machine machine;
    private final CurrentView current;
    private final Round round;
    private final NodeTable nodes;
    private final Disagreement disagreement;

    JoinHandling(Machine machine) {
        this.machine = machine;
        this.current = machine.current();
        this.round = machine.round();
        this.nodes = machine.nodes();
        this.disagreement = new Disagreement(machine);
    }

    void handle(Node source, JoinMessage join) {
        if (machine.past().contain(join) || !prepare(source, join)) {
            return;
        }
        ViewId view = join.sourceView();
        if (current.hasMember(source.uuid)
                && !view.equals(current.id())
                && view.seq() >= current.id().seq()) {
            // it has moved on without this node, or never came along
            machine.giveUp(source, "it is in view " + view + " already");
            return;
        }
        meetListed(join);
        NodeEntry aboutSelf = join.about(machine.env().self);
        if (aboutSelf != null) {
            if (aboutSelf.operational()) {
                source.progressAt = machine.env().now();
            } else {
                machine.giveUp(source, "it has given up this node");
            }
        }
        source.join = join;
        Map<Uuid, NodeEntry> sameView = sameViewEntries(join);
        boolean own = source == nodes.self();
        if (view.equals(current.id())) {
            takeOver(source, sameView);
        }
        machine.retransmission().requestMissing();
        machine.retransmission().forgetBehindGaps();
        machine.retransmission().forwardLeaves(sameView);
        if (!own) {
            disagreement.resolve(join.knowledge().nodes(), sameView);
        }
        disagreement.resolveAsymmetry();
        answer();
        proposeWhenAgreed();
    }

    /** Gets into GATHER without an INSTALL, if this JOIN is a reason to; false if it is not to be handled. */
    private boolean prepare(Node source, JoinMessage join) {
        InstallMessage install = round.install;
        if (install == null) {
            if (!machine.is(EvsStateName.GATHER)) {
                machine.gather();
            }
            return true;
        }
        if (join.source().equals(install.source())) {
            if (join.sourceView().equals(install.installView()) && !creatorHasInstalled(source)) {
                return false;
            }
        } else if (machine.consensus().isConsistent(install) && !isOverthrown(source, install, join)) {
            return false;
        }
        machine.gather();
        return true;
    }

    /**
     * An own proposal that somebody who is to accept it cannot accept any more, because it has come to know something else since it agreed: better made
     * anew than waited for, but not at once again. The reference waits until the install timer gives that member up.
     */
    private boolean isOverthrown(Node source, InstallMessage install, JoinMessage join) {
        return install.source().equals(machine.env().self)
                && machine.is(EvsStateName.GATHER)
                && machine.env().now() - round.proposedAt >= JOIN_INTERVAL
                && (machine.foreign().contradicts(install, join) || isRefused(source, install, join));
    }

    private boolean isRefused(Node source, InstallMessage install, JoinMessage join) {
        return join.sourceView().equals(current.id())
                && !source.committed
                && install.admits(source.uuid)
                && !Consensus.equal(install, install.knowledge(), join, join.knowledge());
    }

    private boolean creatorHasInstalled(Node creator) {
        creator.progressAt = machine.env().now();
        if (machine.is(EvsStateName.GATHER)) {
            return false;
        }
        machine.installs().installAsOthersDid();
        return machine.is(EvsStateName.OPERATIONAL);
    }

    private void meetListed(JoinMessage join) {
        join.knowledge().nodes().forEach((uuid, entry) -> {
            if (!entry.view().equals(ViewId.NIL)) {
                round.named(entry.view(), uuid);
            }
            Node node = nodes.get(uuid);
            if (entry.evicted() && node != nodes.self()) {
                if (node != null) {
                    machine.giveUp(node, "node " + ShortUuid.of(join.source()) + " says that it is evicted");
                }
                machine.evictions().evict(uuid);
            } else if (node == null && entry.operational() && !entry.view().equals(ViewId.NIL) && !nodes.isFull()) {
                // only whom the sender goes along with and has heard itself: two groups that know a dead node from each
                // other would else
                // remind each other of it for ever, and never agree
                nodes.add(uuid, machine.env().now());
            }
        });
    }

    private Map<Uuid, NodeEntry> sameViewEntries(JoinMessage join) {
        Map<Uuid, NodeEntry> entries = new TreeMap<>();
        join.knowledge().nodes().forEach((uuid, entry) -> {
            if (entry.view().equals(current.id())) {
                entries.put(uuid, entry);
            }
        });
        return entries;
    }

    /**
     * Learns safe marks from a companion, and fills own slots as far as it has seen any. The own JOIN makes this node fill up to what it has
     * seen itself: a last message that promised more (MSG_MORE) of a sender that died would otherwise never be completed by a lone survivor.
     */
    private void takeOver(Node source, Map<Uuid, NodeEntry> sameView) {
        if (source == nodes.self()) {
            machine.emitter().completeAll();
            return;
        }
        raiseMarks(source, sameView);
        long highest = -1;
        for (NodeEntry entry : sameView.values()) {
            highest = Math.max(highest, entry.hs());
        }
        if (current.lastSent() < highest) {
            machine.emitter().complete(highest);
        }
    }

    /**
     * True if a mark was raised to just what the list says. Of its own, which is its aru, a node learns nothing from others, and of those who go along
     * only from themselves: what somebody else says of them may be wrong, and marks never go back.
     */
    private boolean raiseMarks(Node source, Map<Uuid, NodeEntry> sameView) {
        boolean raised = false;
        for (Map.Entry<Uuid, NodeEntry> entry : sameView.entrySet()) {
            Node node = nodes.get(entry.getKey());
            boolean speaksForItself = node != null && node.operational() && node != source;
            if (node != null && node != nodes.self() && node.isMember() && !speaksForItself) {
                raised |= current.acknowledged(node.index, entry.getValue().safeSeq());
            }
        }
        return raised;
    }

    /** Tells what has changed, but not too often. */
    private void answer() {
        if (!machine.is(EvsStateName.GATHER) || !machine.announcer().isJoinOutdated()) {
            return;
        }
        machine.announcer().buildJoin();
        if (machine.consensus().isReached()) {
            return;
        }
        long wait = round.lastJoinSentAt + JOIN_INTERVAL - machine.env().now();
        if (wait <= 0) {
            machine.announcer().join();
        } else {
            // the reference says nothing, and all wait for the next period of the timer
            machine.timers().pull(Timer.RETRANS, machine.env().now(), wait);
        }
    }

    private void proposeWhenAgreed() {
        if (machine.is(EvsStateName.GATHER)
                && round.install == null
                && machine.consensus().isReached()
                && machine.consensus().isRepresentative()) {
            machine.sendInstall();
        }
    }

    /** A leaving node only makes sure that the others get its messages. */
    void handleWhileLeaving(Node source, JoinMessage join) {
        if (!join.sourceView().equals(current.id())) {
            return;
        }
        source.progressAt = machine.env().now();
        source.join = join;
        if (raiseMarks(source, sameViewEntries(join))) {
            machine.announcer().leave();
        }
        machine.retransmission().requestMissing();
        machine.delivery().deliver();
    }
}

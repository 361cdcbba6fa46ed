package io.wsrep4j.gcomm.evs;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.log.LineKind;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Notices who makes no progress, and ends attempts at a view that take too long (docs/spec/gcomm-evs.md 8.1 and 9.4). */
final class Liveness {

    private static final LineKind SUSPECTING = LineKind.ofNode("nodes suspected");
    private static final LineKind ISOLATION = LineKind.ofNode("self-isolations");

    private static final int LATE_CHECK = 3;

    /**
     * So long may the others need to take in what this node has told last, nanoseconds. When the timers of all run out in the same moment, the
     * first to give a dead node up would else be given up by those who have just heard of it, and they by it.
     */
    private static final long GRACE = 500_000_000L;

    private static final int MOST_POSTPONEMENTS = 4;

    private final Machine machine;
    private final NodeTable nodes;
    private long lastCheckAt = -1;
    private long isolatedUntil;
    /** When a check first found that all agree, and since then all others have; -1 if the last did not. */
    private long agreedSince = -1;

    private int postponed;

    Liveness(Machine machine) {
        this.machine = machine;
        this.nodes = machine.nodes();
    }

    /** The inactivity check. */
    void check() {
        long now = machine.env().now();
        EvsSettings settings = machine.env().settings();
        endIsolation(now);
        agreedSince = !isAgreed() ? -1 : agreedSince < 0 ? now : agreedSince;
        long previous = lastCheckAt;
        lastCheckAt = now;
        if (previous >= 0 && now - previous > LATE_CHECK * Math.max(settings.inactiveCheckPeriod(), 1_000_000L)) {
            // this process was paused: what it has not heard in that time says nothing about the others
            machine.env()
                    .log
                    .plain()
                    .info(
                            "skipping one check for inactive nodes: the last one was {} ms ago",
                            (now - previous) / 1_000_000);
            return;
        }
        boolean changed = judge(now, settings);
        int suspects = 0;
        boolean silence = false;
        for (Node node : nodes.all()) {
            if (node == nodes.self()) {
                continue;
            }
            if (node.inactive) {
                machine.giveUp(node, "it is inactive");
            }
            if (node.suspected && node.operational()) {
                suspects++;
                // who leaves agrees with nobody any more: a JOIN is no reason to wait for its sender
                if (node.join == null || machine.is(EvsStateName.LEAVING)) {
                    machine.giveUp(node, "it is silent");
                }
            }
            silence |= node.suspected || node.inactive;
        }
        machine.delayed().check();
        if (nodes.size() > 2 && suspects == nodes.size() - 1) {
            giveUpAllOthers("none of the other nodes is heard");
        }
        if (silence) {
            machine.state().onSilence();
        }
        if (machine.is(EvsStateName.GATHER)) {
            if (isProposalHopeless()) {
                machine.gatherAndJoin();
            } else if (changed) {
                tellSuspicion(now);
            }
        }
    }

    /** Somebody who is to be in the proposed view has not committed to it and is silent: without it the others can agree at once. */
    private boolean isProposalHopeless() {
        InstallMessage install = machine.round().install;
        if (install == null) {
            return false;
        }
        for (Node node : nodes.all()) {
            if (node.suspected && node.operational() && !node.committed && install.admits(node.uuid)) {
                return true;
            }
        }
        return false;
    }

    private boolean judge(long now, EvsSettings settings) {
        boolean changed = false;
        nodes.self().progressAt = now;
        for (Node node : nodes.all()) {
            boolean suspected = now - node.progressAt > settings.suspectTimeout();
            changed |= suspected != node.suspected;
            if (suspected && !node.suspected && node != nodes.self()) {
                machine.env()
                        .log
                        .info(
                                SUSPECTING,
                                node.uuid,
                                "suspecting node {} at {}",
                                node,
                                machine.env().transport.address(node.uuid));
            }
            node.suspected = suspected;
            node.inactive = now - node.progressAt > settings.inactiveTimeout();
        }
        return changed;
    }

    /** The others need to know at once: the reference lets it travel with the next JOIN (docs/spec/gcomm-evs.md 19.13). */
    private void tellSuspicion(long now) {
        if (machine.round().install == null
                && now - machine.round().lastJoinSentAt >= JoinHandling.JOIN_INTERVAL
                && machine.announcer().isJoinOutdated()) {
            machine.sendJoin();
        }
    }

    /**
     * Whoever is silent goes first. As long as there is such a node this one's own knowledge is incomplete, and contradicts that of all others. Then,
     * of those who contradict each other, the fewest that can go ({@link Arbitration}). If all agree and still no view was proposed, the one goes
     * that had to propose it.
     */
    private void giveUpWhoHindersAgreement() {
        boolean silent = false;
        for (Node node : nodes.all()) {
            if (node != nodes.self() && node.operational() && (node.join == null || node.suspected)) {
                silent = true;
                machine.giveUp(node, "it does not join the next view in time");
            }
        }
        if (silent) {
            return;
        }
        machine.announcer().buildJoin();
        Map<Uuid, Knowledge> said = new HashMap<>();
        for (Node node : nodes.all()) {
            if (node.operational() && node.join != null) {
                said.put(node.uuid, node.join.knowledge());
            }
        }
        Set<Uuid> outvoted = Arbitration.outvoted(said);
        outvoted.forEach(uuid -> machine.giveUp(nodes.get(uuid), "it does not agree on the next view in time"));
        // with somebody gone who was in the way all may agree at last, and then the proposal is still to come
        if (outvoted.isEmpty() && agreedSince >= 0 && machine.env().now() - agreedSince >= GRACE && isAgreed()) {
            machine.giveUp(
                    nodes.get(machine.consensus().representative()), "it does not propose the next view in time");
        }
    }

    /** All say the same, and nobody has proposed a view yet. */
    private boolean isAgreed() {
        return machine.is(EvsStateName.GATHER)
                && machine.round().install == null
                && machine.consensus().isReached();
    }

    private void giveUpAllOthers(String reason) {
        for (Node node : nodes.all()) {
            machine.giveUp(node, reason);
        }
    }

    private void endIsolation(long now) {
        if (machine.outbox().isMuted() && now >= isolatedUntil) {
            machine.outbox().mute(false);
            machine.env().log.plain().info("self-isolation is over");
        }
    }

    /** How long the install timer runs. */
    long installPeriod() {
        return postponed > 0 ? GRACE : machine.env().settings().installTimeout();
    }

    /** The install timer: this attempt at a view has taken too long. */
    void installTimedOut() {
        Round round = machine.round();
        EvsSettings settings = machine.env().settings();
        if (postponed < MOST_POSTPONEMENTS && machine.env().now() - round.knowledgeChangedAt < GRACE) {
            postponed++;
            return;
        }
        postponed = 0;
        if (round.installTimeouts < settings.maxInstallTimeouts()) {
            giveUpWhoHindersAgreement();
        } else {
            giveUpAllOthers("no view was agreed in " + (round.installTimeouts + 1) + " attempts");
            if (round.installTimeouts == settings.maxInstallTimeouts()) {
                long pause = settings.suspectTimeout() + settings.inactiveTimeout();
                isolatedUntil = machine.env().now() + pause;
                machine.outbox().mute(true);
                machine.env()
                        .log
                        .warn(
                                ISOLATION,
                                null,
                                "no agreement on a view: this node isolates itself for {} s",
                                pause / 1_000_000_000L);
            }
        }
        if (round.install != null) {
            for (Node node : nodes.all()) {
                if (!node.committed) {
                    machine.giveUp(node, "it does not commit to the next view in time");
                }
            }
        }
        machine.gatherAndJoin();
        if (machine.consensus().isReached() && machine.consensus().isRepresentative()) {
            machine.sendInstall();
        }
        round.installTimeouts++;
        if (machine.is(EvsStateName.OPERATIONAL)) {
            round.installTimeouts = 0;
        }
    }
}

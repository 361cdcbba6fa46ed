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

    private static final int MOST_POSTPONEMENTS = 4;

    private final Environment env;
    private final NodeTable nodes;
    private final Round round;
    private final Outbox outbox;
    private final Announcer announcer;
    private final Consensus consensus;
    private final Agreement agreement;
    private final Transitions transitions;
    private final DelayedNodes delayed;
    private final States states;
    private long lastCheckAt = -1;
    private long isolatedUntil;
    /** When a check first found that all agree, and since then all others have; -1 if the last did not. */
    private long agreedSince = -1;

    Liveness(
            Environment env,
            NodeTable nodes,
            Round round,
            Outbox outbox,
            Announcer announcer,
            Consensus consensus,
            Agreement agreement,
            Transitions transitions,
            DelayedNodes delayed,
            States states) {
        this.env = env;
        this.nodes = nodes;
        this.round = round;
        this.outbox = outbox;
        this.announcer = announcer;
        this.consensus = consensus;
        this.agreement = agreement;
        this.transitions = transitions;
        this.delayed = delayed;
        this.states = states;
    }

    /** The inactivity check. */
    void check() {
        long now = env.now();
        EvsSettings settings = env.settings();
        endIsolation(now);
        agreedSince = !agreement.isReached() ? -1 : agreedSince < 0 ? now : agreedSince;
        long previous = lastCheckAt;
        lastCheckAt = now;
        if (previous >= 0 && now - previous > LATE_CHECK * Math.max(settings.inactiveCheckPeriod(), 1_000_000L)) {
            // this process was paused: what it has not heard in that time says nothing about the others
            env.log
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
                nodes.giveUp(node, "it is inactive");
            }
            if (node.suspected && node.operational()) {
                suspects++;
                // who leaves agrees with nobody any more: a JOIN is no reason to wait for its sender
                if (node.join == null || transitions.is(EvsStateName.LEAVING)) {
                    nodes.giveUp(node, "it is silent");
                }
            }
            silence |= node.suspected || node.inactive;
        }
        delayed.check();
        if (nodes.size() > 2 && suspects == nodes.size() - 1) {
            giveUpAllOthers("none of the other nodes is heard");
        }
        if (silence) {
            states.current().onSilence();
        }
        if (transitions.is(EvsStateName.GATHER)) {
            if (isProposalHopeless()) {
                transitions.gatherAndJoin();
            } else if (changed) {
                agreement.tellSuspicion();
            }
        }
    }

    /** Somebody who is to be in the proposed view has not committed to it and is silent: without it the others can agree at once. */
    private boolean isProposalHopeless() {
        InstallMessage install = round.install;
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
                env.log.info(SUSPECTING, node.uuid, "suspecting node {} at {}", node, env.transport.address(node.uuid));
            }
            node.suspected = suspected;
            node.inactive = now - node.progressAt > settings.inactiveTimeout();
        }
        return changed;
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
                nodes.giveUp(node, "it does not join the next view in time");
            }
        }
        if (silent) {
            return;
        }
        announcer.buildJoin();
        Map<Uuid, Knowledge> said = new HashMap<>();
        for (Node node : nodes.all()) {
            if (node.operational() && node.join != null) {
                said.put(node.uuid, node.join.knowledge());
            }
        }
        Set<Uuid> outvoted = Arbitration.outvoted(said);
        outvoted.forEach(uuid -> nodes.giveUp(nodes.get(uuid), "it does not agree on the next view in time"));
        if (outvoted.isEmpty() && isRepresentativeAtFault()) {
            nodes.giveUp(nodes.get(consensus.representative()), "it does not propose the next view in time");
        }
    }

    /**
     * All have agreed for a while, and no view was proposed: with somebody gone who was in the way all may agree at last, and then the proposal is still
     * to come. The representative itself may have been told something else by one of the others. So it has its turn first, and however often that was
     * put off: it gives that one up.
     */
    private boolean isRepresentativeAtFault() {
        return agreedSince >= 0
                && env.now() - agreedSince >= Round.GRACE
                && agreement.isReached()
                && !consensus.isRepresentative();
    }

    private void giveUpAllOthers(String reason) {
        for (Node node : nodes.all()) {
            nodes.giveUp(node, reason);
        }
    }

    private void endIsolation(long now) {
        if (outbox.isMuted() && now >= isolatedUntil) {
            outbox.mute(false);
            env.log.plain().info("self-isolation is over");
        }
    }

    /** The install timer: this attempt at a view has taken too long. */
    void installTimedOut() {
        EvsSettings settings = env.settings();
        boolean news = round.postponements < MOST_POSTPONEMENTS && env.now() - round.knowledgeChangedAt < Round.GRACE;
        if (news || round.postponements <= MOST_POSTPONEMENTS && isRepresentativeAtFault()) {
            round.postponements++;
            return;
        }
        round.postponements = 0;
        if (round.installTimeouts < settings.maxInstallTimeouts()) {
            giveUpWhoHindersAgreement();
        } else {
            giveUpAllOthers("no view was agreed in " + (round.installTimeouts + 1) + " attempts");
            if (round.installTimeouts == settings.maxInstallTimeouts()) {
                long pause = settings.suspectTimeout() + settings.inactiveTimeout();
                isolatedUntil = env.now() + pause;
                outbox.mute(true);
                env.log.warn(
                        ISOLATION,
                        null,
                        "no agreement on a view: this node isolates itself for {} s",
                        pause / 1_000_000_000L);
            }
        }
        if (round.install != null) {
            for (Node node : nodes.all()) {
                if (!node.committed) {
                    nodes.giveUp(node, "it does not commit to the next view in time");
                }
            }
        }
        transitions.gatherAndJoin();
        round.installTimeouts++;
        agreement.proposeWhenReached();
    }
}

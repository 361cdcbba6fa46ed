package io.wsrep4j.gcomm.evs;

import io.wsrep4j.gcomm.log.LineKind;

/** Notices who makes no progress, and ends attempts at a view that take too long (sheet gcomm-evs, 8.1 and 9.4). */
final class Liveness {

    private static final LineKind SUSPECTING = LineKind.ofNode("nodes suspected");
    private static final LineKind ISOLATION = LineKind.ofNode("self-isolations");

    private static final int LATE_CHECK = 3;

    private final Machine machine;
    private final NodeTable nodes;
    private long lastCheckAt = -1;
    private long isolatedUntil;

    Liveness(Machine machine) {
        this.machine = machine;
        this.nodes = machine.nodes();
    }

    /** The inactivity check. */
    void check() {
        long now = machine.env().now();
        EvsSettings settings = machine.env().settings();
        endIsolation(now);
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
                if (node.join == null) {
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
        if (changed && machine.is(EvsStateName.GATHER)) {
            tellSuspicion(now);
        }
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

    /** The others need to know at once: the reference lets it travel with the next JOIN (sheet gcomm-evs, 19.13). */
    private void tellSuspicion(long now) {
        if (machine.round().install == null
                && now - machine.round().lastJoinSentAt >= JoinHandling.JOIN_INTERVAL
                && machine.announcer().isJoinOutdated()) {
            machine.sendJoin();
        }
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

    /** The install timer: this attempt at a view has taken too long. */
    void installTimedOut() {
        Round round = machine.round();
        EvsSettings settings = machine.env().settings();
        if (round.installTimeouts < settings.maxInstallTimeouts()) {
            for (Node node : nodes.all()) {
                if (node.join == null || !machine.consensus().isConsistent(node.join)) {
                    machine.giveUp(node, "it does not agree on the next view in time");
                }
            }
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

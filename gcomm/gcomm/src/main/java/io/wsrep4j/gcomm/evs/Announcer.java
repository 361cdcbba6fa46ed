package io.wsrep4j.gcomm.evs;

import io.wsrep4j.api.Uuid;
import java.util.SortedMap;
import java.util.TreeMap;

/** Builds and sends the messages by which nodes agree on views (docs/spec/gcomm-evs.md 3.3 and 12). Never acts on what it sends. */
final class Announcer {

    private static final long NONE = -1;

    private final Environment env;
    private final NodeTable nodes;
    private final CurrentView current;
    private final Round round;
    private final KnowledgeSource knowledge;
    private final ForeignViews foreign;
    private final Outbox outbox;

    Announcer(
            Environment env,
            NodeTable nodes,
            CurrentView current,
            Round round,
            KnowledgeSource knowledge,
            ForeignViews foreign,
            Outbox outbox) {
        this.env = env;
        this.nodes = nodes;
        this.current = current;
        this.round = round;
        this.knowledge = knowledge;
        this.foreign = foreign;
        this.outbox = outbox;
    }

    /** Describes the current state in a JOIN, which becomes the own one, and does not send it. */
    JoinMessage buildJoin() {
        JoinMessage join = new JoinMessage(
                0, env.settings().version(), outbox.nextFifoSeq(), env.self, current.id(), knowledge.describe());
        JoinMessage before = nodes.self().join;
        if (before == null || !before.knowledge().agreesWith(join.knowledge())) {
            round.knowledgeChangedAt = env.now();
        }
        nodes.self().join = join;
        return join;
    }

    /** True if the own JOIN says something else than would be said now. */
    boolean isJoinOutdated() {
        JoinMessage own = nodes.self().join;
        return own == null || !own.knowledge().agreesWith(knowledge.describe());
    }

    JoinMessage join() {
        JoinMessage join = buildJoin();
        join.knowledge().nodes().forEach((uuid, entry) -> {
            if (entry.operational() && !entry.suspected() && !entry.evicted() && !uuid.equals(env.self)) {
                env.transport.allowConnect(uuid);
            }
        });
        round.lastJoinSentAt = env.now();
        outbox.broadcast(join);
        return join;
    }

    InstallMessage install() {
        int version = env.settings().version();
        for (Node node : nodes.all()) {
            if (node.operational() && node.join != null) {
                version = Math.min(version, node.join.version());
            }
        }
        InstallMessage install = new InstallMessage(
                EvsMessage.SOURCE,
                version,
                outbox.nextFifoSeq(),
                env.self,
                current.id(),
                round.nextView(env.self, nodes),
                withLost(knowledge.describe()));
        round.proposedAt = env.now();
        outbox.broadcast(install);
        return install;
    }

    private Knowledge withLost(Knowledge own) {
        TreeMap<Uuid, NodeEntry> entries = new TreeMap<>(own.nodes());
        foreign.describeLost(entries);
        return new Knowledge(own.safeSeq(), own.aru(), entries);
    }

    void installAgain(InstallMessage install) {
        outbox.broadcast(install.repeated());
    }

    /** Accepts the stored INSTALL. */
    GapMessage commitGap() {
        return gap(EvsMessage.COMMIT, round.install.installView(), round.install.fifoSeq(), NONE);
    }

    /** Says that everybody is known to have accepted the stored INSTALL. */
    GapMessage installGap() {
        return gap(0, round.install.installView(), NONE, NONE);
    }

    /** Says what was received. */
    GapMessage acknowledgement() {
        return gap(0, current.id(), current.lastSent(), current.map().aru());
    }

    private GapMessage gap(int flags, ViewId view, long seq, long aru) {
        GapMessage gap = new GapMessage(
                flags,
                env.settings().version(),
                outbox.nextFifoSeq(),
                env.self,
                view,
                seq,
                aru,
                Uuid.UNDEFINED,
                NONE,
                NONE);
        outbox.broadcast(gap);
        return gap;
    }

    LeaveMessage leave() {
        LeaveMessage leave = new LeaveMessage(
                0,
                env.settings().version(),
                outbox.nextFifoSeq(),
                env.self,
                current.id(),
                current.lastSent(),
                current.map().aru());
        outbox.broadcast(leave);
        return leave;
    }

    DelayedListMessage delayedList(SortedMap<Uuid, Integer> counts) {
        DelayedListMessage list = new DelayedListMessage(
                0, env.settings().version(), outbox.nextFifoSeq(), env.self, current.id(), counts);
        outbox.broadcast(list);
        return list;
    }
}

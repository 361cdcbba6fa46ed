package io.wsrep4j.gcomm.evs;

import io.wsrep4j.api.Uuid;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Builds and sends the messages by which nodes agree on views (docs/spec/gcomm-evs.md 3.3 and 12). What is for all this node handles too, when it has
 * done with what it is doing: it goes into the {@link Backlog}. What is for the others only changes nothing here.
 */
final class Announcer {

    private static final long NONE = -1;

    private final Environment env;
    private final NodeTable nodes;
    private final CurrentView current;
    private final Round round;
    private final KnowledgeSource knowledge;
    private final ForeignViews foreign;
    private final Outbox outbox;
    private final Backlog backlog;

    Announcer(
            Environment env,
            NodeTable nodes,
            CurrentView current,
            Round round,
            KnowledgeSource knowledge,
            ForeignViews foreign,
            Outbox outbox,
            Backlog backlog) {
        this.env = env;
        this.nodes = nodes;
        this.current = current;
        this.round = round;
        this.knowledge = knowledge;
        this.foreign = foreign;
        this.outbox = outbox;
        this.backlog = backlog;
    }

    private void broadcastToAll(EvsMessage message) {
        outbox.broadcast(message);
        backlog.add(nodes.self(), message);
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

    /** Says to all what this node knows. */
    void join() {
        backlog.add(nodes.self(), broadcastJoin());
    }

    /** Says to the others what this node knows. */
    void joinToOthers() {
        broadcastJoin();
    }

    private JoinMessage broadcastJoin() {
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

    /** Proposes a view to all. */
    void install() {
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
        broadcastToAll(install);
        env.debug(EvsLog.INSTALL, "proposing view {}", install.installView());
    }

    private Knowledge withLost(Knowledge own) {
        TreeMap<Uuid, NodeEntry> entries = new TreeMap<>(own.nodes());
        foreign.describeLost(entries);
        return new Knowledge(own.safeSeq(), own.aru(), entries);
    }

    /** Says to the others again what this node proposes. */
    void installAgain(InstallMessage install) {
        outbox.broadcast(install.repeated());
    }

    /** Accepts the stored INSTALL, before all. */
    void commitGap() {
        broadcastToAll(gap(EvsMessage.COMMIT, round.install.installView(), round.install.fifoSeq(), NONE));
    }

    /** Says to all that everybody is known to have accepted the stored INSTALL. */
    void installGap() {
        broadcastToAll(gap(0, round.install.installView(), NONE, NONE));
    }

    /** Says to the others what was received; the own mark must be raised already. */
    void acknowledgement() {
        outbox.broadcast(gap(0, current.id(), current.lastSent(), current.map().aru()));
    }

    private GapMessage gap(int flags, ViewId view, long seq, long aru) {
        return new GapMessage(
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
    }

    /** Says to all that this node goes. */
    void leave() {
        broadcastToAll(farewell());
    }

    /** Says to the others again that this node goes, and what it has received meanwhile. */
    void leaveToOthers() {
        outbox.broadcast(farewell());
    }

    private LeaveMessage farewell() {
        return new LeaveMessage(
                0,
                env.settings().version(),
                outbox.nextFifoSeq(),
                env.self,
                current.id(),
                current.lastSent(),
                current.map().aru());
    }

    /** Says to the others who answers late. */
    DelayedListMessage delayedList(SortedMap<Uuid, Integer> counts) {
        DelayedListMessage list = new DelayedListMessage(
                0, env.settings().version(), outbox.nextFifoSeq(), env.self, current.id(), counts);
        outbox.broadcast(list);
        return list;
    }
}

package io.wsrep4j.gcomm.evs;

import io.wsrep4j.api.Uuid;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is remembered while the nodes agree on the next view: from GATHER to OPERATIONAL (docs/spec/gcomm-evs.md 9 to 12). */
final class Round {

    /** More than there are nodes; a bound for what a broken peer can make us remember. */
    private static final int MOST_VIEWS = 1 << 11;

    private static final long LONG_AGO = Long.MIN_VALUE / 4;

    /**
     * So long may the others need to take in what this node has told last, nanoseconds. When the timers of all run out in the same moment, the
     * first to give a dead node up would else be given up by those who have just heard of it, and they by it.
     */
    static final long GRACE = 500_000_000L;

    /** The INSTALL that was accepted, or null. */
    InstallMessage install;

    /** Views that were named in JOINs, with the nodes that come from them. */
    private final Map<ViewId, Set<Uuid>> gatherViews = new HashMap<>();

    long lastJoinSentAt = LONG_AGO;

    /** When the own JOIN last came to say something else than before. */
    long knowledgeChangedAt = LONG_AGO;

    /** When this node made its last proposal. */
    long proposedAt = LONG_AGO;

    /** How often in a row the end of the attempt was put off because there was news. */
    int postponements;

    /** Expiries of the install timer since the last regular view. */
    int installTimeouts;

    /** Close as soon as a view is reached. */
    boolean closePending;

    private int attempt = 1;
    private int highestViewSeq;

    /** Forgets the INSTALL, and who has accepted it or installed its view. */
    void forgetInstall(NodeTable nodes, ViewId current) {
        install = null;
        nodes.forgetForeignLeaves(current);
        for (Node node : nodes.all()) {
            node.committed = false;
            node.installed = false;
        }
    }

    /** How long the install timer runs, nanoseconds. */
    long installPeriod(EvsSettings settings) {
        return postponements > 0 ? GRACE : settings.installTimeout();
    }

    /** The stored INSTALL if it proposes this view, else null. */
    InstallMessage installOf(ViewId view) {
        return install != null && install.installView().equals(view) ? install : null;
    }

    /** The id of the next INSTALL; never the same twice. */
    ViewId nextView(Uuid creator, NodeTable nodes) {
        for (Node node : nodes.all()) {
            if (node.operational() && node.join != null) {
                highestViewSeq = Math.max(highestViewSeq, node.join.sourceView().seq());
            }
        }
        return new ViewId(ViewType.REG, creator, highestViewSeq + attempt++);
    }

    void named(ViewId view, Uuid node) {
        if (gatherViews.size() < MOST_VIEWS || gatherViews.containsKey(view)) {
            gatherViews.computeIfAbsent(view, v -> new HashSet<>()).add(node);
        }
    }

    /**
     * The views that are past once the next view is installed: those that somebody comes from who goes along. The reference forgets nobody's
     * view, and then a joiner that some have heard too late is deaf to these, and not to others, who wait for them to hear it too.
     */
    List<ViewId> viewsLeftFor(Set<Uuid> members) {
        List<ViewId> past = new ArrayList<>();
        gatherViews.forEach((view, nodes) -> {
            if (!Collections.disjoint(nodes, members)) {
                past.add(view);
            }
        });
        return past;
    }

    /** A regular view was installed. */
    void finished() {
        install = null;
        attempt = 1;
        installTimeouts = 0;
        postponements = 0;
        gatherViews.clear();
    }
}

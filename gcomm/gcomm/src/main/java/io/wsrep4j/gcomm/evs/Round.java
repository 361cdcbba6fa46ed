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

    /** The INSTALL that was accepted, or null. */
    InstallMessage install;

    /** Views that were named in JOINs, with the nodes that come from them. */
    private final Map<ViewId, Set<Uuid>> gatherViews = new HashMap<>();

    long lastJoinSentAt = LONG_AGO;

    /** When the own JOIN last came to say something else than before. */
    long knowledgeChangedAt = LONG_AGO;

    /** When this node made its last proposal. */
    long proposedAt = LONG_AGO;

    /** Expiries of the install timer since the last regular view. */
    int installTimeouts;

    /** Close as soon as a view is reached. */
    boolean closePending;

    private int attempt = 1;
    private int highestViewSeq;

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
        gatherViews.clear();
    }
}

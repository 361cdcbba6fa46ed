package io.wsrep4j.gcomm.evs;

import io.wsrep4j.api.Uuid;
import java.util.HashSet;
import java.util.Set;

/** What is remembered while the nodes agree on the next view: from GATHER to OPERATIONAL (sheet gcomm-evs, 9 to 12). */
final class Round {

    private static final long LONG_AGO = Long.MIN_VALUE / 4;

    /** The INSTALL that was accepted, or null. */
    InstallMessage install;

    /** Views that were named in JOINs; they are past once the next view is installed. */
    final Set<ViewId> gatherViews = new HashSet<>();

    long lastJoinSentAt = LONG_AGO;

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

    /** A regular view was installed. */
    void finished() {
        install = null;
        attempt = 1;
        installTimeouts = 0;
        gatherViews.clear();
    }
}

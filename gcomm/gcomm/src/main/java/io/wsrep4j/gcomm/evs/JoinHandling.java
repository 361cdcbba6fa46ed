package io.wsrep4j.gcomm.evs;

import io.wsrep4j.api.Uuid;
import java.util.Map;

/** What a JOIN does while nodes go along (docs/spec/gcomm-evs.md 11.4); one that leaves takes it in {@link Leaving}. */
final class JoinHandling {

    private final Environment env;
    private final NodeTable nodes;
    private final CurrentView current;
    private final PastViews past;
    private final Retransmission retransmission;
    private final Reopening reopening;
    private final Hearsay hearsay;
    private final CompanionReports reports;
    private final Disagreement disagreement;
    private final Agreement agreement;

    JoinHandling(
            Environment env,
            NodeTable nodes,
            CurrentView current,
            PastViews past,
            Retransmission retransmission,
            Reopening reopening,
            Hearsay hearsay,
            CompanionReports reports,
            Disagreement disagreement,
            Agreement agreement) {
        this.env = env;
        this.nodes = nodes;
        this.current = current;
        this.past = past;
        this.retransmission = retransmission;
        this.reopening = reopening;
        this.hearsay = hearsay;
        this.reports = reports;
        this.disagreement = disagreement;
        this.agreement = agreement;
    }

    /** True if this node has proposed a view because of it. */
    boolean handle(Node source, JoinMessage join) {
        if (past.contain(join) || !reopening.allows(source, join)) {
            return false;
        }
        ViewId view = join.sourceView();
        if (current.hasMember(source.uuid)
                && !view.equals(current.id())
                && view.seq() >= current.id().seq()) {
            // it has moved on without this node, or never came along
            nodes.giveUp(source, "it is in view " + view + " already");
            return false;
        }
        hearsay.meet(join);
        NodeEntry aboutSelf = join.about(env.self);
        if (aboutSelf != null) {
            if (aboutSelf.operational()) {
                source.progressAt = env.now();
            } else {
                nodes.giveUp(source, "it has given up this node");
            }
        }
        source.join = join;
        Map<Uuid, NodeEntry> sameView = reports.in(join);
        if (view.equals(current.id())) {
            reports.takeOver(source, sameView);
        }
        retransmission.requestMissing();
        retransmission.forgetBehindGaps();
        retransmission.forwardLeaves(sameView);
        if (source != nodes.self()) {
            disagreement.resolve(join.knowledge().nodes(), sameView);
        }
        disagreement.resolveAsymmetry();
        agreement.answer();
        return agreement.proposeWhenReached();
    }
}

package io.wsrep4j.provider.view;

import io.wsrep4j.api.Capabilities;
import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Member;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.api.View;
import io.wsrep4j.api.ViewStatus;
import io.wsrep4j.gcomm.group.message.ConfigurationChange;
import java.util.ArrayList;
import java.util.List;

/** Turns configuration changes into the views that hosts see (docs/spec/wsrep-api-v26.md 3.4). Holds no state. */
public final class ClusterViews {

    /** From this replication protocol on, a primary change has a seqno of its own. */
    public static final int FIRST_PROTOCOL_WITH_ORDERED_CHANGES = 10;

    private static final int OLDEST = Capabilities.MULTI_MASTER
            | Capabilities.CERTIFICATION
            | Capabilities.PARALLEL_APPLYING
            | Capabilities.TRX_REPLAY
            | Capabilities.ISOLATION
            | Capabilities.PAUSE
            | Capabilities.CAUSAL_READS;
    private static final int SINCE_5 =
            Capabilities.INCREMENTAL_WRITESET | Capabilities.UNORDERED | Capabilities.PREORDERED;

    private ClusterViews() {}

    /** What a group that speaks this replication protocol can do together with this release. */
    public static int capabilities(int replicationProtocol) {
        if (replicationProtocol < 0) {
            return 0;
        }
        int capabilities = OLDEST;
        capabilities |= replicationProtocol >= 5 ? SINCE_5 : 0;
        capabilities |= replicationProtocol >= 8 ? Capabilities.STREAMING : 0;
        return capabilities;
    }

    /** The view that a configuration change stands for, as seen by the member {@code self}. */
    public static View of(ConfigurationChange change, Uuid self) {
        List<Member> members = new ArrayList<>(change.members().size());
        int ownIndex = View.NO_INDEX;
        for (ConfigurationChange.ConfigurationMember member : change.members()) {
            if (member.id().equals(self)) {
                ownIndex = members.size();
            }
            members.add(new Member(member.id(), member.name(), member.incomingAddress()));
        }
        return new View(
                change.position(),
                change.isPrimary() ? change.configurationId() : View.NOT_PRIMARY_VIEW_NUMBER,
                change.isPrimary() ? ViewStatus.PRIMARY : ViewStatus.NON_PRIMARY,
                capabilities(change.replicatorProtocol()),
                ownIndex,
                change.applicationProtocol(),
                members);
    }

    /**
     * The view in which a member takes up a history where it stood once: beside those who were members then, whose transactions may be half-way there.
     *
     * @param position where it stands
     * @param now the view that it has just come to
     * @param then the last configuration up to that position; null if it is not known any more, which leaves the members of now
     */
    public static View takingUp(Gtid position, View now, ConfigurationChange then) {
        List<Member> members = new ArrayList<>(
                then == null ? now.members() : of(then, Uuid.UNDEFINED).members());
        Member self = now.members().get(now.ownIndex());
        members.removeIf(member -> member.id().equals(self.id()));
        members.add(self);
        return new View(
                position,
                then == null ? now.viewNumber() : then.configurationId(),
                now.status(),
                now.capabilities(),
                members.size() - 1,
                now.protocolVersion(),
                members);
    }

    /** True if the change has a seqno of its own, which passes the orders. */
    public static boolean isOrdered(ConfigurationChange change) {
        return change.replicatorProtocol() >= FIRST_PROTOCOL_WITH_ORDERED_CHANGES;
    }

    /** The last view of a connection. */
    public static View last(Gtid position, int replicationProtocol, int applicationProtocol) {
        return new View(
                position,
                View.NOT_PRIMARY_VIEW_NUMBER,
                ViewStatus.NON_PRIMARY,
                capabilities(replicationProtocol),
                View.NO_INDEX,
                applicationProtocol,
                List.of());
    }
}

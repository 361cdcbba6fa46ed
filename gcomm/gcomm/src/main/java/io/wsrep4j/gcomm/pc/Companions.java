package io.wsrep4j.gcomm.pc;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.ViewId;
import io.wsrep4j.gcomm.evs.ViewType;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who has been in this node's views all the time since the members of one had told each other what they knew. Virtual synchrony has
 * them deliver what this node delivers, so they cannot know of a component that it does not know of, and what they say to the contrary is
 * a lie: also if they had to form that component, and this node only waited for their INSTALL. The reference believes it.
 *
 * <p>Of a node that comes from elsewhere all can be true: a joiner has to believe its sponsor, and a component that lost its quorum has to
 * believe whoever an operator made primary by force. One who lies so to nodes that are not primary, and comes from elsewhere, makes them
 * members of a component that does not exist; when they meet the true one, one of the two gives way and its nodes end. With one
 * liar and one honest node, or with a liar that comes back, nothing in the protocol tells the difference. A liar found out once is not
 * believed again as long as this node is not primary.
 *
 * <p>{@code pc.ignore_quorum} and {@code pc.ignore_sb} make a node primary where its companions are not: it is believed if it is not alone with
 * that among them, that is, the options have to be set on most nodes.
 */
final class Companions {

    /** Those who go along. */
    private Set<Uuid> ids = Set.of();

    /** Those of them that were primary when this node was not: they may still be. */
    private Set<Uuid> primary = Set.of();

    /** Nobody among them knows of a later component. */
    private ViewId latest;

    private final Set<Uuid> liars = new TreeSet<>();

    /** A transitional view comes while the members of the last regular one are what this node is, primary or not. */
    void goOn(Set<Uuid> members, ViewId latestComponent) {
        goOn(members, latestComponent, Set.of());
    }

    /**
     * A transitional view comes while this node knows what all members of the last regular one knew when it began: they went on from there
     * together.
     *
     * @param primaryMembers of them, if this node was not
     */
    void goOn(Set<Uuid> members, ViewId latestComponent, Set<Uuid> primaryMembers) {
        ids = Set.copyOf(members);
        latest = latestComponent;
        primary = Set.copyOf(primaryMembers);
    }

    /**
     * A transitional view comes before all members of the last regular one have told what they know: who has been here all the time still knows no
     * more than before, and what was told in that view.
     */
    void stay(Set<Uuid> members, ViewId latestTold) {
        TreeSet<Uuid> present = new TreeSet<>(ids);
        present.retainAll(members);
        ids = present;
        mayHaveFormed(latestTold);
    }

    /** Somebody may know of this component, or have formed it, though this node has not. */
    void mayHaveFormed(ViewId component) {
        if (component != null && (latest == null || component.compareTo(latest) > 0)) {
            latest = component;
        }
    }

    /** A component has formed: what was told before is of no importance any more. */
    void trustAll() {
        liars.clear();
    }

    boolean contain(Uuid id) {
        return ids.contains(id);
    }

    /** True if so many of them say the same that those are believed who say it. */
    boolean most(long claims) {
        return 2 * claims > ids.size();
    }

    /** The latest component that an account names, or null if it names none. */
    static ViewId latestIn(PcMessage.State state) {
        ViewId latest = null;
        for (NodeState node : state.nodes().values()) {
            ViewId view = node.lastPrimary();
            if (view.type() == ViewType.PRIM && (latest == null || view.compareTo(latest) > 0)) {
                latest = view;
            }
        }
        return latest;
    }

    /** True if a companion names a component that nobody has formed. */
    boolean areContradictedBy(Account account) {
        if (!ids.contains(account.source())) {
            return false;
        }
        ViewId named = latestIn(account.state());
        return named != null && (latest == null || named.compareTo(latest) > 0);
    }

    /** Of those who tell a node that is not primary of a component: who tells what cannot be. */
    Set<Uuid> liars(Collection<Account> accounts) {
        int claims = 0;
        for (Account account : accounts) {
            if (ids.contains(account.source()) && account.own().primary()) {
                claims++;
            }
        }
        boolean most = most(claims);
        Set<Uuid> found = new TreeSet<>();
        for (Account account : accounts) {
            Uuid source = account.source();
            boolean like = ids.contains(source) && !primary.contains(source);
            boolean impossible = areContradictedBy(account) || account.own().primary() && like && !most;
            if (impossible) {
                liars.add(source);
            }
            if (impossible || liars.contains(source) && latestIn(account.state()) != null) {
                found.add(source);
            }
        }
        return found;
    }
}

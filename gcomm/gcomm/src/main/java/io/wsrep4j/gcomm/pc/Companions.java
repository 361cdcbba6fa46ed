package io.wsrep4j.gcomm.pc;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.ViewId;
import io.wsrep4j.gcomm.evs.ViewType;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who has been in this node's views all the time since the group last knew what it was: in a primary component, or not. Virtual synchrony has
 * them deliver what this node delivers, so they cannot know of a component that it does not know of, and what they say to the contrary is
 * a lie. The reference believes it.
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

    /** Those who go along from a settled state; empty when it was not settled, since then some may have settled it. */
    private Set<Uuid> ids = Set.of();

    /** Nobody among them knows of a later component. */
    private ViewId latest;

    private final Set<Uuid> liars = new TreeSet<>();

    /** A transitional view comes while all that concerned the last regular one is over. */
    void goOn(Set<Uuid> members, ViewId latestComponent) {
        ids = Set.copyOf(members);
        latest = latestComponent;
    }

    /** Some may know, or may have settled, what this node does not know. */
    void forget() {
        ids = Set.of();
    }

    /** A component has formed: what was told before is of no importance any more. */
    void trustAll() {
        liars.clear();
    }

    boolean contain(Uuid id) {
        return ids.contains(id);
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
        boolean most = 2 * claims > ids.size();
        Set<Uuid> found = new TreeSet<>();
        for (Account account : accounts) {
            Uuid source = account.source();
            boolean impossible = areContradictedBy(account) || account.own().primary() && ids.contains(source) && !most;
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

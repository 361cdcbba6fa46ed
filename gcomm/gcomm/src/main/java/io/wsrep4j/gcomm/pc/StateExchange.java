package io.wsrep4j.gcomm.pc;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.ViewId;
import io.wsrep4j.gcomm.evs.ViewType;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;

/** The STATE messages of one regular view, and what follows from them when all are there (docs/spec/gcomm-transport-pc.md 12.7, 12.8, 13.2). */
final class StateExchange {

    /** May this view be primary? */
    enum Verdict {
        PRIMARY,
        NON_PRIMARY,
        /** Two primary components have met: one of them will give way, and then there is another view. */
        CONFLICT
    }

    private final TreeMap<Uuid, Account> accounts = new TreeMap<>();

    /** The latest component that anybody has named, believed or not; null if there was none. */
    private ViewId latestTold;

    void clear() {
        accounts.clear();
        latestTold = null;
    }

    void add(Account account) {
        accounts.put(account.source(), account);
        ViewId named = Companions.latestIn(account.state());
        latestTold = named != null && (latestTold == null || named.compareTo(latestTold) > 0) ? named : latestTold;
    }

    ViewId latestTold() {
        return latestTold;
    }

    void remove(Uuid source) {
        accounts.remove(source);
    }

    Set<Uuid> primaryMembers() {
        Set<Uuid> primary = new TreeSet<>();
        accounts.forEach((id, account) -> {
            if (account.own().primary()) {
                primary.add(id);
            }
        });
        return primary;
    }

    boolean isComplete(Set<Uuid> members) {
        return accounts.keySet().containsAll(members);
    }

    Collection<Account> accounts() {
        return Collections.unmodifiableCollection(accounts.values());
    }

    /** What every member said about itself: the node map of INSTALL. */
    SortedMap<Uuid, NodeState> selfReports() {
        SortedMap<Uuid, NodeState> reports = new TreeMap<>();
        accounts.forEach((id, account) -> reports.put(id, account.own()));
        return reports;
    }

    /**
     * The primary members whose account of the members differs from this node's, with the first difference. Such a thing cannot happen
     * among nodes that keep the same books; it says that histories have diverged, or that a peer is broken.
     */
    SortedMap<Uuid, String> differencesFrom(Map<Uuid, Instance> instances, NavigableSet<Uuid> members) {
        return differences(members, (id, theirs) -> {
            Instance instance = instances.get(id);
            return instance == null ? null : instance.state(theirs.evicted());
        });
    }

    /**
     * The same for a node that has no books of its own, since it is not primary: those who differ from the account that most primary members agree
     * with; of equal ones the one of the lowest id. A primary member finds the same.
     */
    SortedMap<Uuid, String> differencesFromMost(NavigableSet<Uuid> members) {
        SortedMap<Uuid, String> fewest = new TreeMap<>();
        boolean any = false;
        for (Account account : accounts.values()) {
            if (account.own().primary()) {
                SortedMap<Uuid, String> differences = differences(
                        members, (id, theirs) -> account.state().nodes().get(id));
                if (!any || differences.size() < fewest.size()) {
                    fewest = differences;
                    any = true;
                }
            }
        }
        return fewest;
    }

    private SortedMap<Uuid, String> differences(
            NavigableSet<Uuid> members, BiFunction<Uuid, NodeState, NodeState> reference) {
        SortedMap<Uuid, String> differences = new TreeMap<>();
        for (Account account : accounts.values()) {
            String difference = account.own().primary() ? difference(account, members, reference) : null;
            if (difference != null) {
                differences.put(account.source(), difference);
            }
        }
        return differences;
    }

    private static String difference(
            Account account, NavigableSet<Uuid> members, BiFunction<Uuid, NodeState, NodeState> reference) {
        for (Map.Entry<Uuid, NodeState> entry : account.state().nodes().entrySet()) {
            NodeState theirs = entry.getValue();
            if (!theirs.primary() || !members.contains(entry.getKey())) {
                continue;
            }
            NodeState expected = reference.apply(entry.getKey(), theirs);
            String difference = expected == null ? "unknown here" : theirs.differenceFrom(expected);
            if (difference != null) {
                return entry.getKey() + ": " + difference;
            }
        }
        return null;
    }

    /** Decides for the members of the view, all of whose accounts are here. */
    Verdict verdict(NavigableSet<Uuid> members, Map<Uuid, Instance> instances) {
        NodeState firstPrimary = null;
        for (Account account : accounts.values()) {
            NodeState own = account.own();
            if (!own.primary()) {
                continue;
            }
            if (firstPrimary == null) {
                firstPrimary = own;
            } else if (!firstPrimary.lastPrimary().equals(own.lastPrimary())
                    || firstPrimary.totalOrderSeq() != own.totalOrderSeq()) {
                return Verdict.CONFLICT;
            }
        }
        return firstPrimary != null || lastComponentIsTogether(members, instances)
                ? Verdict.PRIMARY
                : Verdict.NON_PRIMARY;
    }

    /** A component that broke up comes back by itself when all of its last members are together again, and not before. */
    private boolean lastComponentIsTogether(NavigableSet<Uuid> members, Map<Uuid, Instance> instances) {
        for (Map.Entry<Uuid, Instance> instance : instances.entrySet()) {
            if (instance.getValue().unknown && !members.contains(instance.getKey())) {
                return false;
            }
        }
        ViewId last = null;
        Set<Uuid> lastMembers = new TreeSet<>();
        Set<Uuid> evicted = new HashSet<>();
        for (Account account : accounts.values()) {
            for (Map.Entry<Uuid, NodeState> entry : account.state().nodes().entrySet()) {
                ViewId view = entry.getValue().lastPrimary();
                if (entry.getValue().evicted()) {
                    evicted.add(entry.getKey());
                }
                if (view.type() == ViewType.NON_PRIM) {
                    continue;
                }
                int order = last == null ? 1 : view.compareTo(last);
                if (order > 0) {
                    last = view;
                    lastMembers.clear();
                }
                if (order >= 0) {
                    lastMembers.add(entry.getKey());
                }
            }
        }
        lastMembers.removeAll(evicted);
        return last != null && containsAllNodes(members, lastMembers);
    }

    private static boolean containsAllNodes(Set<Uuid> members, Set<Uuid> nodes) {
        Set<Uuid> present = new HashSet<>();
        members.forEach(member -> present.add(NodeIds.withoutIncarnation(member)));
        return nodes.stream().map(NodeIds::withoutIncarnation).allMatch(present::contains);
    }
}

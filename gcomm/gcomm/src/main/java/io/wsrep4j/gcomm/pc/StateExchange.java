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

    void clear() {
        accounts.clear();
    }

    void add(Account account) {
        accounts.put(account.source(), account);
    }

    void remove(Uuid source) {
        accounts.remove(source);
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
        SortedMap<Uuid, String> differences = new TreeMap<>();
        for (Account account : accounts.values()) {
            if (account.own().primary()) {
                String difference = difference(account, instances, members);
                if (difference != null) {
                    differences.put(account.source(), difference);
                }
            }
        }
        return differences;
    }

    private static String difference(Account account, Map<Uuid, Instance> instances, NavigableSet<Uuid> members) {
        for (Map.Entry<Uuid, NodeState> entry : account.state().nodes().entrySet()) {
            NodeState theirs = entry.getValue();
            if (!theirs.primary() || !members.contains(entry.getKey())) {
                continue;
            }
            Instance instance = instances.get(entry.getKey());
            String difference =
                    instance == null ? "unknown here" : theirs.differenceFrom(instance.state(theirs.evicted()));
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

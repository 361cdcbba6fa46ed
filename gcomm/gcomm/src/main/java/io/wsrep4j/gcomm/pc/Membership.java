package io.wsrep4j.gcomm.pc;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.EvsView;
import io.wsrep4j.gcomm.evs.ViewId;
import io.wsrep4j.gcomm.evs.ViewType;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What a node knows of the others, and the books it keeps: everything here is a function of the views and messages delivered, in their
 * order, so that members with the same past have the same books (docs/spec/gcomm-transport-pc.md 12.1 and 12.8).
 */
final class Membership {

    /**
     * More nodes than this are not taken from what others say: as many as a STATE has room for, far above any group, and a bound for what a
     * broken peer can make this node remember and tell.
     */
    private static final int MOST_INSTANCES = 512;

    private final Uuid self;
    private final NavigableMap<Uuid, Instance> instances = new TreeMap<>();
    private final Instance own;

    private EvsView current;
    private EvsView regular;
    private ViewId componentId = PcView.NONE.id();
    private Set<Uuid> component = Set.of();

    /** Members of the component that have left in good order since it formed: views may follow each other before the next one does. */
    private final Set<Uuid> leavers = new TreeSet<>();

    private PcView delivered = PcView.NONE;
    private Uuid[] deliveredOrder = {};

    Membership(PcStart start, int weight) {
        this.self = start.self();
        ViewId past = start.restored() == null
                ? PcView.NONE.id()
                : start.restored().id().as(ViewType.NON_PRIM);
        this.own = new Instance(start.segment(), weight, past);
        instances.put(self, own);
    }

    Uuid self() {
        return self;
    }

    Instance own() {
        return own;
    }

    Map<Uuid, Instance> instances() {
        return Collections.unmodifiableMap(instances);
    }

    /** The last EVS view, null before the first. */
    EvsView current() {
        return current;
    }

    int version() {
        return current == null ? 0 : current.version();
    }

    PcView delivered() {
        return delivered;
    }

    void enter(EvsView view) {
        current = view;
        if (view.isTransitional()) {
            leavers.addAll(view.left());
        } else {
            regular = view;
        }
    }

    // ---- the component

    /** A bootstrapping node's first view makes it primary (docs/spec/gcomm-transport-pc.md 12.4). */
    void startAsPrimary() {
        own.primary = true;
        own.lastPrimary = current.id().as(ViewType.PRIM);
    }

    /** What a transitional view that is about to be entered has of this component. */
    Quorum quorumOf(EvsView view) {
        Set<Uuid> left = new TreeSet<>(leavers);
        left.addAll(view.left());
        return Quorum.of(view.members(), left, component, instances);
    }

    void becomeNonPrimary() {
        componentId = current.id().as(ViewType.NON_PRIM);
        component = knownMembers();
        leavers.clear();
        for (Uuid id : component) {
            instances.get(id).primary = false;
        }
        own.primary = false;
    }

    void becomePrimary(PcMessage.Install message) {
        own.totalOrderSeq = totalOrderSeqOf(message);
        componentId = current.id().as(ViewType.PRIM);
        component = knownMembers();
        leavers.clear();
        for (Map.Entry<Uuid, Instance> entry : instances.entrySet()) {
            Instance instance = entry.getValue();
            instance.primary = component.contains(entry.getKey());
            if (instance.primary) {
                instance.lastPrimary = componentId;
                instance.lastSeq = 0;
                instance.totalOrderSeq = own.totalOrderSeq;
            }
        }
    }

    boolean isComponentPrimary() {
        return componentId.type() == ViewType.PRIM;
    }

    /** The primary members agree on it; without any, the greatest one counts. */
    private static long totalOrderSeqOf(PcMessage.Install message) {
        long ofAll = -1;
        long ofPrimary = -1;
        boolean anyPrimary = false;
        for (NodeState node : message.nodes().values()) {
            ofAll = Math.max(ofAll, node.totalOrderSeq());
            if (node.primary()) {
                anyPrimary = true;
                ofPrimary = Math.max(ofPrimary, node.totalOrderSeq());
            }
        }
        return anyPrimary ? ofPrimary : ofAll;
    }

    /** A primary component has formed: nothing is uncertain any more. */
    void forgetOthers() {
        instances.keySet().retainAll(current.members());
        instances.values().forEach(instance -> instance.unknown = false);
    }

    private Set<Uuid> knownMembers() {
        Set<Uuid> known = new TreeSet<>(current.members());
        known.retainAll(instances.keySet());
        return known;
    }

    int clusterWeight() {
        if (!isComponentPrimary()) {
            return 0;
        }
        int sum = 0;
        for (Instance instance : instances.values()) {
            if (instance.lastPrimary.equals(componentId)) {
                sum += Math.max(instance.weight, 0);
            }
        }
        return sum;
    }

    // ---- the books

    /** Before STATE: all members of the view are as far as this node is. */
    void alignTotalOrder() {
        for (Uuid id : knownMembers()) {
            instances.get(id).totalOrderSeq = own.totalOrderSeq;
        }
    }

    SortedMap<Uuid, NodeState> states(Predicate<Uuid> evicted) {
        SortedMap<Uuid, NodeState> states = new TreeMap<>();
        instances.forEach((id, instance) -> states.put(id, instance.state(evicted.test(id))));
        return states;
    }

    boolean conflictsWith(NodeState theirs) {
        return own.primary && theirs.primary() && !own.lastPrimary.equals(theirs.lastPrimary());
    }

    /**
     * Takes what is new from the members' accounts (docs/spec/gcomm-transport-pc.md 12.7, 3). About a member that is new here it is believed before others: whoever speaks
     * first could else say of it what it likes. Of a fellow in the same component a weight is known: it changes by INSTALL, and a STATE that
     * has another is a wrong account. Companions know nobody else, see {@link Companions}.
     */
    void learn(Collection<Account> accounts, Companions companions) {
        for (Account account : accounts) {
            instances.computeIfAbsent(account.source(), id -> new Instance(account.own()));
        }
        for (Account account : accounts) {
            learn(account, !own.primary && companions.contain(account.source()));
        }
    }

    private void learn(Account account, boolean ofCompanion) {
        for (Map.Entry<Uuid, NodeState> entry : account.state().nodes().entrySet()) {
            Uuid id = entry.getKey();
            NodeState theirs = entry.getValue();
            Instance instance = instances.get(id);
            if (instance == null) {
                if (!ofCompanion && instances.size() < MOST_INSTANCES) {
                    instances.put(id, new Instance(theirs));
                }
                continue;
            }
            if (instance.weight == NodeState.NO_WEIGHT || id.equals(account.source()) && !isFellow(account.own())) {
                instance.weight = theirs.weight();
            }
            if (!own.primary && theirs.unknown() && !id.equals(self) && !ofCompanion) {
                instance.unknown = true;
            }
        }
    }

    private boolean isFellow(NodeState theirs) {
        return own.primary && theirs.primary() && own.lastPrimary.equals(theirs.lastPrimary());
    }

    void setWeight(Uuid id, int weight) {
        Instance instance = instances.get(id);
        if (instance != null) {
            instance.weight = weight;
        }
    }

    /** True if a user message of this sender counts now. */
    boolean accepts(Uuid source) {
        return instances.containsKey(source)
                && (own.primary || current.members().contains(source));
    }

    long nextTotalOrderSeq() {
        return own.primary ? ++own.totalOrderSeq : -1;
    }

    /** Takes a sender's next number, whatever it is; answers what it ought to be. */
    int nextSeqOf(Uuid source, int seq) {
        Instance instance = instances.get(source);
        int expected = instance.lastSeq + 1;
        instance.lastSeq = seq;
        return expected;
    }

    String differenceAboutSelf(PcMessage.Install message, Predicate<Uuid> evicted) {
        NodeState theirs = message.nodes().get(self);
        return theirs == null ? "it is missing" : theirs.differenceFrom(own.state(evicted.test(self)));
    }

    // ---- a view that broke between INSTALL and its delivery

    /** True if the plain INSTALL of the last regular view is this node's to send. */
    boolean isRepresentative(Uuid node) {
        return node.equals(representative());
    }

    /** The one whose INSTALL the last regular view waits for, when all have told what they know; null before the first such view. */
    Uuid representative() {
        return regular == null || regular.isEmpty() ? null : regular.members().first();
    }

    /** The component that the last regular view may become; null before the first such view. */
    ViewId regularId() {
        return regular == null ? null : regular.id().as(ViewType.PRIM);
    }

    /** True if the component of the last regular view has formed, so that nobody has anything to install in it. */
    boolean hasFormed() {
        return componentId.equals(regularId());
    }

    /** This side outweighs the others, whether they have heard of a node's new weight or not. */
    boolean outweighsWith(Uuid node, int weight) {
        Instance instance = instances.get(node);
        if (instance == null || !isComponentPrimary()) {
            return false;
        }
        int before = instance.weight;
        boolean without =
                Quorum.of(current.members(), leavers, component, instances).present();
        instance.weight = weight;
        boolean with =
                Quorum.of(current.members(), leavers, component, instances).present();
        instance.weight = before;
        return with && without;
    }

    boolean isWholeComponentAccountedFor() {
        return component.stream()
                .allMatch(id -> current.members().contains(id) || current.left().contains(id));
    }

    /** This side would still have quorum if the others had formed the component that INSTALL describes. */
    boolean wouldKeepQuorum(PcMessage.Install message) {
        Set<Uuid> formed = new TreeSet<>(message.nodes().keySet());
        formed.retainAll(instances.keySet());
        return isComponentPrimary()
                && Quorum.of(current.members(), current.left(), formed, instances)
                        .suffices();
    }

    void markUnknown(PcMessage.Install message) {
        for (Uuid id : message.nodes().keySet()) {
            Instance instance = instances.get(id);
            if (instance != null && !current.members().contains(id)) {
                instance.unknown = true;
            }
        }
    }

    // ---- delivery

    PcView deliver(boolean bootstrapped) {
        SortedMap<Uuid, Integer> members = new TreeMap<>();
        SortedMap<Uuid, Integer> partitioned = new TreeMap<>();
        instances.forEach((id, instance) -> {
            SortedMap<Uuid, Integer> side = current.members().contains(id) ? members : partitioned;
            side.put(id, instance.segment);
        });
        delivered = new PcView(componentId, bootstrapped, members, partitioned);
        deliveredOrder = delivered.order();
        return delivered;
    }

    /** Place of a sender in the last delivered view, negative if it is not in it. */
    int indexOf(Uuid source) {
        return Arrays.binarySearch(deliveredOrder, source);
    }

    // ---- recovery

    /** True if all members of the saved view are back, and none of them knows of a later one (docs/spec/gcomm-transport-pc.md 14.8). */
    boolean mayRecover(SavedView saved, PcView view) {
        int latest = -1;
        Set<Uuid> savedNodes = new TreeSet<>();
        saved.members().keySet().forEach(id -> savedNodes.add(NodeIds.withoutIncarnation(id)));
        for (Map.Entry<Uuid, Instance> entry : instances.entrySet()) {
            if (!savedNodes.contains(NodeIds.withoutIncarnation(entry.getKey()))) {
                continue;
            }
            ViewId past = entry.getValue().lastPrimary;
            if (past.type() != ViewType.NON_PRIM
                    || !past.uuid().equals(saved.id().uuid())) {
                return false;
            }
            latest = Math.max(latest, past.seq());
        }
        Set<Uuid> present = new TreeSet<>();
        view.members().keySet().forEach(id -> present.add(NodeIds.withoutIncarnation(id)));
        return latest == saved.id().seq() && present.equals(savedNodes);
    }
}

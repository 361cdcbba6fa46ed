package io.wsrep4j.gcomm.simulation;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.gcomm.evs.ViewId;
import io.wsrep4j.gcomm.group.connection.ActionJournal;
import io.wsrep4j.gcomm.group.connection.SimulatedApplication;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What must hold of the actions that groups deliver: the same action with the same seqno in every primary component, no seqno twice, none
 * lost across views, one primary component at a time. All of it within an era, as {@link PcSafetyCheck} has it, and of everything but what one
 * node alone delivered before it was gone, which the transport may forget.
 */
final class GroupJournal implements ActionJournal {

    /** Where an entry was made: a node's incarnation, and the primary view it was in last. */
    record Place(PcSafetyCheck.Witness node, ViewId view) {}

    private record Entry(Place place, Gtid at, String content) {}

    /** @param entries how many there were when the node said that it is ahead of the group, with a history that ends at a place */
    private record Refusal(Place place, Gtid at, int entries) {}

    private record Configured(Place place, long id, String members) {}

    private record InEra<T>(ViewId era, T key) {}

    private final Function<SimulatedApplication, Place> places;
    private final List<Entry> entries = new ArrayList<>();
    private final List<Configured> configurations = new ArrayList<>();
    private final List<Refusal> inconsistent = new ArrayList<>();

    /** Of the check: the era of each primary view, and the places of which nobody needs to know any more. */
    private final Map<ViewId, ViewId> eras = new HashMap<>();

    private final Map<Place, Boolean> forgotten = new HashMap<>();

    /** @param places says where a node is now */
    GroupJournal(Function<SimulatedApplication, Place> places) {
        this.places = places;
    }

    @Override
    public void ordered(SimulatedApplication node, Gtid at, String content) {
        entries.add(new Entry(places.apply(node), at, content));
    }

    @Override
    public void configured(SimulatedApplication node, long configurationId, String members) {
        configurations.add(new Configured(places.apply(node), configurationId, members));
    }

    @Override
    public void inconsistent(SimulatedApplication node, Gtid at, String reason) {
        inconsistent.add(new Refusal(places.apply(node), at, entries.size()));
    }

    /** Write sets and configurations that were given a place. */
    int size() {
        return entries.size();
    }

    /** @param last a node of the mended cluster */
    void check(PcSafetyCheck transport, SimulatedApplication last) {
        eras.putAll(transport.eras());
        for (Entry entry : entries) {
            forgotten.computeIfAbsent(entry.place(), place -> transport.mayBeForgotten(place.node(), place.view()));
        }
        checkActions();
        checkConfigurations(transport);
        inconsistent.forEach(this::checkRefusal);
        checkEnd(last);
    }

    private ViewId eraOf(Place place) {
        return eras.get(place.view());
    }

    private void checkActions() {
        Map<InEra<Gtid>, Entry> bySeqno = new HashMap<>();
        Map<InEra<String>, Entry> byContent = new HashMap<>();
        for (Entry entry : entries) {
            if (forgotten.get(entry.place())) {
                continue;
            }
            ViewId era = eraOf(entry.place());
            Entry same = bySeqno.putIfAbsent(new InEra<>(era, entry.at()), entry);
            require(same == null || same.content().equals(entry.content()), "one seqno, two actions", same, entry);
            if (!entry.content().startsWith("configuration")) {
                Entry first = byContent.putIfAbsent(new InEra<>(era, entry.content()), entry);
                require(first == null || first.at().equals(entry.at()), "one action, two seqnos", first, entry);
            }
        }
    }

    private void checkConfigurations(PcSafetyCheck transport) {
        Map<InEra<Long>, Configured> byId = new HashMap<>();
        for (Configured one : configurations) {
            if (!transport.mayBeForgotten(one.place().node(), one.place().view())) {
                Configured same = byId.putIfAbsent(new InEra<>(eraOf(one.place()), one.id()), one);
                require(same == null || same.members().equals(one.members()), "two primary components", same, one);
            }
        }
    }

    /** A node may say that it is ahead of the group only if nobody came as far in the group's era, but for what may be forgotten. */
    private void checkRefusal(Refusal refusal) {
        for (Entry entry : entries.subList(0, refusal.entries())) {
            boolean reached = entry.at().uuid().equals(refusal.at().uuid())
                    && entry.at().seqno() >= refusal.at().seqno()
                    && eraOf(entry.place()).equals(eraOf(refusal.place()))
                    && !forgotten.get(entry.place());
            require(!reached, "not ahead of its group", refusal, entry);
        }
    }

    /** The mended cluster goes on from all that was delivered in its era. */
    private void checkEnd(SimulatedApplication last) {
        ViewId era = eraOf(places.apply(last));
        for (Entry entry : entries) {
            boolean kept = entry.at().uuid().equals(last.position().uuid())
                    && entry.at().seqno() <= last.position().seqno();
            boolean counts = eraOf(entry.place()).equals(era) && !forgotten.get(entry.place());
            require(kept || !counts, "lost", entry, last);
        }
    }

    private static void require(boolean holds, String what, Object one, Object other) {
        if (!holds) {
            throw new AssertionError(what + ": " + one + " and " + other);
        }
    }
}

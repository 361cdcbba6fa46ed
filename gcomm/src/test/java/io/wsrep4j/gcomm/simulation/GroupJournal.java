package io.wsrep4j.gcomm.simulation;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.gcomm.evs.ViewId;
import io.wsrep4j.gcomm.group.ActionJournal;
import io.wsrep4j.gcomm.group.SimulatedApplication;
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

    private record Configured(Place place, long id, String members) {}

    private record InEra<T>(ViewId era, T key) {}

    private final Function<SimulatedApplication, Place> places;
    private final List<Entry> entries = new ArrayList<>();
    private final List<Configured> configurations = new ArrayList<>();
    private final List<Place> inconsistent = new ArrayList<>();

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
    public void inconsistent(SimulatedApplication node, String reason) {
        inconsistent.add(places.apply(node));
    }

    /** Write sets and configurations that were given a place. */
    int size() {
        return entries.size();
    }

    void check(PcSafetyCheck transport) {
        Map<ViewId, ViewId> eras = transport.eras();
        Map<InEra<Gtid>, Entry> bySeqno = new HashMap<>();
        Map<InEra<String>, Entry> byContent = new HashMap<>();
        for (Entry entry : entries) {
            if (transport.mayBeForgotten(entry.place().node(), entry.place().view())) {
                continue;
            }
            ViewId era = eras.get(entry.place().view());
            Entry same = bySeqno.putIfAbsent(new InEra<>(era, entry.at()), entry);
            require(same == null || same.content().equals(entry.content()), "one seqno, two actions", same, entry);
            if (!entry.content().startsWith("configuration")) {
                Entry first = byContent.putIfAbsent(new InEra<>(era, entry.content()), entry);
                require(first == null || first.at().equals(entry.at()), "one action, two seqnos", first, entry);
            }
        }
        Map<InEra<Long>, Configured> byId = new HashMap<>();
        for (Configured one : configurations) {
            if (!transport.mayBeForgotten(one.place().node(), one.place().view())) {
                ViewId era = eras.get(one.place().view());
                Configured same = byId.putIfAbsent(new InEra<>(era, one.id()), one);
                require(same == null || same.members().equals(one.members()), "two primary components", same, one);
            }
        }
    }

    private static void require(boolean holds, String what, Object one, Object other) {
        if (!holds) {
            throw new AssertionError(what + ": " + one + " and " + other);
        }
    }
}

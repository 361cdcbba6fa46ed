package io.wsrep4j.gcomm.evs;

import io.wsrep4j.api.Uuid;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Chooses who goes when the install timer ends and the JOINs of nodes that are all heard still contradict each other. It looks at nothing but what the
 * JOINs say, which all have received, so that those who remain choose alike, without a word more: a node that gave up everybody who differs from
 * itself, as the reference does, would often be left alone, and so would all the others.
 *
 * <p>A contradiction lies between two nodes of which one does not go along with the other, or between two that say different things of a third; then the
 * third may be its cause as well, for instance because it keeps back from one what the other has. Whoever has part in most of them goes, until there is
 * none; among equals the youngest, by the time in its UUID (docs/spec/gcomm-transport-pc.md 2.1), and then the one with the greatest UUID.
 */
final class Arbitration {

    private static final Comparator<Uuid> SENIORITY =
            Comparator.comparingLong(Arbitration::bornAt).thenComparing(Comparator.naturalOrder());

    private Arbitration() {}

    /**
     * Who has to go so that the rest can agree.
     *
     * @param said what each node that goes along says
     */
    static Set<Uuid> outvoted(Map<Uuid, Knowledge> said) {
        TreeMap<Uuid, Knowledge> staying = new TreeMap<>(said);
        Set<Uuid> going = new HashSet<>();
        for (Uuid next = mostContradicted(staying); next != null; next = mostContradicted(staying)) {
            staying.remove(next);
            going.add(next);
        }
        return going;
    }

    /** The node that has part in most contradictions, or null if there are none. */
    private static Uuid mostContradicted(TreeMap<Uuid, Knowledge> staying) {
        Map<Uuid, Integer> parts = new HashMap<>();
        List<Uuid> nodes = new ArrayList<>(staying.keySet());
        for (int i = 0; i < nodes.size(); i++) {
            for (int j = i + 1; j < nodes.size(); j++) {
                for (Set<Uuid> contradiction : between(nodes.get(i), nodes.get(j), staying)) {
                    contradiction.forEach(node -> parts.merge(node, 1, Integer::sum));
                }
            }
        }
        return parts.entrySet().stream()
                .max(Map.Entry.<Uuid, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey(SENIORITY)))
                .map(Map.Entry::getKey)
                .orElse(null);
    }

    private static List<Set<Uuid>> between(Uuid one, Uuid other, TreeMap<Uuid, Knowledge> staying) {
        Knowledge ofOne = staying.get(one);
        Knowledge ofOther = staying.get(other);
        List<Set<Uuid>> contradictions = new ArrayList<>();
        for (Uuid subject : staying.keySet()) {
            NodeEntry a = ofOne.nodes().get(subject);
            NodeEntry b = ofOther.nodes().get(subject);
            boolean refused = subject.equals(other) && !goesAlong(a) || subject.equals(one) && !goesAlong(b);
            if (refused || a == null || !a.agreesWith(b)) {
                SortedSet<Uuid> parties = new TreeSet<>(List.of(one, other));
                parties.add(subject);
                contradictions.add(parties);
            }
        }
        return contradictions;
    }

    private static boolean goesAlong(NodeEntry entry) {
        return entry != null && entry.operational();
    }

    /** The timestamp of a time-based UUID. */
    private static long bornAt(Uuid uuid) {
        long high = uuid.mostSignificant();
        return (high & 0xFFF) << 48 | (high >>> 16 & 0xFFFF) << 32 | high >>> 32;
    }
}

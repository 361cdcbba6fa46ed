package io.wsrep4j.gcomm.evs;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.Uuid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Who goes when the install timer ends and JOINs contradict each other. */
class ArbitrationTest {

    private static final int NODES = 4;
    private static final ViewId VIEW = new ViewId(ViewType.REG, node(1), 4);

    private final Map<Integer, TreeMap<Uuid, NodeEntry>> said = new HashMap<>();

    ArbitrationTest() {
        for (int witness = 1; witness <= NODES; witness++) {
            TreeMap<Uuid, NodeEntry> entries = new TreeMap<>();
            for (int subject = 1; subject <= NODES; subject++) {
                entries.put(node(subject), entry(true, false, 33));
            }
            said.put(witness, entries);
        }
    }

    @Test
    void nobody_goes_when_all_say_the_same() {
        assertThat(outvoted()).isEmpty();
    }

    @Test
    void of_two_that_do_not_hear_each_other_the_younger_goes_whoever_of_the_rest_decides() {
        says(2, 4, entry(false, true, 33));
        says(4, 2, entry(true, true, 33));

        assertThat(outvoted()).containsExactly(4);

        // node 2 has given the other up, and has its JOIN no more: it has nobody to give up, and agrees
        said.remove(4);
        assertThat(outvoted()).isEmpty();
    }

    @Test
    void who_contradicts_most_goes_though_it_is_the_eldest() {
        says(1, 2, entry(false, true, 33));
        says(1, 3, entry(true, false, 12));

        assertThat(outvoted()).containsExactly(1);
    }

    @Test
    void who_keeps_back_from_one_what_the_others_have_goes_and_not_the_one_that_lacks_it() {
        says(2, 4, entry(true, false, 20));

        assertThat(outvoted()).containsExactly(4);
    }

    @Test
    void a_node_that_some_have_never_heard_of_goes() {
        said.get(1).remove(node(4));
        said.get(2).remove(node(4));

        assertThat(outvoted()).containsExactly(4);
    }

    @Test
    void age_is_that_of_the_timestamp_in_the_uuid_and_not_its_order() {
        Uuid older = Uuid.parse("ffffffff-0001-11f0-8000-000000000001");
        Uuid younger = Uuid.parse("00000000-0002-11f0-8000-000000000001");
        Map<Uuid, Knowledge> two = Map.of(
                older, knowledge(new TreeMap<>(Map.of(older, entry(true, false, 1), younger, entry(false, true, 1)))),
                younger,
                        knowledge(new TreeMap<>(Map.of(older, entry(false, true, 1), younger, entry(true, false, 1)))));

        assertThat(Arbitration.outvoted(two)).containsExactly(younger);
    }

    private void says(int witness, int subject, NodeEntry entry) {
        said.get(witness).put(node(subject), entry);
    }

    private List<Integer> outvoted() {
        Map<Uuid, Knowledge> all = new HashMap<>();
        said.forEach((witness, entries) -> all.put(node(witness), knowledge(entries)));
        List<Integer> numbers = new ArrayList<>();
        for (Uuid uuid : Arbitration.outvoted(all)) {
            numbers.add((int) (uuid.mostSignificant() >>> 16 & 0xFFFF));
        }
        return numbers;
    }

    private static Uuid node(int number) {
        return new Uuid((long) (0x1000 - number) << 32 | (long) number << 16 | 0x1000, 0x8000_0000_0000_0000L);
    }

    private static Knowledge knowledge(TreeMap<Uuid, NodeEntry> entries) {
        return new Knowledge(33, 33, entries);
    }

    private static NodeEntry entry(boolean operational, boolean suspected, long highest) {
        return new NodeEntry(operational, suspected, false, 0, -1, VIEW, highest, highest + 1, highest);
    }
}

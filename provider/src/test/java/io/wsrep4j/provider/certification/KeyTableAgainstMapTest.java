package io.wsrep4j.provider.certification;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/**
 * The table holds what a plain map holds, whatever the order of additions, purges and trims, and whenever memory is refused: what failed has changed
 * nothing, and what comes next works.
 */
class KeyTableAgainstMapTest {

    private static final int TYPES = 4;

    /** Small enough that segments are divided and united often. */
    private static final int SEGMENT = 3 * KeySegment.MIN_CAPACITY;

    /** A key: hashes crowd in few places, so that probes are long, wrap around, and segments divide unevenly. */
    private record Name(long hash, boolean wide, long wideHash) {}

    private record Use(Name key, int type, long seqno) {}

    @Property(tries = 60)
    void itHoldsWhatAMapHolds(@ForAll long seed, @ForAll boolean wide, @ForAll boolean many) {
        Random random = new Random(seed);
        UnreliableMemory memory = new UnreliableMemory(() -> false);
        play(random, new KeyTable(memory, SEGMENT), memory, wide, many ? 4000 : 400);
        assertThat(memory.bytes()).isZero();
    }

    @Property(tries = 60)
    void aRefusalOfMemoryChangesNothing(@ForAll long seed, @ForAll boolean wide) {
        Random random = new Random(seed);
        boolean[] started = new boolean[1];
        UnreliableMemory memory = new UnreliableMemory(() -> started[0] && random.nextInt(3) > 0);
        KeyTable table = new KeyTable(memory, SEGMENT);
        started[0] = true;
        play(random, table, memory, wide, 4000);
        assertThat(memory.bytes()).isZero();
    }

    private static void play(Random random, KeyTable table, UnreliableMemory memory, boolean wide, int steps) {
        Map<Name, long[]> model = new HashMap<>();
        Deque<Use> uses = new ArrayDeque<>();
        long seqno = (1L << 32) - steps / 2; // the last 32 bits pass zero on the way
        int crowds = 1 + random.nextInt(200);
        for (int step = 0; step < steps; step++) {
            seqno += 1 + random.nextInt(3);
            int action = random.nextInt(10);
            if (action < 7) {
                enter(random, table, model, uses, seqno, wide, crowds);
            } else if (action < 9) {
                purge(table, model, uses, random.nextInt(uses.size() + 1) / 2);
            } else {
                table.trim();
            }
            assertThat(table.size()).isEqualTo(model.size());
            assertThat(table.bytes()).isEqualTo(memory.bytes());
            if (step % 100 == 0) {
                compare(table, model);
            }
        }
        compare(table, model);
        purge(table, model, uses, uses.size());
        assertThat(table.size()).isZero();
        table.close();
    }

    /** As a write set is entered: all its keys are found and provided for, then put; or nothing happens. */
    private static void enter(
            Random random,
            KeyTable table,
            Map<Name, long[]> model,
            Deque<Use> uses,
            long seqno,
            boolean wide,
            int crowds) {
        List<Use> keys = new ArrayList<>();
        int count = random.nextInt(20) == 0 ? random.nextInt(2000) : random.nextInt(8);
        for (int i = 0; i < count; i++) {
            long crowd = (long) random.nextInt(crowds) << KeySegment.HASH_BITS - 9;
            long hash = crowd | random.nextInt(3000);
            boolean isWide = wide && random.nextBoolean();
            keys.add(new Use(new Name(hash, isWide, isWide ? hash * 31 : 0), random.nextInt(TYPES), seqno));
        }
        try {
            if (random.nextBoolean()) {
                do {
                    for (Use use : keys) {
                        if (table.find(use.key.hash, use.key.wide, use.key.wideHash) < 0) {
                            table.want(use.key.hash, use.key.wide);
                        }
                    }
                } while (!table.reserveWanted());
            }
        } catch (OutOfMemoryError e) {
            return;
        }
        for (Use use : keys) {
            try {
                table.put(use.key.hash, use.key.wide, use.key.wideHash, use.type, seqno);
            } catch (OutOfMemoryError e) {
                return;
            }
            model.computeIfAbsent(entryOf(model, use.key), key -> new long[TYPES])[use.type] = seqno;
            uses.add(use);
        }
    }

    /** A key without a wide hash is the same as one with it. */
    private static Name entryOf(Map<Name, long[]> model, Name key) {
        Name plain = new Name(key.hash, false, 0);
        Name full = new Name(key.hash, true, key.hash * 31);
        return model.containsKey(plain) ? plain : model.containsKey(full) ? full : key;
    }

    private static void purge(KeyTable table, Map<Name, long[]> model, Deque<Use> uses, int count) {
        for (int i = 0; i < count; i++) {
            Use use = uses.remove();
            table.purge(use.key.hash, use.type, use.seqno);
            Name entry = entryOf(model, use.key);
            long[] slots = model.get(entry);
            if (slots != null && slots[use.type] == use.seqno) {
                slots[use.type] = 0;
                if ((slots[0] | slots[1] | slots[2] | slots[3]) == 0) {
                    model.remove(entry);
                }
            }
        }
    }

    private static void compare(KeyTable table, Map<Name, long[]> model) {
        model.forEach((key, slots) -> {
            long place = table.find(key.hash, key.wide, key.wideHash);
            assertThat(place).as("place of %s", key).isPositive();
            for (int type = 0; type < TYPES; type++) {
                assertThat(table.slot(place, type)).isEqualTo(slots[type]);
            }
        });
    }

    @Test
    void aGrowthThatFailedIsTriedAgainByTheNextKey() {
        boolean[] refuse = new boolean[1];
        UnreliableMemory memory = new UnreliableMemory(() -> refuse[0]);
        KeyTable table = new KeyTable(memory, 16 * SEGMENT);
        long seqno = 1;
        long refused = 0;
        for (long key = 0; key < 400_000; key++) {
            long hash = key * 0x9E37_79B9_7F4A_7C15L >>> 5;
            refuse[0] = key % 10 != 0;
            try {
                table.put(hash, false, 0, (int) key & 3, seqno);
            } catch (OutOfMemoryError e) {
                refused++;
                refuse[0] = false;
                table.put(hash, false, 0, (int) key & 3, seqno);
            }
            seqno++;
        }
        assertThat(refused).isPositive().isEqualTo(memory.refusals());
        assertThat(table.size()).isEqualTo(400_000);
        for (long key = 0; key < 400_000; key++) {
            long place = table.find(key * 0x9E37_79B9_7F4A_7C15L >>> 5, false, 0);
            assertThat(place).isPositive();
            assertThat(table.slot(place, (int) key & 3)).isEqualTo(key + 1);
        }
        table.close();
        assertThat(memory.bytes()).isZero();
    }

    @Test
    void aKeyOccupiesAtMostFortyBytesWheneverItIsLookedAtOnTheWay() {
        UnreliableMemory memory = new UnreliableMemory(() -> false);
        KeyTable table = new KeyTable(memory);
        for (long key = 0; key < 1_000_000; key++) {
            table.put(key * 0x9E37_79B9_7F4A_7C15L >>> 5, false, 0, 3, 1);
            if (key > 10_000 && key % 1_000 == 0) {
                assertThat(table.bytes()).as("bytes at %d keys", key).isLessThan(key * 40);
            }
        }
        table.close();
    }
}

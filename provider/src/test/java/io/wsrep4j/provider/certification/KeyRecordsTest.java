package io.wsrep4j.provider.certification;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The purge list is a queue, also where memory is refused now and then. */
class KeyRecordsTest {

    private static final int CHUNK = KeyRecords.CHUNK_BYTES / Long.BYTES;

    @Property(tries = 50)
    void itIsAQueue(@ForAll long seed) {
        Random random = new Random(seed);
        UnreliableMemory memory = new UnreliableMemory(() -> random.nextInt(4) == 0);
        KeyRecords records = new KeyRecords(memory);
        Deque<Long> model = new ArrayDeque<>();
        for (int step = 0; step < 60; step++) {
            int count = random.nextInt(3) * CHUNK / 2 + random.nextInt(3) * CHUNK / 2 + random.nextInt(5);
            switch (random.nextInt(5)) {
                case 0, 1 -> add(records, model, count, random);
                case 2, 3 -> {
                    for (int i = Math.min(count, model.size()); i > 0; i--) {
                        assertThat(records.poll()).isEqualTo(model.remove());
                    }
                }
                default -> records.trim();
            }
            assertThat(records.bytes())
                    .isEqualTo(memory.bytes())
                    .isGreaterThanOrEqualTo((long) model.size() * Long.BYTES);
        }
        records.clear();
        assertThat(memory.bytes()).isZero();
        add(records, model, 1, random);
    }

    private static void add(KeyRecords records, Deque<Long> model, int count, Random random) {
        try {
            records.reserve(count);
        } catch (OutOfMemoryError e) {
            return;
        }
        for (int i = 0; i < count; i++) {
            long record = random.nextLong();
            records.add(record);
            model.add(record);
        }
    }
}

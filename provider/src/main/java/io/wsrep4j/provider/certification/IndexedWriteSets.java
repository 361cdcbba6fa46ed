package io.wsrep4j.provider.certification;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.provider.memory.MemorySource;

/**
 * The write sets between the last purge and the newest, in order: "trxs" of docs/spec/writeset-certification.md 8.1. Failed write sets and skipped
 * events are members too, without keys. For each it remembers the source, whether it is total order isolation, and the keys it put into the
 * index, so that purging costs what goes. Not thread-safe.
 */
final class IndexedWriteSets {

    /** What is kept of each: seqno, source, and a mark of the number of key records, shifted, and the TOI bit. */
    private static final int FIELDS = 4;

    private static final int SOURCE = 1;
    private static final int MARK = 3;
    private static final long TOTAL_ORDER = 1;
    private static final int COUNT_SHIFT = 1;

    /** A key record: hash, then the type. */
    private static final int HASH_SHIFT = 5;

    private static final int TYPE_MASK = 3;

    private final LongRing writeSets = new LongRing();
    private final KeyRecords keys;

    private long newKeys;

    IndexedWriteSets(MemorySource source) {
        keys = new KeyRecords(source);
    }

    int size() {
        return writeSets.size() / FIELDS;
    }

    boolean isEmpty() {
        return writeSets.size() == 0;
    }

    /** Seqno of the oldest; there must be one. */
    long lowest() {
        return writeSets.get(0);
    }

    void clear() {
        writeSets.clear();
        keys.clear();
        newKeys = 0;
    }

    /** Bytes of what is kept. */
    long bytes() {
        return writeSets.bytes() + keys.bytes();
    }

    /**
     * Makes room for one more write set with so many keys.
     *
     * @throws OutOfMemoryError if there is no memory; then nothing has changed
     */
    void reserve(int keyRecords) {
        writeSets.reserve(FIELDS);
        keys.reserve(keyRecords);
    }

    /** A key that the write set about to be added put into the index; there must be room. */
    void addKey(long hash, int type) {
        keys.add(hash << HASH_SHIFT | type);
        newKeys++;
    }

    /** Adds a write set with the keys given since the last one. Seqnos must grow. */
    void add(long seqno, Uuid source, boolean totalOrder) {
        writeSets.reserve(FIELDS);
        writeSets.add(seqno);
        writeSets.add(source.mostSignificant());
        writeSets.add(source.leastSignificant());
        writeSets.add(newKeys << COUNT_SHIFT | (totalOrder ? TOTAL_ORDER : 0));
        newKeys = 0;
    }

    /** True if this member of the list is a TOI or was made by another node: then it can conflict. */
    boolean isTotalOrderOrFromOtherThan(long seqno, Uuid source) {
        int at = indexOf(seqno);
        return (writeSets.get(at + MARK) & TOTAL_ORDER) != 0
                || writeSets.get(at + SOURCE) != source.mostSignificant()
                || writeSets.get(at + SOURCE + 1) != source.leastSignificant();
    }

    /** The source of a member of the list. */
    Uuid source(long seqno) {
        int at = indexOf(seqno);
        return new Uuid(writeSets.get(at + SOURCE), writeSets.get(at + SOURCE + 1));
    }

    private long seqnoAt(int place) {
        return writeSets.get(place * FIELDS);
    }

    private int indexOf(long seqno) {
        int low = 0;
        // seqnos are dense but for configuration changes, so the distance is an upper bound that mostly hits
        int high = (int) Math.min(size() - 1L, seqno - lowest());
        int at = high;
        while (low <= high) {
            long found = seqnoAt(at);
            if (found == seqno) {
                return at * FIELDS;
            }
            if (found < seqno) {
                low = at + 1;
            } else {
                high = at - 1;
            }
            at = low + high >>> 1;
        }
        throw new IllegalStateException("certification index names seqno " + seqno + ", which was purged; lowest is "
                + lowest() + ", newest " + seqnoAt(size() - 1));
    }

    /** Takes away the oldest and what it left in the table. */
    void purgeFirst(KeyTable table) {
        long seqno = writeSets.poll();
        writeSets.poll();
        writeSets.poll();
        long left = writeSets.poll() >>> COUNT_SHIFT;
        for (; left > 0; left--) {
            long record = keys.poll();
            table.purge(record >>> HASH_SHIFT, (int) record & TYPE_MASK, seqno);
        }
    }

    /** Gives back memory that is not needed for now. */
    void trim() {
        keys.trim();
    }
}

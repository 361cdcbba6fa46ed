package io.wsrep4j.provider.certification;

import io.wsrep4j.api.Uuid;

/**
 * The write sets between the last purge and the newest, in order: "trxs" of sheet writeset-certification, 8.1. Failed write sets and skipped
 * events are members too, without keys. For each it remembers the source, whether it is total order isolation, and the keys it put into the
 * index, so that purging costs what goes. Not thread-safe.
 */
final class IndexedWriteSets {

    /** Number of key words, shifted, and the TOI bit. */
    private static final long TOTAL_ORDER = 1;

    private static final int WORDS_SHIFT = 1;

    /** A key word: hash, then bit 2 for "a second word with the wide hash follows", then the type. */
    private static final int HASH_SHIFT = 5;

    private static final long WIDE = 4;
    private static final int TYPE_MASK = 3;

    private final LongRing seqnos = new LongRing();
    private final LongRing sourcesMost = new LongRing();
    private final LongRing sourcesLeast = new LongRing();
    private final LongRing marks = new LongRing();
    private final LongRing keyWords = new LongRing();

    private long words;

    int size() {
        return seqnos.size();
    }

    boolean isEmpty() {
        return seqnos.size() == 0;
    }

    /** Seqno of the oldest; there must be one. */
    long lowest() {
        return seqnos.get(0);
    }

    void clear() {
        seqnos.clear();
        sourcesMost.clear();
        sourcesLeast.clear();
        marks.clear();
        keyWords.clear();
        words = 0;
    }

    /** Bytes the arrays occupy. */
    long bytes() {
        return seqnos.bytes() + sourcesMost.bytes() + sourcesLeast.bytes() + marks.bytes() + keyWords.bytes();
    }

    /** A key that the write set about to be added put into the index. */
    void addKey(long hash, boolean wide, long wideHash, int type) {
        keyWords.add(hash << HASH_SHIFT | (wide ? WIDE : 0) | type);
        words++;
        if (wide) {
            keyWords.add(wideHash);
            words++;
        }
    }

    /** Adds a write set with the keys given since the last one. Seqnos must grow. */
    void add(long seqno, Uuid source, boolean totalOrder) {
        seqnos.add(seqno);
        sourcesMost.add(source.mostSignificant());
        sourcesLeast.add(source.leastSignificant());
        marks.add(words << WORDS_SHIFT | (totalOrder ? TOTAL_ORDER : 0));
        words = 0;
    }

    /** True if this member of the list is a TOI or was made by another node: then it can conflict. */
    boolean isTotalOrderOrFromOtherThan(long seqno, Uuid source) {
        int at = indexOf(seqno);
        return (marks.get(at) & TOTAL_ORDER) != 0
                || sourcesMost.get(at) != source.mostSignificant()
                || sourcesLeast.get(at) != source.leastSignificant();
    }

    /** The source of a member of the list. */
    Uuid source(long seqno) {
        int at = indexOf(seqno);
        return new Uuid(sourcesMost.get(at), sourcesLeast.get(at));
    }

    private int indexOf(long seqno) {
        int low = 0;
        // seqnos are dense but for configuration changes, so the distance is an upper bound that mostly hits
        int high = (int) Math.min(seqnos.size() - 1L, seqno - seqnos.get(0));
        int at = high;
        while (low <= high) {
            long found = seqnos.get(at);
            if (found == seqno) {
                return at;
            }
            if (found < seqno) {
                low = at + 1;
            } else {
                high = at - 1;
            }
            at = low + high >>> 1;
        }
        throw new IllegalStateException("certification index names seqno " + seqno + ", which was purged; lowest is "
                + seqnos.get(0) + ", newest " + seqnos.get(seqnos.size() - 1));
    }

    /** Takes away the oldest and what it left in the table. */
    void purgeFirst(KeyTable table) {
        long seqno = seqnos.poll();
        sourcesMost.poll();
        sourcesLeast.poll();
        long left = marks.poll() >>> WORDS_SHIFT;
        while (left > 0) {
            long word = keyWords.poll();
            boolean wide = (word & WIDE) != 0;
            long wideHash = wide ? keyWords.poll() : 0;
            left -= wide ? 2 : 1;
            int position = table.find(word >>> HASH_SHIFT, wide, wideHash);
            if (position >= 0) {
                table.clearSlot(position, (int) word & TYPE_MASK, seqno);
            }
        }
    }
}

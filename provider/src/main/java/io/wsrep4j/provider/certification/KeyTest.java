package io.wsrep4j.provider.certification;

import io.wsrep4j.api.KeyType;
import io.wsrep4j.provider.writeset.KeyCursor;
import java.util.Arrays;
import org.slf4j.Logger;

/**
 * Tests a write set's keys against the table and, when they pass, enters them (docs/spec/writeset-certification.md 8.5 and 8.4.6). Not
 * thread-safe.
 *
 * <p>The first pass over the keys finds each key's place and counts those that are absent; then room for all of them is made, which is the only step
 * that can fail for lack of memory, and fails without a trace; the second pass enters them. It takes the places from the first, unless there are very
 * many or entries had to move.
 */
final class KeyTest {

    private static final int SHARED = KeyType.SHARED.ordinal();
    private static final int UPDATE = KeyType.UPDATE.ordinal();
    private static final int EXCLUSIVE = KeyType.EXCLUSIVE.ordinal();
    private static final int INITIAL_PLACES = 64;
    private static final int KEPT_PLACES = 64 * 1024;

    private final KeyTable table;
    private final IndexedWriteSets writeSets;
    private final CertificationOptions options;
    private final Logger logger;
    private final KeyCursor cursor = new KeyCursor();

    private long[] places = new long[INITIAL_PLACES];
    /** {@link KeyTable#moves} when the places were found. */
    private int placesAt;

    KeyTest(KeyTable table, IndexedWriteSets writeSets, CertificationOptions options, Logger logger) {
        this.table = table;
        this.writeSets = writeSets;
        this.options = options;
        this.logger = logger;
    }

    /**
     * Raises the write set's dependency by what its keys meet, and makes room for them if they pass.
     *
     * @return false at the first conflict
     * @throws OutOfMemoryError if there is no memory for the keys; the index is as it was
     */
    boolean passes(OrderedWriteSet writeSet) {
        return prepare(writeSet, true);
    }

    /** Makes room for the keys of a write set that is not tested; as {@link #passes} otherwise. */
    void skip(OrderedWriteSet writeSet) {
        prepare(writeSet, false);
    }

    private boolean prepare(OrderedWriteSet writeSet, boolean tested) {
        int count = writeSet.writeSet().keyCount();
        if (count > places.length && count <= KEPT_PLACES) {
            places = new long[Integer.highestOneBit(count) << 1];
        }
        placesAt = table.moves();
        if (!find(writeSet, tested)) {
            table.forgetWanted();
            return false;
        }
        writeSets.reserve(count);
        while (!table.reserveWanted()) {
            find(writeSet, false);
        }
        return true;
    }

    /** Finds the places of all keys and counts the absent ones; false at the first conflict, if it is to be tested. */
    private boolean find(OrderedWriteSet writeSet, boolean tested) {
        cursor.wrap(writeSet.writeSet());
        boolean passed = true;
        for (int i = 0; passed && cursor.next(); i++) {
            long hash = cursor.hash();
            boolean wide = cursor.isWide();
            long place = table.find(hash, wide, cursor.wideHash());
            if (i < places.length) {
                places[i] = place;
            }
            if (place < 0) {
                table.want(hash, wide);
            } else if (tested) {
                passed = passes(writeSet, place, cursor.typeOrdinal());
            }
        }
        cursor.release();
        return passed;
    }

    private boolean passes(OrderedWriteSet writeSet, long place, int type) {
        int weakest = type >= UPDATE ? SHARED : UPDATE;
        for (int slot = EXCLUSIVE; slot >= weakest; slot--) {
            long reference = table.slot(place, slot);
            if (reference == 0) {
                continue;
            }
            ConflictRule rule = ConflictRule.of(slot, type);
            if (rule == ConflictRule.NOTHING) {
                continue;
            }
            writeSet.dependOn(reference);
            if (rule == ConflictRule.CONFLICT
                    && reference > writeSet.lastSeen()
                    && !writeSet.alreadyCertified()
                    && writeSets.isTotalOrderOrFromOtherThan(
                            reference, writeSet.writeSet().source())) {
                if (options.logConflicts()) {
                    log(writeSet, reference, slot);
                }
                return false;
            }
        }
        return true;
    }

    private void log(OrderedWriteSet writeSet, long reference, int slot) {
        logger.info(
                "certification conflict: seqno {} of {} (last seen {}, trx {}) uses key {}, which seqno {} of {} used as {}",
                writeSet.seqno(),
                writeSet.writeSet().source(),
                writeSet.lastSeen(),
                Long.toUnsignedString(writeSet.writeSet().transactionId()),
                cursor,
                reference,
                writeSets.source(reference),
                KeyType.values()[slot]);
    }

    /** Puts the write set into the slots of its keys; after {@link #passes} or {@link #skip} of the same write set. */
    void enter(OrderedWriteSet writeSet) {
        cursor.wrap(writeSet.writeSet());
        long seqno = writeSet.seqno();
        int known = placesAt == table.moves() ? places.length : 0;
        for (int i = 0; cursor.next(); i++) {
            long hash = cursor.hash();
            boolean wide = cursor.isWide();
            int type = cursor.typeOrdinal();
            if (i < known) {
                table.put(places[i], hash, wide, cursor.wideHash(), type, seqno);
            } else {
                table.put(hash, wide, cursor.wideHash(), type, seqno);
            }
            writeSets.addKey(hash, type);
        }
        cursor.release();
    }

    /** Gives back memory that a large write set needed. */
    void clear() {
        places = Arrays.copyOf(places, INITIAL_PLACES);
    }
}

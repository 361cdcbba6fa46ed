package io.wsrep4j.provider.certification;

import io.wsrep4j.api.KeyType;
import io.wsrep4j.provider.writeset.KeyCursor;
import java.util.Arrays;
import org.slf4j.Logger;

/**
 * Tests a write set's keys against the table and, when they pass, enters them (sheet writeset-certification, 8.5 and 8.4.6). Not
 * thread-safe.
 *
 * <p>The two passes over the keys share what they find: the first remembers each key's place in the table, which stays valid because room
 * for all of them is made before.
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

    private int[] places = new int[INITIAL_PLACES];

    KeyTest(KeyTable table, IndexedWriteSets writeSets, CertificationOptions options, Logger logger) {
        this.table = table;
        this.writeSets = writeSets;
        this.options = options;
        this.logger = logger;
    }

    /** Finds the places of all keys; must precede the other two. */
    private void prepare(OrderedWriteSet writeSet) {
        int count = writeSet.writeSet().keyCount();
        table.reserve(count);
        if (count > places.length || places.length > KEPT_PLACES && count <= KEPT_PLACES) {
            places = new int[Math.max(INITIAL_PLACES, Integer.highestOneBit(count) << 1)];
        }
    }

    /**
     * Raises the write set's dependency by what its keys meet.
     *
     * @return false at the first conflict
     */
    boolean passes(OrderedWriteSet writeSet) {
        prepare(writeSet);
        cursor.wrap(writeSet.writeSet());
        boolean passed = true;
        for (int i = 0; passed && cursor.next(); i++) {
            int place = table.find(cursor.hash(), cursor.isWide(), cursor.wideHash());
            places[i] = place;
            if (place >= 0) {
                passed = passes(writeSet, place, cursor.typeOrdinal());
            }
        }
        cursor.release();
        return passed;
    }

    /** Finds the places of the keys of a write set that is not tested. */
    void skip(OrderedWriteSet writeSet) {
        prepare(writeSet);
        cursor.wrap(writeSet.writeSet());
        for (int i = 0; cursor.next(); i++) {
            places[i] = table.find(cursor.hash(), cursor.isWide(), cursor.wideHash());
        }
        cursor.release();
    }

    private boolean passes(OrderedWriteSet writeSet, int place, int type) {
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
        for (int i = 0; cursor.next(); i++) {
            long hash = cursor.hash();
            boolean wide = cursor.isWide();
            long wideHash = cursor.wideHash();
            int type = cursor.typeOrdinal();
            int place = places[i];
            if (place < 0) {
                place = table.add(place, hash, wide, wideHash);
            }
            table.setSlot(place, type, writeSet.seqno());
            writeSets.addKey(hash, wide, wideHash, type);
        }
        cursor.release();
    }

    /** Gives back memory that a large write set needed. */
    void clear() {
        places = Arrays.copyOf(places, INITIAL_PLACES);
    }
}

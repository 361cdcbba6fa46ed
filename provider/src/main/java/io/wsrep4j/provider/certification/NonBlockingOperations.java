package io.wsrep4j.provider.certification;

import io.wsrep4j.api.TransactionFlags;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.provider.writeset.KeyCursor;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Open non-blocking operations: what their keys keep out, and which members have ended them (docs/spec/writeset-certification.md 8.9). Not
 * thread-safe.
 */
final class NonBlockingOperations {

    private final KeyCursor cursor = new KeyCursor();
    private final NonBlockingKeys keys = new NonBlockingKeys();

    /** Members that reported the end, by start seqno. */
    private final Map<Long, Set<Uuid>> ended = new HashMap<>();

    private Set<Uuid> members = Set.of();
    private long position = -1;

    void clear() {
        keys.clear();
        ended.clear();
        members = Set.of();
        position = -1;
    }

    /** The members of the new view must all report the end anew. */
    void view(Set<Uuid> newMembers) {
        members = newMembers;
        ended.values().forEach(Set::clear);
    }

    boolean areOpen() {
        return !ended.isEmpty();
    }

    /** Tests a total order write set that reached the end of the ordinary test. */
    Verdict test(OrderedWriteSet writeSet) {
        if (position >= writeSet.seqno()) {
            return Verdict.PASSED;
        }
        position = writeSet.seqno();
        if (!writeSet.has(TransactionFlags.TRX_START)) {
            writeSet.setDependsOn(writeSet.seqno() - 1);
            return end(writeSet);
        }
        if (conflicts(writeSet)) {
            return Verdict.FAILED;
        }
        if (!writeSet.has(TransactionFlags.TRX_END)) {
            cursor.wrap(writeSet.writeSet());
            while (cursor.next()) {
                keys.add(cursor, writeSet.seqno());
            }
            cursor.release();
            ended.put(writeSet.seqno(), new HashSet<>());
        }
        writeSet.setDependsOn(writeSet.seqno() - 1);
        return Verdict.PASSED;
    }

    private boolean conflicts(OrderedWriteSet writeSet) {
        if (keys.size() == 0) {
            return false;
        }
        boolean conflict = false;
        cursor.wrap(writeSet.writeSet());
        while (!conflict && cursor.next()) {
            conflict = keys.conflicts(cursor);
        }
        cursor.release();
        return conflict;
    }

    /** Only the last member's end has an effect: it frees the keys. */
    private Verdict end(OrderedWriteSet writeSet) {
        long start = writeSet.writeSet().nonBlockingStart();
        Set<Uuid> reported = ended.get(start);
        if (reported == null) {
            return Verdict.FAILED;
        }
        reported.add(writeSet.writeSet().source());
        if (!reported.containsAll(members)) {
            return Verdict.FAILED;
        }
        keys.remove(start);
        ended.remove(start);
        writeSet.endNonBlocking();
        return Verdict.PASSED;
    }
}

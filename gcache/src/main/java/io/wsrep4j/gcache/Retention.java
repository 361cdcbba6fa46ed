package io.wsrep4j.gcache;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * What of the history may be discarded: released, below every pin, every cursor and the freeze (docs/spec/gcache.md 4 and 6). Guarded by the cache's
 * mutex.
 */
final class Retention {

    private final List<HistoryPin> pins = new ArrayList<>();
    private final List<WriteSetCursor> cursors = new ArrayList<>();
    private OptionalLong frozenAt = OptionalLong.empty();
    private long released;
    /** Nothing from here on may go; may be too low, is then found again when it matters. */
    private long barrier = Long.MAX_VALUE;

    boolean mayGo(long seqno) {
        if (seqno > released) {
            return false;
        }
        if (seqno < barrier) {
            return true;
        }
        barrier = findBarrier();
        return seqno < barrier;
    }

    private long findBarrier() {
        long lowest = frozenAt.orElse(Long.MAX_VALUE);
        for (int i = 0; i < pins.size(); i++) {
            lowest = Math.min(lowest, pins.get(i).fromSeqno());
        }
        for (int i = 0; i < cursors.size(); i++) {
            long held = cursors.get(i).heldSeqno();
            if (held >= 0) {
                lowest = Math.min(lowest, held);
            }
        }
        return lowest;
    }

    /** Something holds this seqno now. */
    void held(long seqno) {
        if (seqno < barrier) {
            barrier = seqno;
        }
    }

    long released() {
        return released;
    }

    void released(long seqno) {
        released = seqno;
    }

    void add(HistoryPin pin) {
        pins.add(pin);
        held(pin.fromSeqno());
    }

    void remove(HistoryPin pin) {
        pins.remove(pin);
    }

    void add(WriteSetCursor cursor) {
        cursors.add(cursor);
    }

    boolean remove(WriteSetCursor cursor) {
        return cursors.remove(cursor);
    }

    /** True if a cursor stands above this seqno. */
    boolean hasCursorAbove(long seqno) {
        return cursors.stream().anyMatch(cursor -> cursor.heldSeqno() > seqno);
    }

    boolean hasHolders() {
        return !pins.isEmpty() || !cursors.isEmpty();
    }

    void freeze(OptionalLong seqno) {
        frozenAt = seqno;
        seqno.ifPresent(this::held);
    }

    OptionalLong frozenAt() {
        return frozenAt;
    }

    List<Long> pinned() {
        return pins.stream().map(HistoryPin::fromSeqno).sorted().toList();
    }
}

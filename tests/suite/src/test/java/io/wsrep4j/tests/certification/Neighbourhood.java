package io.wsrep4j.tests.certification;

import io.wsrep4j.provider.certification.OrderedWriteSet;
import io.wsrep4j.provider.writeset.KeyCursor;
import io.wsrep4j.provider.writeset.WriteSet;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What was certified last, for the message of a mismatch: what the write set could conflict with, and what either real node said about it.
 * If the two real nodes differ, it is not our certification that is wrong.
 */
final class Neighbourhood {

    private static final int KEPT = 2_000;
    private static final int BEFORE_LAST_SEEN = 10;

    private final Map<Long, Observation> other;
    private final Deque<Entry> entries = new ArrayDeque<>();

    private record Entry(OrderedWriteSet ours, Observation observed) {}

    Neighbourhood(Map<Long, Observation> other) {
        this.other = other;
    }

    void add(OrderedWriteSet ours, Observation observed) {
        entries.add(new Entry(ours, observed));
        if (entries.size() > KEPT) {
            entries.remove();
        }
    }

    /** Since shortly before what this write set had seen, with keys, those shared with it starred; and where the other node has it. */
    String describe(OrderedWriteSet about) {
        Set<Long> hashes = new HashSet<>();
        KeyCursor cursor = new KeyCursor().wrap(about.writeSet());
        while (cursor.next()) {
            hashes.add(cursor.hash());
        }
        StringBuilder text = new StringBuilder();
        for (Entry entry : entries) {
            describe(entry, about, hashes, text);
        }
        text.append("\n  the other saw of this transaction:");
        other.values().stream()
                .filter(observation -> isOf(observation, about.writeSet()))
                .sorted(Comparator.comparingLong(Observation::seqno))
                .forEach(observation -> text.append("\n    ").append(observation));
        return text.append('\n').toString();
    }

    private static boolean isOf(Observation observation, WriteSet writeSet) {
        return observation.source().equals(writeSet.source())
                && observation.transactionId() == writeSet.transactionId()
                && observation.connectionId() == writeSet.connectionId();
    }

    private void describe(Entry entry, OrderedWriteSet about, Set<Long> hashes, StringBuilder text) {
        StringBuilder keys = new StringBuilder();
        KeyCursor cursor = new KeyCursor().wrap(entry.ours.writeSet());
        while (cursor.next()) {
            boolean shared = hashes.contains(cursor.hash());
            keys.append(shared ? " *" : " ").append(cursor);
        }
        long seqno = entry.ours.seqno();
        if (seqno >= about.lastSeen() - BEFORE_LAST_SEEN) {
            text.append("\n  ours ")
                    .append(entry.ours)
                    .append("\n    this node: ")
                    .append(entry.observed)
                    .append("\n    the other: ")
                    .append(other.get(seqno))
                    .append("\n    keys:")
                    .append(keys);
        }
    }
}

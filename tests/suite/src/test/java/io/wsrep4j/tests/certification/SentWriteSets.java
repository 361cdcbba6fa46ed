package io.wsrep4j.tests.certification;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.provider.writeset.CorruptWriteSetException;
import io.wsrep4j.provider.writeset.WriteSet;
import io.wsrep4j.provider.writeset.WriteSetReader;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Write sets as their origins sent them, by the origin's ids. A node's write sets are ordered as it sent them, so several with the same ids
 * (fragments, isolated actions of one connection) come out in the order they went in. Thread-safe.
 */
final class SentWriteSets {

    private record Ids(Uuid source, long transactionId, long connectionId) {}

    private final WriteSetReader reader = new WriteSetReader();
    private final Map<Ids, Deque<byte[]>> bytes = new HashMap<>();
    /** Checksums of headers with a timestamp inside: a second copy is a retransmission. */
    private final Set<Long> seen = new HashSet<>();

    synchronized void add(byte[] sent) {
        WriteSet writeSet;
        try {
            writeSet = reader.read(ByteBuffer.wrap(sent), 0, sent.length, 0, Uuid.UNDEFINED);
        } catch (CorruptWriteSetException e) {
            throw new AssertionError(e);
        }
        if (seen.add(writeSet.checksum())) {
            bytes.computeIfAbsent(
                            new Ids(writeSet.source(), writeSet.transactionId(), writeSet.connectionId()),
                            ids -> new ArrayDeque<>())
                    .add(sent);
        }
    }

    synchronized int size() {
        return seen.size();
    }

    /** A view that takes each write set once. */
    synchronized Reading reading() {
        Map<Ids, Deque<byte[]>> copy = new HashMap<>();
        bytes.forEach((ids, queue) -> copy.put(ids, new ArrayDeque<>(queue)));
        return new Reading(copy);
    }

    static final class Reading {
        private final Map<Ids, Deque<byte[]>> left;

        private Reading(Map<Ids, Deque<byte[]>> left) {
            this.left = left;
        }

        /** The next write set with the ids of this observation. */
        byte[] next(Observation observation) {
            Deque<byte[]> queue =
                    left.get(new Ids(observation.source(), observation.transactionId(), observation.connectionId()));
            if (queue == null || queue.isEmpty()) {
                throw new AssertionError("no write set was seen on the wire for " + observation);
            }
            // certification patches its copy
            return queue.remove().clone();
        }
    }
}

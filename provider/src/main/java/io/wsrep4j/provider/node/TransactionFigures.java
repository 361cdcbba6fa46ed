package io.wsrep4j.provider.node;

import io.wsrep4j.provider.writeset.WriteSet;
import java.util.concurrent.atomic.LongAdder;

/** Totals since the provider was made (docs/spec/options-status.md 10.1). Thread-safe. */
public final class TransactionFigures {

    private final LongAdder replicated = new LongAdder();
    private final LongAdder replicatedBytes = new LongAdder();
    private final LongAdder keys = new LongAdder();
    private final LongAdder keyBytes = new LongAdder();
    private final LongAdder dataBytes = new LongAdder();
    private final LongAdder otherBytes = new LongAdder();
    private final LongAdder commits = new LongAdder();
    private final LongAdder certificationFailures = new LongAdder();
    private final LongAdder replays = new LongAdder();
    private final LongAdder causalReads = new LongAdder();

    public void countReplicated(WriteSet writeSet) {
        replicated.increment();
        replicatedBytes.add(writeSet.length());
        keys.add(writeSet.keyCount());
        keyBytes.add(writeSet.keySetBytes());
        dataBytes.add(writeSet.dataSetBytes());
        otherBytes.add(writeSet.unorderedSetBytes());
    }

    public void countCommit() {
        commits.increment();
    }

    public void countCertificationFailure() {
        certificationFailures.increment();
    }

    public void countReplay() {
        replays.increment();
    }

    public void countCausalRead() {
        causalReads.increment();
    }

    /** Own write sets that came back ordered. */
    public long replicated() {
        return replicated.sum();
    }

    /** Their bytes. */
    public long replicatedBytes() {
        return replicatedBytes.sum();
    }

    /** Their key records. */
    public long keys() {
        return keys.sum();
    }

    /** Bytes of their key sets. */
    public long keyBytes() {
        return keyBytes.sum();
    }

    /** Bytes of their data sets. */
    public long dataBytes() {
        return dataBytes.sum();
    }

    /** Bytes of their unordered sets. */
    public long otherBytes() {
        return otherBytes.sum();
    }

    /** Local transactions and fragments released as committed. */
    public long commits() {
        return commits.sum();
    }

    /** Local write sets that failed certification. */
    public long certificationFailures() {
        return certificationFailures.sum();
    }

    /** Local transactions replayed. */
    public long replays() {
        return replays.sum();
    }

    /** Causal waits that succeeded. */
    public long causalReads() {
        return causalReads.sum();
    }
}

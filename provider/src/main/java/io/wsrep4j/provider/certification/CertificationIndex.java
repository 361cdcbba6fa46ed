package io.wsrep4j.provider.certification;

import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.TransactionFlags;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.api.hash.MurmurHash128;
import io.wsrep4j.provider.memory.MemorySource;
import io.wsrep4j.provider.writeset.WriteSet;
import io.wsrep4j.provider.writeset.WriteSetFlags;
import io.wsrep4j.provider.writeset.WriteSetFormat;
import java.util.Set;
import org.slf4j.Logger;

/**
 * Decides which write sets pass and what they depend on (docs/spec/writeset-certification.md 8).
 *
 * <p>One writer: every method belongs to whoever holds the local order, except {@link #left}, {@link #safeToDiscard}, {@link #memoryBytes}, {@link
 * #statistics}, {@link #resetStatistics} and {@link #close}, which any thread may call at any time. What is outside the heap is guarded by this
 * object's lock nevertheless, so that nobody ever meets memory that was given back.
 *
 * <p>The index keeps no reference to a write set's memory. Its own is outside the heap: an entry of 24 bytes a key in a table that is five to six
 * eighths full after growing, 8 bytes of purge list a key record, and 32 bytes of heap a write set: {@value #BYTES_A_KEY} bytes a key at most. A table
 * that wide keys have come to needs a third more: {@value #BYTES_A_WIDE_KEY}. After a purge an eighth of the table may be left in use. What
 * {@link #certify} needs it takes before it changes anything: an {@link OutOfMemoryError} leaves the index as it was.
 */
public final class CertificationIndex implements AutoCloseable {

    /** The most that a key occupies, its share of free room and the purge list included: 24 / (5/8) + 8, and a little for small tables. */
    public static final int BYTES_A_KEY = 48;

    /** The same for keys of 16 bytes: (24 + 8) / (5/8) + 8. */
    public static final int BYTES_A_WIDE_KEY = 60;

    private final CertificationOptions options;
    private final MurmurHash128 hash = new MurmurHash128();
    private final KeyTable keys;
    private final IndexedWriteSets writeSets;
    private final KeyTest keyTest;
    private final NonBlockingOperations nonBlocking = new NonBlockingOperations();
    private final PendingWriteSets pending = new PendingWriteSets();
    private final CertificationCounters counters = new CertificationCounters();

    private int version;
    private long initial;
    private long position;
    private long lastParallelUnsafe;
    private long lastPreordered;

    /** How far the write set in hand got. */
    private boolean testedKeys;

    private boolean passedKeys;

    private boolean closed;
    private volatile long memoryBytes;

    /**
     * An index that knows no history yet.
     *
     * @param logger for conflicts, if they are to be logged
     */
    public CertificationIndex(CertificationOptions options, Logger logger) {
        this(options, logger, MemorySource.system());
    }

    CertificationIndex(CertificationOptions options, Logger logger, MemorySource source) {
        this.options = options;
        keys = new KeyTable(source);
        writeSets = new IndexedWriteSets(source);
        keyTest = new KeyTest(keys, writeSets, options, logger);
        reset();
    }

    /** Forgets everything: the history changes, or a state transfer is needed, or the group changes its protocol. */
    public synchronized void reset() {
        restart(Seqno.UNDEFINED, -1);
        nonBlocking.clear();
    }

    /**
     * Starts empty at a position, for a joiner that is about to preload, or a group that begins.
     *
     * @param seqno everything up to here is settled
     * @param certificationVersion 3 to 6: {@link WriteSetFormat#certificationVersion}
     */
    public synchronized void start(long seqno, int certificationVersion) {
        checkVersion(certificationVersion);
        restart(seqno, certificationVersion);
    }

    private void restart(long seqno, int newVersion) {
        empty();
        keyTest.clear();
        version = newVersion;
        initial = seqno;
        position = seqno;
        lastParallelUnsafe = seqno;
        lastPreordered = seqno;
        pending.restart(seqno);
    }

    private void empty() {
        if (!closed) {
            keys.clear();
            writeSets.clear();
            measure();
        }
    }

    /** Gives all memory back; nothing is certified after that. */
    @Override
    public synchronized void close() {
        if (!closed) {
            reset();
            closed = true;
            keys.close();
            memoryBytes = 0;
        }
    }

    private void measure() {
        memoryBytes = keys.bytes() + writeSets.bytes();
    }

    /**
     * A primary view that needs no state transfer here (protocols 10 and 11: the view has a seqno of its own). Keeps the index unless the
     * version changes.
     */
    public synchronized void adjust(long viewSeqno, int certificationVersion, Set<Uuid> members) {
        checkVersion(certificationVersion);
        if (viewSeqno < position) {
            throw new IllegalStateException(
                    "view " + viewSeqno + " is older than the certification position " + position);
        }
        if (certificationVersion != version) {
            empty();
        }
        version = certificationVersion;
        position = viewSeqno;
        lastParallelUnsafe = viewSeqno;
        nonBlocking.view(Set.copyOf(members));
    }

    private static void checkVersion(int certificationVersion) {
        if (certificationVersion < WriteSetFormat.MIN_VERSION || certificationVersion > WriteSetFormat.MAX_VERSION) {
            throw new IllegalArgumentException("certification version " + certificationVersion + "; supported: "
                    + WriteSetFormat.MIN_VERSION + " to " + WriteSetFormat.MAX_VERSION);
        }
    }

    /**
     * Certifies the next write set, from the group or (preload) from history, enters it, and patches a copy from the group with the outcome.
     *
     * @return the verdict; the write set then has its final flags and dependency
     * @throws IllegalStateException if no position is known, or the seqno is not after it
     * @throws OutOfMemoryError if there is no memory for the keys: whatever was certified before stays as it was, but this node cannot follow the
     *     group any more
     */
    public synchronized Verdict certify(OrderedWriteSet writeSet) {
        long seqno = advance(writeSet.seqno());
        trim(seqno);
        testedKeys = false;
        passedKeys = false;
        Verdict verdict = writeSet.has(WriteSetFlags.PREORDERED) ? preordered(writeSet) : test(writeSet);
        if (verdict == Verdict.FAILED) {
            writeSet.fail();
        }
        writeSets.add(seqno, writeSet.writeSet().source(), writeSet.has(TransactionFlags.ISOLATION));
        int countedBytes = testedKeys ? writeSet.writeSet().length() : 0;
        int countedKeys = passedKeys ? writeSet.writeSet().keyCount() : 0;
        pending.certified(writeSet, countedKeys, countedBytes, passedKeys);
        if (!writeSet.alreadyCertified()) {
            writeSet.writeSet().stampCertified(seqno, writeSet.dependsOn(), hash);
        }
        measure();
        return verdict;
    }

    /** A preloaded event without a body, or one that must not be certified again: it takes its place, without keys. */
    public synchronized void skip(long seqno) {
        writeSets.add(advance(seqno), Uuid.UNDEFINED, false);
    }

    private long advance(long seqno) {
        if (closed) {
            throw new IllegalStateException("certification of seqno " + seqno + " after the index was closed");
        }
        if (version < 0) {
            throw new IllegalStateException("certification of seqno " + seqno + " before the index was started");
        }
        if (seqno <= position || seqno < 1) {
            throw new IllegalStateException(
                    "certification of seqno " + seqno + " after position " + position + ": the order is broken");
        }
        position = seqno;
        return seqno;
    }

    /** Keeps the index short where nobody reports what is committed; every member does it at the same seqnos. */
    private void trim(long seqno) {
        if ((seqno & options.lengthCheck()) == 0 && writeSets.size() > options.maxLength()) {
            purge(Math.min(seqno - options.maxLength(), pending.safeToDiscard()));
        }
    }

    private Verdict preordered(OrderedWriteSet writeSet) {
        writeSet.setDependsOn(lastPreordered + 1 - writeSet.writeSet().parallelRange());
        lastPreordered = writeSet.seqno();
        return Verdict.PASSED;
    }

    private Verdict test(OrderedWriteSet writeSet) {
        if (!hasCertifiableVersion(writeSet.writeSet()) || !hasCertifiableRange(writeSet)) {
            return Verdict.FAILED;
        }
        raiseToFloor(writeSet);
        boolean totalOrder = writeSet.has(TransactionFlags.ISOLATION);
        boolean passed = true;
        if (totalOrder) {
            keyTest.skip(writeSet);
        } else {
            passed = keyTest.passes(writeSet);
        }
        writeSet.dependOn(lastParallelUnsafe);
        if (passed) {
            enter(writeSet);
        }
        testedKeys = true;
        passedKeys = passed;
        if (totalOrder) {
            return nonBlocking.test(writeSet);
        }
        return passed ? Verdict.PASSED : Verdict.FAILED;
    }

    private boolean hasCertifiableVersion(WriteSet writeSet) {
        return version <= WriteSetFormat.MIN_VERSION
                ? writeSet.version() == version
                : writeSet.version() >= WriteSetFormat.MIN_VERSION && writeSet.version() <= version;
    }

    private boolean hasCertifiableRange(OrderedWriteSet writeSet) {
        return writeSet.alreadyCertified()
                || writeSet.lastSeen() >= initial
                        && writeSet.lastSeen() < writeSet.seqno()
                        && writeSet.seqno() - writeSet.lastSeen() <= options.maxLength();
    }

    private void raiseToFloor(OrderedWriteSet writeSet) {
        if (writeSets.isEmpty()) {
            writeSet.setDependsOn(writeSet.seqno() - 1);
            return;
        }
        if (!options.optimisticParallelApplying()) {
            writeSet.dependOn(writeSet.lastSeen());
        }
        writeSet.dependOn(writeSets.lowest() - 1);
    }

    private void enter(OrderedWriteSet writeSet) {
        keyTest.enter(writeSet);
        if (writeSet.has(TransactionFlags.PA_UNSAFE)) {
            lastParallelUnsafe = writeSet.seqno();
        }
        counters.passed(
                writeSet.seqno() - writeSet.dependsOn(), writeSet.seqno() - writeSet.lastSeen() - 1, keys.size());
    }

    /**
     * A certified write set, failed or not, has left the apply monitor here. Any thread.
     *
     * @return the seqno to report to the group as this node's last committed; -1 if it is not time for a report
     */
    public long left(OrderedWriteSet writeSet) {
        return pending.left(writeSet);
    }

    /** Every write set still to be applied here had seen everything up to this seqno. Any thread. */
    public long safeToDiscard() {
        return pending.safeToDiscard();
    }

    /**
     * The group's commit cut: all nodes have settled everything up to it. The caller ignores cuts older than the last view.
     *
     * @return the seqno up to which the index was purged, and the cache may be released
     */
    public synchronized long commitCut(long cut) {
        return commitCut(cut, false);
    }

    /**
     * As {@link #commitCut(long)}.
     *
     * @param all purge everything that no later write set can meet, for there is little room: also what was seen by nobody yet, if nothing that was
     *     certified here is still to be applied. Without it, the last write set stays until the one after it has been settled, as with Galera
     */
    public synchronized long commitCut(long cut, boolean all) {
        long upTo = Math.min(cut, all ? pending.settledUpTo(position) : pending.safeToDiscard());
        purge(upTo);
        return upTo;
    }

    private void purge(long upTo) {
        boolean any = false;
        while (!writeSets.isEmpty() && writeSets.lowest() <= upTo) {
            writeSets.purgeFirst(keys);
            any = true;
        }
        if (any) {
            keys.trim();
            writeSets.trim();
            measure();
        }
    }

    /** Seqno of the last event taken in; -1 if undefined. */
    public synchronized long position() {
        return position;
    }

    /** True once {@link #start} or {@link #adjust} gave a position. */
    public synchronized boolean isStarted() {
        return version >= 0;
    }

    /**
     * Lowest seqno the index remembers; the position if it remembers none. At a view: where a donor begins to preload
     * (docs/spec/writeset-certification.md 8.13).
     */
    public synchronized long lowestSeqno() {
        return writeSets.isEmpty() ? position : writeSets.lowest();
    }

    /** True while a non-blocking operation is open: then a snapshot is refused to joiners. */
    public synchronized boolean hasNonBlockingOperations() {
        return nonBlocking.areOpen();
    }

    /** Distinct keys in the index now. */
    public synchronized int size() {
        return keys.size();
    }

    /** Bytes that the index occupies now. Any thread. */
    public long memoryBytes() {
        return memoryBytes;
    }

    /** Averages and sizes for the status variables. Any thread. */
    public CertificationStatistics statistics() {
        return counters.statistics();
    }

    /** Begins averages anew, as FLUSH STATUS asks. Any thread. */
    public void resetStatistics() {
        counters.reset();
    }
}

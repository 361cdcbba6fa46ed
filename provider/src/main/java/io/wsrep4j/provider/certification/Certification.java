package io.wsrep4j.provider.certification;

import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.provider.writeset.WriteSetBuilder;
import io.wsrep4j.provider.writeset.WriteSetFormat;
import io.wsrep4j.provider.writeset.WriteSetTooLargeException;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.LoggerFactory;

/**
 * The verdict on each write set, in the group's order (docs/spec/writeset-certification.md 8). Called inside the local order, except for {@link
 * #settled}, {@link #position} and the figures, which any thread calls.
 */
public final class Certification {

    private final CertificationOptions options;
    private final CertificationIndex index;
    private final IndexHold hold;
    private volatile long position = Seqno.UNDEFINED;
    private volatile long lastChange = Seqno.UNDEFINED;
    private volatile long lowestAtLastChange = Seqno.UNDEFINED;

    /**
     * @param pause asks the group to pause, or to go on, when the index nears its bound and when it does no more
     * @param nanoTime the time, in nanoseconds from anywhere; nothing that is decided about a write set depends on it
     */
    public Certification(CertificationOptions options, Consumer<Boolean> pause, LongSupplier nanoTime) {
        this.options = options;
        index = new CertificationIndex(options, LoggerFactory.getLogger(CertificationIndex.class));
        hold = new IndexHold(options, pause::accept, nanoTime);
    }

    /** The verdict on the next write set. */
    public Verdict judge(OrderedWriteSet writeSet) {
        Verdict verdict = index.certify(writeSet);
        position = writeSet.seqno();
        measure();
        return verdict;
    }

    private void measure() {
        hold.size(index.memoryBytes());
    }

    /** Time has passed; to be called every second or so by any thread. */
    public void tick() {
        hold.tick(index.memoryBytes());
    }

    /**
     * Makes sure that a write set that is about to be sent can be certified within the bound of the index.
     *
     * @throws WriteSetTooLargeException if its keys alone may exceed it
     */
    public void checkRoom(WriteSetBuilder gathered) throws WriteSetTooLargeException {
        int each = gathered.hasWideKeys() ? CertificationIndex.BYTES_A_WIDE_KEY : CertificationIndex.BYTES_A_KEY;
        long bytes = (long) gathered.keyCount() * each;
        if (bytes > options.maxIndexSize()) {
            throw WriteSetTooLargeException.tooManyKeys(gathered.keyCount(), bytes, options.maxIndexSize());
        }
    }

    /**
     * The write set is settled, or nobody here will apply it. The index reads its bytes no more, so they may go when this has returned.
     *
     * @return a seqno up to which this node needs nothing any more, when it is time to tell the group; otherwise {@link Seqno#UNDEFINED}
     */
    public long settled(OrderedWriteSet writeSet) {
        return index.left(writeSet);
    }

    /**
     * No member needs anything up to here any more; a cut from before the last configuration change is ignored.
     *
     * @return what the cache may let go, perhaps less
     */
    public long cut(long seqno) {
        if (seqno < lastChange) {
            return Seqno.UNDEFINED;
        }
        long released = index.commitCut(seqno, hold.isNear());
        measure();
        return released;
    }

    /** Everything up to here was ordered before this node took part, or taken by a configuration change. Before any certification. */
    public void startFrom(long seqno) {
        position = seqno;
    }

    /** True once there is a position to certify from. */
    public boolean isStarted() {
        return index.isStarted();
    }

    /** Starts empty at a position, with the format of the first write set of a transfer. */
    public void start(long seqno, OrderedWriteSet first) {
        index.start(seqno, first.writeSet().version());
        position = seqno;
    }

    /** Starts empty at a position, with the protocol of the first configuration of a transfer. */
    public void start(long seqno, int replicationProtocol) {
        index.start(seqno, WriteSetFormat.certificationVersion(replicationProtocol));
        position = seqno;
    }

    /**
     * Enters a write set that was certified elsewhere.
     *
     * @throws IllegalStateException if the index disagrees: the transfer is no good
     */
    public void preload(OrderedWriteSet writeSet) {
        if (judge(writeSet) != Verdict.PASSED) {
            throw new IllegalStateException("a write set that the donor had certified does not pass here: " + writeSet);
        }
    }

    /** Enters the start or an end of a non-blocking operation: an end that is not the last one has no effect here either. */
    public void preloadNonBlocking(OrderedWriteSet writeSet) {
        judge(writeSet);
    }

    /** Enters a seqno without content. */
    public void preloadSkipped(long seqno) {
        index.skip(seqno);
        position = seqno;
    }

    /** Seqno of the last configuration change that was processed here; undefined before any. */
    public long lastChange() {
        return lastChange;
    }

    /** Lowest seqno in the index when that change was processed; its own seqno if the index was empty. */
    public long lowestAtLastChange() {
        return lowestAtLastChange;
    }

    /** True while a non-blocking operation is open. */
    public boolean hasNonBlockingOperations() {
        return index.hasNonBlockingOperations();
    }

    /** A configuration change took this seqno. */
    public void adjust(long seqno, int replicationProtocol, Set<Uuid> members) {
        index.adjust(seqno, WriteSetFormat.certificationVersion(replicationProtocol), members);
        position = seqno;
        measure();
        lowestAtLastChange = index.lowestSeqno();
        lastChange = seqno;
    }

    /** The last seqno that was certified, or set by a configuration change. */
    public long position() {
        return position;
    }

    /** Forgets everything. */
    public void reset() {
        index.reset();
        measure();
        position = Seqno.UNDEFINED;
        lastChange = Seqno.UNDEFINED;
        lowestAtLastChange = Seqno.UNDEFINED;
    }

    /** Averages and sizes. */
    public CertificationStatistics statistics() {
        return index.statistics();
    }

    /** Begins averages anew. */
    public void resetStatistics() {
        index.resetStatistics();
    }

    /** Gives all memory back; nothing is certified after that. */
    public void close() {
        index.close();
    }
}

package io.wsrep4j.provider.transaction;

import io.wsrep4j.api.Seqno;
import java.util.concurrent.atomic.LongAdder;

/**
 * The verdict on each write set, in the group's order (sheet writeset-certification, 8). Called inside the local order, except for {@link #settled}
 * and the figures, which any thread calls.
 *
 * <p>Until the certification index is plugged in, this knows only groups of one member, in which nothing conflicts (sheet 8.5: keys of the same
 * source never do) and every write set depends on the one before.
 */
public final class Certification {

    /** A verdict. */
    public enum Outcome {
        PASSED,
        FAILED
    }

    private final LongAdder passed = new LongAdder();
    private final LongAdder distances = new LongAdder();
    private final LongAdder intervals = new LongAdder();
    private volatile long position = Seqno.UNDEFINED;

    Outcome certify(OrderedWriteSet writeSet) {
        position = writeSet.seqno();
        writeSet.dependsOn(Math.max(writeSet.dependsOn(), writeSet.seqno() - 1));
        writeSet.markCertified();
        passed.increment();
        distances.add(writeSet.seqno() - writeSet.dependsOn());
        intervals.add(writeSet.seqno() - writeSet.lastSeen() - 1);
        return Outcome.PASSED;
    }

    /**
     * The write set has left the apply order.
     *
     * @return a seqno up to which this node needs nothing any more, when it is time to tell the group; otherwise {@link Seqno#UNDEFINED}
     */
    long settled(OrderedWriteSet writeSet) {
        writeSet.buffer().release();
        return Seqno.UNDEFINED;
    }

    /** No member needs anything up to here any more. */
    public void cut(long seqno) {
        // nothing is kept yet
    }

    /** The last seqno that was certified, or set by a configuration change. */
    public long position() {
        return position;
    }

    /** A configuration change took this seqno. */
    public void adjust(long seqno) {
        position = seqno;
    }

    /** Mean distance of a write set from the one it depends on. */
    public double dependencyDistance() {
        long count = passed.sum();
        return count == 0 ? 0 : (double) distances.sum() / count;
    }

    /** Mean number of write sets that came between a write set and what its sender had seen. */
    public double interval() {
        long count = passed.sum();
        return count == 0 ? 0 : (double) intervals.sum() / count;
    }

    /** Entries in the index. */
    public long indexSize() {
        return 0;
    }

    /** Begins averages anew. */
    public void resetFigures() {
        passed.reset();
        distances.reset();
        intervals.reset();
    }

    /** Forgets everything. */
    public void reset() {
        position = Seqno.UNDEFINED;
    }
}

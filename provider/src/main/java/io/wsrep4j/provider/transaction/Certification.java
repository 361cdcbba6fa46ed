package io.wsrep4j.provider.transaction;

import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.provider.certification.CertificationIndex;
import io.wsrep4j.provider.certification.CertificationOptions;
import io.wsrep4j.provider.certification.CertificationStatistics;
import io.wsrep4j.provider.certification.Verdict;
import io.wsrep4j.provider.writeset.WriteSetFormat;
import java.util.Set;
import org.slf4j.LoggerFactory;

/**
 * The verdict on each write set, in the group's order (sheet writeset-certification, 8). Called inside the local order, except for {@link
 * #settled}, {@link #position} and the figures, which any thread calls.
 */
public final class Certification {

    private final CertificationIndex index;
    private volatile long position = Seqno.UNDEFINED;
    private long lastChange = Seqno.UNDEFINED;

    public Certification(CertificationOptions options) {
        index = new CertificationIndex(options, LoggerFactory.getLogger(CertificationIndex.class));
    }

    Verdict certify(OrderedEvent event) {
        Verdict verdict = index.certify(event.ordered());
        position = event.seqno();
        return verdict;
    }

    /**
     * The event has left the apply order.
     *
     * @return a seqno up to which this node needs nothing any more, when it is time to tell the group; otherwise {@link Seqno#UNDEFINED}
     */
    long settled(OrderedEvent event) {
        long safe = index.left(event.ordered());
        event.buffer().release();
        return safe;
    }

    /**
     * No member needs anything up to here any more; a cut from before the last configuration change is ignored.
     *
     * @return what the cache may let go, perhaps less
     */
    public long cut(long seqno) {
        return seqno >= lastChange ? index.commitCut(seqno) : Seqno.UNDEFINED;
    }

    /** Everything up to here was ordered before this node took part, or taken by a configuration change. Before any certification. */
    public void startFrom(long seqno) {
        position = seqno;
    }

    /** A configuration change took this seqno. */
    public void adjust(long seqno, int replicationProtocol, Set<Uuid> members) {
        index.adjust(seqno, WriteSetFormat.certificationVersion(replicationProtocol), members);
        position = seqno;
        lastChange = seqno;
    }

    /** The last seqno that was certified, or set by a configuration change. */
    public long position() {
        return position;
    }

    /** Forgets everything. */
    public void reset() {
        index.reset();
        position = Seqno.UNDEFINED;
        lastChange = Seqno.UNDEFINED;
    }

    /** Averages and sizes. */
    public CertificationStatistics statistics() {
        return index.statistics();
    }

    /** Begins averages anew. */
    public void resetStatistics() {
        index.resetStatistics();
    }
}

package io.wsrep4j.provider.certification;

/** Sums behind {@link CertificationStatistics}. Thread-safe: certification writes, anybody reads and resets, under this object's lock. */
final class CertificationCounters {

    private long certified;
    private long distances;
    private long intervals;
    private long indexSize;

    synchronized void passed(long distance, long interval, long newIndexSize) {
        certified++;
        distances += distance;
        intervals += interval;
        indexSize = newIndexSize;
    }

    synchronized void reset() {
        certified = 0;
        distances = 0;
        intervals = 0;
        indexSize = 0;
    }

    synchronized CertificationStatistics statistics() {
        double count = Math.max(1, certified);
        return new CertificationStatistics(certified, distances / count, intervals / count, indexSize);
    }
}

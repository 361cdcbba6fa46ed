package io.wsrep4j.flow;

/** Length of a queue now, at most, at least and on average (docs/spec/options-status.md 10.1). Not thread-safe: owned by the queue's lock. */
public final class QueueStatistics {

    private long length;
    private long longest;
    private long shortest;
    private double sum;
    private long samples;

    /** The queue has this length now. */
    public void length(long now) {
        length = now;
        if (now > longest) {
            longest = now;
        } else if (now < shortest) {
            shortest = now;
        }
    }

    /** Somebody met the queue at this length. */
    public void sample(long met) {
        sum += met;
        samples++;
    }

    public long length() {
        return length;
    }

    /** The longest since the last flush. */
    public long longest() {
        return longest;
    }

    /** The shortest since the last flush. */
    public long shortest() {
        return shortest;
    }

    /** Mean of the samples since the last flush, 0 without any. */
    public double average() {
        return samples == 0 ? 0.0 : sum / samples;
    }

    /** FLUSH STATUS: extremes become the present length, the average begins anew. */
    public void flush() {
        longest = length;
        shortest = length;
        sum = 0;
        samples = 0;
    }
}

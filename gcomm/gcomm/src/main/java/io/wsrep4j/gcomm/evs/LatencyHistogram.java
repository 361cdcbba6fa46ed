package io.wsrep4j.gcomm.evs;

/** Shares of latencies by magnitude, two bounds a decade (docs/spec/gcomm-evs.md 17). */
final class LatencyHistogram {

    private static final String[] NAMES = {
        "0",
        "0.0001",
        "0.00031623",
        "0.001",
        "0.0031623",
        "0.01",
        "0.031623",
        "0.1",
        "0.31623",
        "1",
        "3.1623",
        "10",
        "31.623"
    };
    private static final double[] BOUNDS = bounds();

    private final long[] counts = new long[NAMES.length];
    private long samples;

    private static double[] bounds() {
        double[] bounds = new double[NAMES.length];
        for (int i = 0; i < bounds.length; i++) {
            bounds[i] = Double.parseDouble(NAMES[i]);
        }
        return bounds;
    }

    void add(double seconds) {
        int bucket = BOUNDS.length - 1;
        while (bucket > 0 && seconds < BOUNDS[bucket]) {
            bucket--;
        }
        counts[bucket]++;
        samples++;
    }

    void reset() {
        java.util.Arrays.fill(counts, 0);
        samples = 0;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < NAMES.length; i++) {
            String share = samples == 0 ? "nan" : Statistics.number((double) counts[i] / samples);
            text.append(i == 0 ? "" : ",").append(NAMES[i]).append(':').append(share);
        }
        return text.toString();
    }
}

package io.wsrep4j.tests.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Pairs of measurements, ours and the peer's of the same round, and what their ratios say. Not thread-safe. */
public final class Ratios {

    private final String peer;
    private final List<double[]> rounds = new ArrayList<>();

    /** Beside libgalera. */
    public Ratios() {
        this("libgalera");
    }

    /** Beside another peer, by its name. */
    public Ratios(String peer) {
        this.peer = peer;
    }

    /** Adds a round. */
    public void add(double ours, double theirs) {
        rounds.add(new double[] {ours, theirs});
    }

    /** Median of ours/peer over the rounds. */
    public double median() {
        return quantile(ratios(), 0.5);
    }

    /** "ours 12345.0, libgalera 10000.0, ratio 1.23 (middle half 1.10 to 1.30, 12 rounds)": medians. */
    public String describe(String unit) {
        double[] ratios = ratios();
        return String.format(
                Locale.ROOT,
                "ours %.1f %s, %s %.1f %s, ratio %.2f (middle half %.2f to %.2f, %d rounds)",
                quantile(column(0), 0.5),
                unit,
                peer,
                quantile(column(1), 0.5),
                unit,
                quantile(ratios, 0.5),
                quantile(ratios, 0.25),
                quantile(ratios, 0.75),
                ratios.length);
    }

    private double[] ratios() {
        return rounds.stream().mapToDouble(round -> round[0] / round[1]).toArray();
    }

    private double[] column(int index) {
        return rounds.stream().mapToDouble(round -> round[index]).toArray();
    }

    private static double quantile(double[] values, double quantile) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double place = quantile * (sorted.length - 1);
        int below = (int) Math.floor(place);
        int above = (int) Math.ceil(place);
        return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
    }
}

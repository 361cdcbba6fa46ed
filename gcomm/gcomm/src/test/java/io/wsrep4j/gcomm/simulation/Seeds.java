package io.wsrep4j.gcomm.simulation;

import java.util.ArrayList;
import java.util.List;

/**
 * Runs one life of a cluster for each of many seeds. With -Dwsrep4j.seed it is that one only; -Dwsrep4j.firstSeed says where they begin, and the
 * long profile takes {@link #LONG}. Fails with the first failures, each of which says how to run it again.
 */
final class Seeds {

    /** How many in the long profile. */
    static final int LONG = 10_000;

    private static final int ENOUGH_FAILURES = 5;

    private Seeds() {}

    /** One life; fails by an AssertionError. */
    @FunctionalInterface
    interface Life {
        /** @return how much happened in it, in whatever is counted */
        long live(long seed);
    }

    static boolean isLong() {
        return "long".equals(System.getProperty("wsrep4j.effort"));
    }

    /** The only seed that is to run, or null. */
    static Long only() {
        return Long.getLong("wsrep4j.seed");
    }

    /**
     * @param usual how many seeds but in the long profile
     * @return the sum of what the lives return, for each seed
     */
    static double live(int usual, Life life) {
        if (only() != null) {
            return life.live(only());
        }
        int count = isLong() ? LONG : usual;
        return live(Long.getLong("wsrep4j.firstSeed", 1), 1, count, life) / (double) count;
    }

    /** Runs the seeds {@code first}, {@code first + step} and so on. */
    static long live(long first, int step, int count, Life life) {
        List<AssertionError> failures = new ArrayList<>();
        long sum = 0;
        for (int i = 0; i < count && failures.size() < ENOUGH_FAILURES; i++) {
            try {
                sum += life.live(first + (long) i * step);
            } catch (AssertionError e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            AssertionError all = new AssertionError(failures.size() + " seeds fail; the first: "
                    + failures.get(0).getMessage() + failures.get(0).getCause());
            failures.forEach(all::addSuppressed);
            throw all;
        }
        return sum;
    }
}

package io.wsrep4j.flow;

/**
 * Settings of flow control (docs/spec/gcs.md 19). Immutable; a change at run time replaces the whole.
 *
 * @param limit queue length, in actions, at which one member alone asks for a pause
 * @param factor share of the limit at which the pause ends, 0 to 1
 * @param singlePrimary one writer: the limit does not grow with the number of members
 * @param syncDonor a donor takes part in flow control
 * @param hardLimit bytes in the queue of a joiner that it must not exceed; 90 % of it are used
 * @param softLimit share of the hard limit, 0 to below 1, at which the joiner begins to slow the group down
 * @param maxThrottle lowest share of the group's normal rate, 0 to below 1, during a transfer; 0 stops the group at the hard limit
 */
public record FlowSettings(
        long limit,
        double factor,
        boolean singlePrimary,
        boolean syncDonor,
        long hardLimit,
        double softLimit,
        double maxThrottle) {

    /** Galera's defaults. */
    public static final FlowSettings DEFAULT = new FlowSettings(16, 1.0, false, false, Long.MAX_VALUE, 0.25, 0.25);

    public FlowSettings {
        require(limit >= 0, "limit", limit, "at least 0");
        require(factor >= 0.0 && factor <= 1.0, "factor", factor, "from 0.0 to 1.0");
        require(hardLimit > 0, "hardLimit", hardLimit, "more than 0");
        require(softLimit >= 0.0 && softLimit < 1.0, "softLimit", softLimit, "from 0.0 to below 1.0");
        require(maxThrottle >= 0.0 && maxThrottle < 1.0, "maxThrottle", maxThrottle, "from 0.0 to below 1.0");
    }

    private static void require(boolean holds, String name, Object value, String allowed) {
        if (!holds) {
            throw new IllegalArgumentException("flow control: " + name + " " + value + ", expected " + allowed);
        }
    }
}

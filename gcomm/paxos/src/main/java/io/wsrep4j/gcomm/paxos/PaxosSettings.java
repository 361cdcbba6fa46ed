package io.wsrep4j.gcomm.paxos;

/**
 * What the core is told at its start (docs/spec/paxos.md 22). Times in nanoseconds.
 *
 * @param timing when to act
 * @param bounds how much to hold
 * @param groupName members of different groups refuse each other
 * @param horizon of a group that this member founds, in slots
 * @param autoRejoin how often an expelled member tries to come back; 0 for never
 */
public record PaxosSettings(Timing timing, Bounds bounds, String groupName, int horizon, int autoRejoin) {

    private static final long MILLIS = 1_000_000;
    private static final long SECOND = 1000 * MILLIS;

    public static final PaxosSettings DEFAULTS = new PaxosSettings(
            new Timing(
                    5 * MILLIS,
                    MILLIS,
                    20 * MILLIS,
                    0,
                    SECOND,
                    SECOND,
                    SECOND / 2,
                    5 * SECOND,
                    5 * SECOND,
                    10 * SECOND,
                    20 * SECOND,
                    10 * SECOND),
            new Bounds(16, 128 << 10, 512, 1 << 20, 4 << 20, 15, 512L << 20, 4 << 20, 4 << 20),
            "wsrep4j",
            512,
            3);

    /**
     * @param skipDelay longest that a relayed skip waits for another frame
     * @param learnDelay longest that a decision waits for another frame
     * @param readDelay of a gap before it is asked for
     * @param revokeTimeout of an owner that says nothing; 0: by the round trips
     * @param leaderTimeout of a silent leader with something to order
     * @param retryPeriod before an unanswered ACCEPT goes again
     * @param alivePeriod between signs of life
     * @param suspectTimeout before a member is silent
     * @param expelTimeout from silent by majority to expelled
     * @param joinTimeout longest that a sponsor waits for a joiner's links
     * @param linger longest that a leaver stays for the others
     * @param autoPeriod over which the automatic mode looks
     */
    public record Timing(
            long skipDelay,
            long learnDelay,
            long readDelay,
            long revokeTimeout,
            long leaderTimeout,
            long retryPeriod,
            long alivePeriod,
            long suspectTimeout,
            long expelTimeout,
            long joinTimeout,
            long linger,
            long autoPeriod) {}

    /**
     * @param pipeline own undecided values
     * @param batchBytes of a value of more than one item
     * @param batchItems of a value
     * @param maxMessage longest item, bytes
     * @param maxFrame longest frame, bytes
     * @param maxMembers of a group
     * @param cacheBytes of decided values
     * @param sendQueueBytes of items not proposed yet
     * @param aheadBytes of each peer's sections beyond the horizon
     */
    public record Bounds(
            int pipeline,
            int batchBytes,
            int batchItems,
            int maxMessage,
            int maxFrame,
            int maxMembers,
            long cacheBytes,
            long sendQueueBytes,
            long aheadBytes) {}
}

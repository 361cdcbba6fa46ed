package io.wsrep4j.provider.transfer;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Seqno;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Where the joiner's procedure waits for the host's report of its snapshot, which may come early (docs/spec/replicator-state-transfer.md 18 step 9).
 * Thread-safe; guarded by its own lock.
 */
final class SnapshotArrival {

    /** How often a waiter looks whether the group is still there. */
    private static final long LOOK_MILLIS = 100;

    private boolean expected;
    private Gtid position;
    private int code;

    /** What the host reported: a position, or undefined with an error code. */
    record Report(Gtid position, int code) {}

    /** From now on reports are taken. */
    synchronized void expect() {
        expected = true;
        position = null;
        code = 0;
    }

    /** No more reports are taken. */
    synchronized void forget() {
        expected = false;
        position = null;
    }

    /** The host's report; false if none is expected. */
    synchronized boolean report(Gtid reported, int reportedCode) {
        if (!expected) {
            return false;
        }
        position = reportedCode == 0 ? reported : new Gtid(reported.uuid(), Seqno.UNDEFINED);
        code = reportedCode;
        notifyAll();
        return true;
    }

    /**
     * Waits for the report.
     *
     * @param givenUp ends the wait when true
     * @return null if the wait was given up
     */
    synchronized Report await(BooleanSupplier givenUp) throws InterruptedException {
        while (position == null) {
            if (givenUp.getAsBoolean()) {
                return null;
            }
            TimeUnit.MILLISECONDS.timedWait(this, LOOK_MILLIS);
        }
        return new Report(position, code);
    }
}

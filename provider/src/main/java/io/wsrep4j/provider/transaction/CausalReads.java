package io.wsrep4j.provider.transaction;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Provider.SyncResult;
import io.wsrep4j.api.Status;
import io.wsrep4j.gcomm.group.CausalAnswer;
import io.wsrep4j.provider.node.NodeParts;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** sync_wait() (docs/spec/replicator-state-transfer.md 12). Thread-safe. */
final class CausalReads {

    private static final long RETRY_NANOS = 1_000_000L;

    private final NodeParts node;

    CausalReads(NodeParts node) {
        this.node = node;
    }

    SyncResult await(Gtid upTo, int timeoutSeconds) {
        long start = System.nanoTime();
        long timeout = timeoutSeconds < 0
                ? node.settings().causalReadTimeoutNanos()
                : TimeUnit.SECONDS.toNanos(timeoutSeconds);
        Gtid target = upTo == null ? askGroup(start, timeout) : upTo;
        if (target == null) {
            return failed(Status.TRANSACTION_FAIL);
        }
        if (!target.uuid().equals(node.orders().appliedGtid().uuid())) {
            return failed(Status.TRANSACTION_MISSING);
        }
        if (!node.orders().apply().await(target.seqno(), timeout - (System.nanoTime() - start))) {
            return failed(Status.TRANSACTION_FAIL);
        }
        node.figures().countCausalRead();
        return new SyncResult(Status.OK, node.orders().appliedGtid());
    }

    private static SyncResult failed(Status status) {
        return new SyncResult(status, Gtid.UNDEFINED);
    }

    /** The group's position, or null if there is none to be had in time. */
    private Gtid askGroup(long start, long timeout) {
        while (true) {
            long rest = timeout - (System.nanoTime() - start);
            CausalAnswer answer = node.group().causalPosition(rest);
            if (answer.status() == CausalAnswer.Status.KNOWN) {
                return answer.position();
            }
            if (answer.status() != CausalAnswer.Status.TRY_AGAIN || rest <= RETRY_NANOS) {
                return null;
            }
            LockSupport.parkNanos(this, RETRY_NANOS);
        }
    }
}

package io.wsrep4j.provider.transaction;

import io.wsrep4j.api.Provider.AbortResult;
import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.Status;
import io.wsrep4j.provider.node.NodeParts;

/**
 * abort_certification(): an ordered event asks for a local transaction to get out of its way (docs/spec/replicator-state-transfer.md 7.10 and 8).
 * Thread-safe; never blocks, since hosts call it with mutexes of the victim's session held.
 */
final class BruteForceAbort {

    private final NodeParts node;
    private final TransactionRegistry registry;

    BruteForceAbort(NodeParts node, TransactionRegistry registry) {
        this.node = node;
        this.registry = registry;
    }

    AbortResult abort(long bfSeqno, long victimId) {
        LocalTransaction victim = registry.find(victimId);
        if (victim == null) {
            return new AbortResult(Status.OK, Seqno.UNDEFINED);
        }
        synchronized (victim) {
            OrderedEvent ordered = victim.ordered();
            long victimSeqno = ordered == null ? Seqno.UNDEFINED : ordered.seqno();
            boolean ahead = ordered != null && ordered.commits() && ordered.seqno() < bfSeqno;
            return new AbortResult(ahead ? Status.NOT_ALLOWED : hit(victim, ordered), victimSeqno);
        }
    }

    private Status hit(LocalTransaction victim, OrderedEvent ordered) {
        switch (victim.state()) {
            case EXECUTING -> victim.become(TransactionState.MUST_ABORT);
            case REPLICATING -> {
                victim.become(TransactionState.MUST_ABORT);
                if (victim.ticket() != null) {
                    victim.ticket().interrupt();
                }
            }
            case CERTIFYING -> {
                victim.become(TransactionState.MUST_ABORT);
                node.orders().local().interrupt(ordered.localSeqno());
            }
            case APPLYING -> {
                victim.become(TransactionState.MUST_ABORT);
                node.orders().apply().interrupt(ordered.seqno());
            }
            case COMMITTING -> {
                boolean outside = node.orders().commit().interrupt(ordered.seqno());
                if (!outside && ordered.commits()) {
                    return Status.NOT_ALLOWED;
                }
                victim.become(TransactionState.MUST_ABORT);
            }
            case COMMITTED -> {
                if (ordered != null && ordered.commits()) {
                    return Status.NOT_ALLOWED;
                }
                victim.abortDeferred(true);
            }
            case MUST_ABORT, ABORTING, MUST_REPLAY -> {
                return Status.NOT_ALLOWED;
            }
            case REPLAYING, ROLLING_BACK, ROLLED_BACK ->
                node.log()
                        .debug("brute-force abort of transaction " + Long.toUnsignedString(victim.transactionId())
                                + " in state " + victim.state());
        }
        return Status.OK;
    }
}

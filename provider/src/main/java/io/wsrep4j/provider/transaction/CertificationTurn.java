package io.wsrep4j.provider.transaction;

import io.wsrep4j.provider.certification.Verdict;
import io.wsrep4j.provider.node.NodeParts;
import io.wsrep4j.provider.writeset.WriteSetFlags;

/**
 * Certification at a write set's place in the local order (docs/spec/replicator-state-transfer.md 7.4 and 7.6). Thread-safe; every call runs inside
 * the local order and so alone.
 */
final class CertificationTurn {

    private final NodeParts node;
    private final PendingCertification pending;
    private final EventEnd eventEnd;

    CertificationTurn(NodeParts node, PendingCertification pending, EventEnd eventEnd) {
        this.node = node;
        this.pending = pending;
        this.eventEnd = eventEnd;
    }

    /**
     * Certifies at the write set's turn, and gives the turn up. Blocks.
     *
     * @return the verdict, or null if {@link io.wsrep4j.provider.order.OrderMonitor#interrupt} came before the turn, which then still has to
     *     pass
     */
    Verdict take(OrderedEvent writeSet) {
        if (!node.orders().local().enter(writeSet.localSeqno(), writeSet.localSeqno() - 1)) {
            return null;
        }
        return judgeInTurn(writeSet);
    }

    /** As {@link #take}, whoever interrupts. */
    Verdict takeRegardless(OrderedEvent writeSet) {
        node.orders().local().enterRegardless(writeSet.localSeqno(), writeSet.localSeqno() - 1);
        return judgeInTurn(writeSet);
    }

    private Verdict judgeInTurn(OrderedEvent writeSet) {
        try {
            judgePendingBefore(writeSet.localSeqno());
            return judgeAndPublish(writeSet);
        } finally {
            writeSet.phase(OrderedEvent.Phase.CERTIFYING);
            node.orders().local().leave(writeSet.localSeqno());
        }
    }

    /** The verdict, and the write set's place in the history: without effect if it failed, unless its failure ends something. */
    private Verdict judgeAndPublish(OrderedEvent event) {
        Verdict verdict = node.certification().judge(event.ordered());
        boolean skipped = verdict == Verdict.FAILED && !WriteSetFlags.isNonBlockingEnd(event.flags());
        node.cache().publishWriteSet(event.buffer(), event.seqno(), skipped);
        return verdict;
    }

    /** Certifies what was given up before this place. Inside the local order only. */
    void judgePendingBefore(long localSeqno) {
        for (OrderedEvent given = pending.takeBefore(localSeqno);
                given != null;
                given = pending.takeBefore(localSeqno)) {
            judgeAndPublish(given);
            eventEnd.settleCertified(given);
        }
    }

    /** Leaves a write set to be certified by whoever comes next. */
    void giveUp(OrderedEvent writeSet) {
        writeSet.markGivenUp();
        pending.add(writeSet);
        node.orders().local().skip(writeSet.localSeqno());
        writeSet.phase(OrderedEvent.Phase.CERTIFYING);
    }
}

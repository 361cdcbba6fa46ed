package io.wsrep4j.provider.transaction;

import io.wsrep4j.api.ApplierContext;
import io.wsrep4j.api.ApplyResult;
import io.wsrep4j.api.TransactionFlags;
import io.wsrep4j.api.TransactionSource;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.api.hash.MurmurHash128;
import io.wsrep4j.gcomm.group.ActionBuffer;
import io.wsrep4j.gcomm.group.ActionMemory;
import io.wsrep4j.gcomm.group.GroupAction;
import io.wsrep4j.provider.cache.ActionCache;
import io.wsrep4j.provider.certification.Verdict;
import io.wsrep4j.provider.node.NodeParts;
import io.wsrep4j.provider.writeset.CorruptWriteSetException;
import io.wsrep4j.provider.writeset.WriteSet;
import io.wsrep4j.provider.writeset.WriteSetBuilder;
import io.wsrep4j.provider.writeset.WriteSetFlags;

/** Write sets that nobody here waits for are certified and applied (docs/spec/replicator-state-transfer.md 9). Thread-safe. */
final class RemoteApplication {

    private final NodeParts node;
    private final Sending sending;
    private final CertificationTurn certificationTurn;
    private final EventEnd eventEnd;
    private final HostCalls host;
    private final NonBlockingWaits nonBlocking;
    private final ErrorVoting voting;

    RemoteApplication(
            NodeParts node,
            Sending sending,
            CertificationTurn certificationTurn,
            EventEnd eventEnd,
            HostCalls host,
            NonBlockingWaits nonBlocking,
            ErrorVoting voting) {
        this.node = node;
        this.sending = sending;
        this.certificationTurn = certificationTurn;
        this.eventEnd = eventEnd;
        this.host = host;
        this.nonBlocking = nonBlocking;
        this.voting = voting;
    }

    /**
     * Certifies and applies one write set on the calling thread, or lets it pass without effect if it is none and the group finds so too. Blocks.
     *
     * @return what the host answered
     * @throws CorruptWriteSetException if the bytes of what a state transfer has brought are no write set: this node must not go on
     */
    ApplyResult process(ApplierContext context, GroupAction.WriteSet action) throws CorruptWriteSetException {
        if (action.seqno() <= node.orders().applied()) {
            takeNote(action);
            return ApplyResult.SUCCESS;
        }
        WriteSet read;
        try {
            read = sending.read(action.buffer(), action.seqno(), action.sender());
        } catch (CorruptWriteSetException e) {
            return passCorrupt(context, action, e);
        }
        OrderedEvent writeSet =
                OrderedEvent.fromGroup(read, action.buffer(), action.localSeqno(), action.seqno(), false);
        certificationTurn.takeRegardless(writeSet);
        return apply(context, writeSet);
    }

    /**
     * What its sender, or this node's memory, made unreadable: the vote tells which. If it is unreadable everywhere it has no effect anywhere, like
     * one that failed certification, and its sender goes; otherwise this node is the one that differs.
     */
    private ApplyResult passCorrupt(ApplierContext context, GroupAction.WriteSet action, CorruptWriteSetException why) {
        long local = action.localSeqno();
        node.orders().local().enterRegardless(local, local - 1);
        try {
            certificationTurn.judgePendingBefore(local);
            node.certification().preloadSkipped(action.seqno());
            node.cache().publishSkipped(action.seqno());
        } finally {
            node.orders().local().leave(local);
        }
        action.buffer().release();
        OrderedEvent nothing = skipped(action.seqno());
        // votes are given in the order of what they are about
        node.orders().apply().await(action.seqno() - 1);
        if (voting.voteOnCorrupt(action.seqno(), why)) {
            node.group()
                    .isolate(action.sender(), "it sent write set " + action.seqno() + ", which is " + why.getMessage());
        }
        return applyAtHost(context, nothing);
    }

    /**
     * The group delivers what a state transfer has brought already: it belongs into the history and the index, and nowhere else
     * (docs/spec/replicator-state-transfer.md 22.5).
     */
    private void takeNote(GroupAction.WriteSet action) throws CorruptWriteSetException {
        long local = action.localSeqno();
        node.orders().local().enterRegardless(local, local - 1);
        try {
            OrderedEvent event = known(action);
            if (event == null) {
                return;
            }
            if (action.seqno() > node.certification().position()
                    && node.certification().judge(event.ordered()) == Verdict.FAILED
                    && !WriteSetFlags.isNonBlockingEnd(event.flags())) {
                // whoever gets it from this node's history must not apply it
                node.cache().skip(action.seqno());
            }
            eventEnd.settleCertified(event);
        } finally {
            node.orders().local().leave(local);
        }
    }

    /**
     * The event as the transfer brought it; otherwise the group's, which then has its place in the history. Null if it is no write set, as the
     * transfer says too: then it has no effect, and its place.
     */
    private OrderedEvent known(GroupAction.WriteSet action) throws CorruptWriteSetException {
        ActionBuffer known = node.cache().reclaim(action.seqno());
        if (known != null && known.size() > ActionCache.PLACEHOLDER_BYTES) {
            action.buffer().release();
            return historic(known, action.seqno());
        }
        WriteSet read;
        try {
            read = sending.read(action.buffer(), action.seqno(), action.sender());
        } catch (CorruptWriteSetException e) {
            if (known == null) {
                throw e;
            }
            known.release();
            action.buffer().release();
            if (action.seqno() > node.certification().position()) {
                node.certification().preloadSkipped(action.seqno());
            }
            return null;
        }
        OrderedEvent event = OrderedEvent.fromGroup(read, action.buffer(), action.localSeqno(), action.seqno(), false);
        if (known == null) {
            node.cache().publishWriteSet(action.buffer(), action.seqno(), false);
        } else {
            // the transfer brought only its seqno, since all nodes skip it
            known.release();
        }
        return event;
    }

    OrderedEvent historic(ActionBuffer buffer, long seqno) throws CorruptWriteSetException {
        WriteSet writeSet = sending.read(buffer, seqno, node.situation().ownId());
        if (!writeSet.isCertified() || writeSet.seqnoField() != seqno) {
            throw new CorruptWriteSetException(
                    seqno,
                    writeSet.source(),
                    0,
                    "header",
                    writeSet.toString(),
                    "the certified write set of this seqno");
        }
        return OrderedEvent.fromHistory(writeSet, buffer);
    }

    /** A write set with nothing but its seqno, marked as failed. */
    OrderedEvent skipped(long seqno) {
        WriteSetBuilder nothing = new WriteSetBuilder(node.settings().format());
        ActionBuffer buffer = ActionMemory.heap().allocate(Math.toIntExact(nothing.sealedBytes()));
        nothing.seal(
                buffer.bytes(),
                0,
                TransactionFlags.ROLLBACK,
                Uuid.UNDEFINED,
                TransactionSource.UNDEFINED_ID,
                TransactionSource.UNDEFINED_ID);
        nothing.stampForSending(buffer.bytes(), 0, seqno, 0, 0);
        try {
            WriteSet writeSet = sending.read(buffer, seqno, Uuid.UNDEFINED);
            writeSet.stampCertified(seqno, seqno - 1, new MurmurHash128());
            return OrderedEvent.fromHistory(writeSet, buffer);
        } catch (CorruptWriteSetException e) {
            throw new IllegalStateException("an empty write set of our own making cannot be read", e);
        }
    }

    /** Nobody applies it, but everybody behind it must get past. */
    void passOver(OrderedEvent event) {
        node.orders().apply().enterRegardless(event.seqno(), event.applyPrerequisite());
        event.phase(OrderedEvent.Phase.APPLYING);
        passCommitOrder(event);
        eventEnd.settle(event);
    }

    /** Applies what has been certified. Blocks. The end of a non-blocking operation is for whoever waits for it, if for anybody. */
    ApplyResult apply(ApplierContext context, OrderedEvent writeSet) {
        if (WriteSetFlags.isNonBlockingEnd(writeSet.flags())) {
            if (!nonBlocking.handOver(writeSet)) {
                passOver(writeSet);
            }
            return ApplyResult.SUCCESS;
        }
        return applyAtHost(context, writeSet);
    }

    private ApplyResult applyAtHost(ApplierContext context, OrderedEvent writeSet) {
        boolean isolated = WriteSetFlags.isTotalOrder(writeSet.flags()) && !WriteSetFlags.isFailed(writeSet.flags());
        node.orders().apply().enterRegardless(writeSet.seqno(), writeSet.applyPrerequisite());
        writeSet.phase(OrderedEvent.Phase.APPLYING);
        boolean stays = isolated && WriteSetFlags.isNonBlockingStart(writeSet.flags());
        if (isolated) {
            node.savedState().markUnsafe();
        }
        if (stays) {
            nonBlocking.begin(writeSet.seqno());
        }
        ApplyResult result = host.apply(context, writeSet, node.situation().history());
        // once the orders are abandoned the host can do nothing right any more, and its data need not differ for that
        boolean meant = !writeSet.isErrorReported() && !node.orders().isAbandoned();
        if (result == ApplyResult.FAILURE && meant) {
            node.situation().declareInconsistent("the host failed to apply " + writeSet);
        }
        host.unordered(context, writeSet);
        passCommitOrder(writeSet);
        eventEnd.settle(writeSet);
        if (isolated && !stays) {
            node.savedState().markSafe();
        }
        return result;
    }

    /** A host that did not go through the commit order must not hold up everybody behind it. */
    private void passCommitOrder(OrderedEvent writeSet) {
        if (writeSet.phase() == OrderedEvent.Phase.APPLYING) {
            node.orders().enterCommitRegardless(writeSet.seqno(), writeSet.isLocal());
            writeSet.phase(OrderedEvent.Phase.COMMITTING);
        }
        if (writeSet.phase() == OrderedEvent.Phase.COMMITTING) {
            node.orders().commit().leave(writeSet.seqno());
            writeSet.phase(OrderedEvent.Phase.COMMITTED);
        }
    }
}

package io.wsrep4j.provider.transaction;

import io.wsrep4j.api.ApplierContext;
import io.wsrep4j.api.ApplyResult;
import io.wsrep4j.gcomm.group.GroupAction;
import io.wsrep4j.provider.writeset.CorruptWriteSetException;
import io.wsrep4j.provider.writeset.WriteSetFlags;

/** Write sets that nobody here waits for are certified and applied (sheet replicator-state-transfer, 9). Thread-safe. */
final class RemoteApplication {

    private final NodeParts node;
    private final Sending sending;
    private final LocalStep localStep;
    private final Settling settling;
    private final HostCalls host;

    RemoteApplication(NodeParts node, Sending sending, LocalStep localStep, Settling settling, HostCalls host) {
        this.node = node;
        this.sending = sending;
        this.localStep = localStep;
        this.settling = settling;
        this.host = host;
    }

    /**
     * Certifies and applies one write set on the calling thread. Blocks.
     *
     * @return what the host answered
     * @throws CorruptWriteSetException if the bytes are no write set: this node must not go on
     */
    ApplyResult process(ApplierContext context, GroupAction.WriteSet action) throws CorruptWriteSetException {
        OrderedWriteSet writeSet = new OrderedWriteSet(
                sending.read(action.buffer(), action.seqno(), action.sender()),
                action.buffer(),
                action.localSeqno(),
                action.seqno(),
                false);
        localStep.certifyRegardless(writeSet);
        return apply(context, writeSet);
    }

    private ApplyResult apply(ApplierContext context, OrderedWriteSet writeSet) {
        boolean isolated = WriteSetFlags.isTotalOrder(writeSet.flags()) && !WriteSetFlags.isFailed(writeSet.flags());
        node.orders().apply().enterRegardless(writeSet.seqno(), writeSet.applyPrerequisite());
        writeSet.phase(OrderedWriteSet.Phase.APPLYING);
        if (isolated) {
            node.savedState().markUnsafe();
        }
        ApplyResult result = host.apply(context, writeSet, node.situation().history());
        if (result == ApplyResult.FAILURE && !writeSet.isErrorReported()) {
            node.situation().declareInconsistent("the host failed to apply " + writeSet);
        }
        host.unordered(context, writeSet);
        passCommitOrder(writeSet);
        settling.settle(writeSet);
        if (isolated) {
            node.savedState().markSafe();
        }
        return result;
    }

    /** A host that did not go through the commit order must not hold up everybody behind it. */
    private void passCommitOrder(OrderedWriteSet writeSet) {
        if (writeSet.phase() == OrderedWriteSet.Phase.APPLYING) {
            node.orders().enterCommitRegardless(writeSet);
            writeSet.phase(OrderedWriteSet.Phase.COMMITTING);
        }
        if (writeSet.phase() == OrderedWriteSet.Phase.COMMITTING) {
            node.orders().commit().leave(writeSet.seqno());
            writeSet.phase(OrderedWriteSet.Phase.COMMITTED);
        }
    }
}

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
        OrderedEvent writeSet = OrderedEvent.fromGroup(
                sending.read(action.buffer(), action.seqno(), action.sender()),
                action.buffer(),
                action.localSeqno(),
                action.seqno(),
                false);
        localStep.certifyRegardless(writeSet);
        return apply(context, writeSet);
    }

    private ApplyResult apply(ApplierContext context, OrderedEvent writeSet) {
        boolean isolated = WriteSetFlags.isTotalOrder(writeSet.flags()) && !WriteSetFlags.isFailed(writeSet.flags());
        node.orders().apply().enterRegardless(writeSet.seqno(), writeSet.applyPrerequisite());
        writeSet.phase(OrderedEvent.Phase.APPLYING);
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
    private void passCommitOrder(OrderedEvent writeSet) {
        if (writeSet.phase() == OrderedEvent.Phase.APPLYING) {
            node.orders().enterCommitRegardless(writeSet);
            writeSet.phase(OrderedEvent.Phase.COMMITTING);
        }
        if (writeSet.phase() == OrderedEvent.Phase.COMMITTING) {
            node.orders().commit().leave(writeSet.seqno());
            writeSet.phase(OrderedEvent.Phase.COMMITTED);
        }
    }
}

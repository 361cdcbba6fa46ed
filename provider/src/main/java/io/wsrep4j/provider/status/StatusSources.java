package io.wsrep4j.provider.status;

import io.wsrep4j.provider.node.NodeParts;
import io.wsrep4j.provider.transaction.Transactions;
import io.wsrep4j.provider.transfer.TransferState;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Where the figures come from.
 *
 * @param received actions handed to the receiving side
 * @param receivedBytes their bytes
 * @param cachedDownTo lowest seqno in the write-set cache, -1 when it holds none
 * @param incomingAddresses client addresses of the members
 * @param transfer how far this node's state transfer is
 */
public record StatusSources(
        NodeParts node,
        Transactions transactions,
        LongSupplier received,
        LongSupplier receivedBytes,
        LongSupplier cachedDownTo,
        Supplier<String> incomingAddresses,
        Supplier<TransferState> transfer) {}

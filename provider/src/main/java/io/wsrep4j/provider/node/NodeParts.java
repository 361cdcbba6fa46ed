package io.wsrep4j.provider.node;

import io.wsrep4j.gcomm.group.Group;
import io.wsrep4j.provider.cache.ActionCache;
import io.wsrep4j.provider.certification.Certification;
import io.wsrep4j.provider.log.NodeLog;
import io.wsrep4j.provider.order.Orders;
import io.wsrep4j.provider.state.NodeSituation;
import io.wsrep4j.provider.state.SavedState;
import java.util.function.LongConsumer;

/**
 * The parts of a node that the life of a transaction runs through.
 *
 * @param group where write sets get their order
 * @param cache where actions lie, and the history
 * @param discardableReports takes a seqno up to which this node needs nothing any more, to be told to the group; must not block
 * @param failStop what is thrown after something was ordered goes there
 */
public record NodeParts(
        Group group,
        ActionCache cache,
        Orders orders,
        Certification certification,
        NodeSituation situation,
        SavedState savedState,
        TransactionSettings settings,
        TransactionFigures figures,
        LongConsumer discardableReports,
        FailStop failStop,
        NodeLog log) {}

package io.wsrep4j.provider.transaction;

/**
 * What the host waits for beyond the order and this node's own part in it, before it is told that an event of its own is through: at the end of certify,
 * replay and total order isolation, and nowhere else. That is nothing yet: what is ordered is acknowledged. Whoever promises more (that others hold the
 * event on disk, or have applied it) waits here.
 *
 * <p>Thread-safe. What is thrown here comes after ordering, and ends in {@link io.wsrep4j.provider.node.FailStop}.
 */
final class Acknowledgement {

    /**
     * Returns when an event may be acknowledged to the host. At once.
     *
     * @param event of this node: ordered, certified, not failed
     */
    void await(OrderedEvent event) {
        // nothing is promised beyond the order
    }
}

package io.wsrep4j.provider.order;

/**
 * Nobody passes this order any more: a thread that waited in it, or comes to it, gets no turn, and must undo what it can and answer that it failed.
 * There is one of it, made beforehand and without a stack, since it may be thrown where there is no memory left.
 */
public final class OrderAbandonedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    static final OrderAbandonedException INSTANCE = new OrderAbandonedException();

    private OrderAbandonedException() {
        super("this node has failed and passes nothing on any more", null, false, false);
    }
}

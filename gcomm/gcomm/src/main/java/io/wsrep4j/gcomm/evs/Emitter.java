package io.wsrep4j.gcomm.evs;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;

/** Sends USER messages: flow windows, the output queue, aggregation, keepalives, completions and causal tokens (docs/spec/gcomm-evs.md 6). */
final class Emitter {

    private static final int NO_BOUND = -1;
    private static final int MAXIMUM_RANGE = 255;
    private static final long QUEUE_LIMIT = 1 << 20;
    private static final long FEEDBACK_BYTES = 128 << 10;
    private static final long LONG_AGO = Long.MIN_VALUE / 4;

    private final Environment env;
    private final CurrentView current;
    private final Outbox outbox;
    private final Delivery delivery;
    private final Statistics statistics;

    private final ArrayDeque<Queued> queue = new ArrayDeque<>();
    private long queuedBytes;
    private long bytesWithoutFeedback;
    private long lastCausalKeepalive = LONG_AGO;

    private record Queued(int userType, EvsOrder order, ByteBuf payload, int index, int length) {}

    Emitter(Environment env, CurrentView current, Outbox outbox, Delivery delivery, Statistics statistics) {
        this.env = env;
        this.current = current;
        this.outbox = outbox;
        this.delivery = delivery;
        this.statistics = statistics;
    }

    boolean isQueueEmpty() {
        return queue.isEmpty();
    }

    /** So much is queued that a message of the layer above is refused. */
    boolean isCongested() {
        return queuedBytes >= QUEUE_LIMIT;
    }

    /** Sends or queues a message of the layer above; in OPERATIONAL. */
    EvsSendResult send(int userType, EvsOrder order, ByteBuf payload) {
        if (order == EvsOrder.LOCAL_CAUSAL) {
            return sendCausal(userType, payload);
        }
        if (isCongested()) {
            return EvsSendResult.TRY_AGAIN;
        }
        statistics.queueLength(queue.size());
        int index = payload.readerIndex();
        int length = payload.readableBytes();
        int window = env.settings().userSendWindow();
        if (queue.isEmpty() && emit(payload, index, length, userType, order, window, NO_BOUND, 1)) {
            return EvsSendResult.OK;
        }
        queue.add(new Queued(userType, order, payload.retain(), index, length));
        queuedBytes += length;
        return EvsSendResult.OK;
    }

    /**
     * A token that comes back behind all that anybody had delivered, and also behind what this node itself has sent: whoever rolled back a
     * streaming transaction here, which waits for nobody, sees nothing of it in his next read. The reference waits for the former only
     * (docs/spec/gcomm-evs.md 6.6).
     */
    private EvsSendResult sendCausal(int userType, ByteBuf payload) {
        InputMap map = current.map();
        long period = env.settings().causalKeepalivePeriod();
        boolean recent = period > 0 && env.now() - lastCausalKeepalive < period;
        if (recent && !delivery.hasCausals() && current.lastSent() == map.safeSeq()) {
            delivery.deliver();
            if (map.hasDeliverable()) {
                return EvsSendResult.TRY_AGAIN;
            }
            delivery.deliverCausalNow(userType, payload, current.lastSent());
            return EvsSendResult.OK;
        }
        if (!recent) {
            keepalive();
            lastCausalKeepalive = env.now();
        }
        delivery.queueCausal(userType, payload, Math.max(map.aru(), current.lastSent()));
        delivery.deliver();
        return EvsSendResult.OK;
    }

    /** An empty message in the next slot. */
    void keepalive() {
        emit(null, 0, 0, UserMessage.NO_USER_TYPE, EvsOrder.DROP, NO_BOUND, NO_BOUND, 1);
    }

    /** An empty message that fills own slots up to one, or as many as one message can; no further than slots can honestly be. */
    void complete(long upto) {
        long last = Math.min(upto, current.map().horizon(env.settings().sendWindow()));
        if (last > current.lastSent()) {
            emit(null, 0, 0, UserMessage.NO_USER_TYPE, EvsOrder.DROP, NO_BOUND, last, 1);
        }
    }

    /** As many empty messages as it takes to have used all slots that anybody has used. */
    void completeAll() {
        long before;
        do {
            before = current.lastSent();
            complete(current.map().maxHs());
        } while (current.lastSent() > before);
    }

    /** Sends of the queue what the window allows; false if that is nothing though something waits. */
    boolean flush() {
        boolean any = queue.isEmpty();
        while (!queue.isEmpty() && flushOne(env.settings().sendWindow())) {
            any = true;
        }
        return any;
    }

    /** Sends what the window now allows; if nothing waits, fills the own slots up to the highest that anybody has used. */
    void proceed() {
        if (!queue.isEmpty()) {
            flush();
        } else if (current.lastSent() < current.map().maxHs()) {
            complete(current.map().maxHs());
        }
    }

    /** Sends the whole queue: membership is about to change, and what was accepted must not be lost. */
    void flushAll() {
        while (!queue.isEmpty()) {
            flushOne(NO_BOUND);
        }
    }

    private boolean flushOne(int window) {
        if (window != NO_BOUND && current.lastSent() + 1 > current.map().safeSeq() + window) {
            return false;
        }
        int count = env.settings().useAggregate() ? aggregable() : 1;
        Queued first = queue.peek();
        if (count == 1) {
            emit(first.payload(), first.index(), first.length(), first.userType(), first.order(), window, NO_BOUND, 1);
        } else {
            ByteBuf aggregate = aggregate(count);
            try {
                emit(
                        aggregate,
                        aggregate.readerIndex(),
                        aggregate.readableBytes(),
                        UserMessage.NO_USER_TYPE,
                        first.order(),
                        window,
                        NO_BOUND,
                        count);
            } finally {
                aggregate.release();
            }
        }
        for (int i = 0; i < count; i++) {
            Queued sent = queue.poll();
            queuedBytes -= sent.length();
            sent.payload().release();
        }
        return true;
    }

    /** How many messages at the head of the queue fit into one. */
    private int aggregable() {
        int count = 0;
        int bytes = 0;
        EvsOrder order = queue.peek().order();
        for (Queued next : queue) {
            bytes += Aggregate.SUB_HEADER + next.length();
            if (next.order() != order || bytes > Aggregate.MAXIMUM_LENGTH) {
                break;
            }
            count++;
        }
        return Math.max(count, 1);
    }

    private ByteBuf aggregate(int count) {
        int bytes = 0;
        int left = count;
        for (Queued next : queue) {
            if (left-- == 0) {
                break;
            }
            bytes += Aggregate.SUB_HEADER + next.length();
        }
        ByteBuf out = newPayload(bytes);
        left = count;
        for (Queued next : queue) {
            if (left-- == 0) {
                break;
            }
            Aggregate.writeSubHeader(out, next.userType(), next.length());
            out.writeBytes(next.payload(), next.index(), next.length());
        }
        return out;
    }

    ByteBuf newPayload(int capacity) {
        ByteBuf buffer = env.allocator.buffer(Evs.PAYLOAD_HEADROOM + capacity);
        return buffer.setIndex(Evs.PAYLOAD_HEADROOM, Evs.PAYLOAD_HEADROOM);
    }

    /**
     * EMIT of docs/spec/gcomm-evs.md 6.1.
     *
     * @param window slots that may be in flight, or none
     * @param upto slot to complete to, or none
     * @param consumed how many queued messages this one takes away
     * @return false if the window does not allow it
     */
    private boolean emit(
            ByteBuf payload, int index, int length, int userType, EvsOrder order, int window, long upto, int consumed) {
        InputMap map = current.map();
        long seq = current.lastSent() + 1;
        if (window != NO_BOUND && seq > map.safeSeq() + window) {
            return false;
        }
        boolean completes = upto != NO_BOUND;
        long range = completes ? Math.min(upto - seq, MAXIMUM_RANGE) : 0;
        boolean more = queue.size() > consumed && !completes && !needsFeedback(seq + range, window, length);
        bytesWithoutFeedback = more ? bytesWithoutFeedback + length : 0;
        if (!more && !completes) {
            range = Math.min(Math.max(map.maxHs() - seq, 0), MAXIMUM_RANGE);
        }
        int flags = (more ? EvsMessage.MSG_MORE : 0) | (consumed > 1 ? EvsMessage.AGGREGATE : 0);
        UserMessage message = new UserMessage(
                flags,
                env.settings().version(),
                outbox.nextFifoSeq(),
                env.self,
                current.id(),
                order,
                userType,
                (int) range,
                seq,
                map.aru(),
                payload,
                index,
                length);
        if (order == EvsOrder.SAFE) {
            message.emittedAt = env.now();
        }
        map.insert(current.selfIndex(), message);
        current.lastSent(seq + range);
        map.raiseMark(current.selfIndex(), map.aru());
        message.acknowledge(map.aru());
        outbox.broadcastUser(message);
        delivery.deliver();
        return true;
    }

    private boolean needsFeedback(long end, int window, int length) {
        return window != NO_BOUND
                && (end + 1 > current.map().safeSeq() + window || bytesWithoutFeedback + length >= FEEDBACK_BYTES);
    }

    /** Releases what was not sent; for a node that ends. */
    void clear() {
        queue.forEach(q -> q.payload().release());
        queue.clear();
        queuedBytes = 0;
    }
}

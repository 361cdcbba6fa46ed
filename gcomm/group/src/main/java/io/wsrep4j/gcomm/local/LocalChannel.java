package io.wsrep4j.gcomm.local;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.GroupChannel;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.gcomm.GroupListener;
import io.wsrep4j.gcomm.GroupView;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A group of one. Every message is delivered before the call that sends it returns, on the same thread, one at a time; what the listener sends
 * while it is being delivered to follows afterwards. Guarded by this object's lock.
 */
final class LocalChannel implements GroupChannel {

    private static final int MAXIMUM_LENGTH = 1 << 20;
    private static final String NO_SAMPLES = "0/0/0/0/0";

    private final Uuid id = newId();
    private final ArrayDeque<Runnable> followUps = new ArrayDeque<>();
    private GroupListener listener;
    private boolean left;
    private boolean delivering;
    private ByteBuffer joined = ByteBuffer.allocate(0);

    private static Uuid newId() {
        java.util.UUID random = java.util.UUID.randomUUID();
        return new Uuid(random.getMostSignificantBits(), random.getLeastSignificantBits());
    }

    /** There is nobody to look for: joining without bootstrap is refused. */
    @Override
    public synchronized void join(String groupName, boolean bootstrap, GroupListener newListener)
            throws GroupException {
        if (listener != null || left) {
            throw new GroupException("this channel was used before; a channel joins once");
        }
        if (!bootstrap) {
            left = true;
            throw new GroupException("there is no group '" + groupName
                    + "' to join at local://: this backend has only groups of one; start with bootstrap");
        }
        listener = newListener;
        GroupView view = new GroupView(true, false, 0, List.of(new GroupView.GroupMember(id, 0)));
        deliver(() -> newListener.onView(view));
    }

    @Override
    public synchronized void leave() {
        if (listener == null || left) {
            return;
        }
        left = true;
        GroupListener last = listener;
        deliver(() -> last.onLeft(null));
    }

    @Override
    public boolean setOption(String name, String value) {
        return false;
    }

    /** There is nobody to be cut off from. */
    @Override
    public void isolate(boolean isolated) {}

    /** There is nobody to be shut out. */
    @Override
    public void evict(Uuid member) {}

    @Override
    public synchronized SendResult send(int type, ByteBuffer header, ByteBuffer body) {
        if (listener == null || left) {
            return SendResult.CLOSED;
        }
        long length = (long) header.remaining() + body.remaining();
        if (length > MAXIMUM_LENGTH) {
            return SendResult.TOO_LONG;
        }
        if (delivering) {
            ByteBuffer copy = ByteBuffer.allocate((int) length);
            copy.put(header.duplicate()).put(body.duplicate()).flip();
            followUps.add(() -> listener.onMessage(0, type, copy));
            return SendResult.ACCEPTED;
        }
        ByteBuffer payload = join(header, body);
        delivering = true;
        try {
            listener.onMessage(0, type, payload);
        } finally {
            delivering = false;
        }
        deliverFollowUps();
        return SendResult.ACCEPTED;
    }

    private ByteBuffer join(ByteBuffer header, ByteBuffer body) {
        if (!header.hasRemaining()) {
            return body.duplicate();
        }
        int length = header.remaining() + body.remaining();
        if (joined.capacity() < length) {
            joined = ByteBuffer.allocate(Math.max(length, 2 * joined.capacity()));
        }
        joined.clear();
        return joined.put(header.duplicate()).put(body.duplicate()).flip();
    }

    @Override
    public synchronized SendResult sendCausal(long token) {
        if (listener == null || left) {
            return SendResult.CLOSED;
        }
        deliver(() -> listener.onCausal(token));
        return SendResult.ACCEPTED;
    }

    private void deliver(Runnable event) {
        followUps.add(event);
        if (!delivering) {
            deliverFollowUps();
        }
    }

    private void deliverFollowUps() {
        while (!followUps.isEmpty()) {
            Runnable next = followUps.remove();
            delivering = true;
            try {
                next.run();
            } finally {
                delivering = false;
            }
        }
    }

    @Override
    public int maximumLength() {
        return MAXIMUM_LENGTH;
    }

    @Override
    public synchronized SortedMap<String, String> status() {
        TreeMap<String, String> status = new TreeMap<>();
        status.put("cluster_weight", "1");
        status.put("evs_delayed", "");
        status.put("evs_evict_list", "");
        status.put("evs_repl_latency", NO_SAMPLES);
        status.put("evs_state", listener == null || left ? "CLOSED" : "OPERATIONAL");
        status.put("gcomm_uuid", id.toString());
        status.put("gmcast_segment", "0");
        return status;
    }

    @Override
    public void resetStatistics() {}
}

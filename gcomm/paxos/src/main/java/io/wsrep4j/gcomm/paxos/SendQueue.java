package io.wsrep4j.gcomm.paxos;

import io.wsrep4j.gcomm.paxos.message.Item;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;

/** Own items from their acceptance to their execution, and items of others to propose (docs/spec/paxos.md 9.1, 9.3, 12.3). */
final class SendQueue {

    private final PaxosMachine machine;
    private final TreeMap<Long, Item> own = new TreeMap<>();
    private final Deque<Item> forwarded = new ArrayDeque<>();
    private long sequence;
    private long next = 1;
    private long queuedBytes;
    private long forwardedBytes;
    private long repeated;

    SendQueue(PaxosMachine machine) {
        this.machine = machine;
    }

    /** Another incarnation: what the last one had not delivered is lost with it, as its listener was told. */
    void restart() {
        own.clear();
        sequence = 0;
        next = 1;
        queuedBytes = 0;
        forwarded.clear();
        forwardedBytes = 0;
    }

    boolean hasRoom(int bytes) {
        return queuedBytes == 0
                || queuedBytes + bytes <= machine.settings.bounds().sendQueueBytes();
    }

    void add(int type, ByteBuffer bytes) {
        own.put(++sequence, new Item(machine.mid, sequence, type, bytes));
        queuedBytes += bytes.remaining();
    }

    void forward(List<Item> items) {
        for (Item item : items) {
            if (forwardedBytes + item.size() <= machine.settings.bounds().sendQueueBytes()) {
                forwardedBytes += item.size();
                forwarded.add(item);
            }
        }
    }

    boolean isEmpty() {
        return next > sequence && forwarded.isEmpty();
    }

    boolean hasOwnUnexecuted() {
        return !own.isEmpty();
    }

    int unexecuted() {
        return own.size();
    }

    long repeated() {
        return repeated;
    }

    long next() {
        return next;
    }

    /** The next batch for an own value: at least one if there is any. */
    List<Item> batch() {
        List<Item> batch = new ArrayList<>();
        int bytes = 0;
        PaxosSettings.Bounds bounds = machine.settings.bounds();
        while (batch.size() < bounds.batchItems()) {
            Item item = next <= sequence ? own.get(next) : forwarded.peek();
            if (item == null || (!batch.isEmpty() && bytes + item.size() > bounds.batchBytes())) {
                break;
            }
            if (next <= sequence) {
                next++;
            } else {
                forwarded.poll();
                forwardedBytes -= item.size();
            }
            batch.add(item);
            bytes += item.size();
        }
        return batch;
    }

    /** All own items that are not proposed yet, for another to propose; bounded in bytes, and moves on. */
    List<Item> take(int mostBytes) {
        List<Item> taken = new ArrayList<>();
        int bytes = 0;
        while (next <= sequence && (taken.isEmpty() || bytes + own.get(next).size() <= mostBytes)) {
            bytes += own.get(next).size();
            taken.add(own.get(next++));
        }
        return taken;
    }

    /** From here on again. */
    void goBack(long expected) {
        repeated += Math.max(0, next - expected);
        next = Math.min(next, expected);
    }

    void executed(long executedSequence) {
        Item item = own.remove(executedSequence);
        if (item != null) {
            queuedBytes -= item.bytes().remaining();
            next = Math.max(next, executedSequence + 1);
        }
    }
}

package io.wsrep4j.gcomm.paxos;

import io.wsrep4j.gcomm.paxos.message.Command;
import io.wsrep4j.gcomm.paxos.message.Item;
import io.wsrep4j.gcomm.paxos.message.ReadSection.Forward;
import java.util.List;

/** A member without a lane has its items proposed by one that has (docs/spec/paxos.md 12.3). */
final class Forwarder {

    private final PaxosMachine machine;
    private int target;
    private int configuration;
    /** Own sequences below were sent to the target. */
    private long sent;

    private long progressAt;
    private long progress;

    Forwarder(PaxosMachine machine) {
        this.machine = machine;
    }

    void clear() {
        target = 0;
        sent = 0;
    }

    private boolean hasLane() {
        return machine.slots.nextOwned(machine.mid, Math.max(machine.lane.floor(), machine.executed())) != SlotMap.NONE;
    }

    boolean isNeeded() {
        return !machine.slots.isEmpty() && !hasLane();
    }

    /** The lane owner to send to: the first that is heard, always the same while it is; 0 for none. */
    private int owner() {
        for (int owner : machine.slots.newest().lanes()) {
            if (owner != machine.mid && !machine.detector.isSilent(owner)) {
                return owner;
            }
        }
        return 0;
    }

    /** Whether an own item is on its way, as far as one can tell. */
    boolean carries(long sequence) {
        if (machine.executor.expected(machine.mid) != progress) {
            progress = machine.executor.expected(machine.mid);
            progressAt = machine.now;
        }
        return target != 0
                && isNeeded()
                && target == owner()
                && configuration == machine.slots.newest().number()
                && sequence < sent
                && machine.now - progressAt < machine.settings.timing().retryPeriod();
    }

    void run() {
        if (!machine.mayPropose() || !isNeeded() || machine.queue.isEmpty()) {
            return;
        }
        int owner = owner();
        if (owner == 0) {
            return;
        }
        if (target != owner || configuration != machine.slots.newest().number()) {
            target = owner;
            configuration = machine.slots.newest().number();
            progressAt = machine.now;
        }
        PaxosSettings.Bounds bounds = machine.settings.bounds();
        List<Item> items = machine.queue.take(bounds.batchBytes());
        while (!items.isEmpty()) {
            boolean isRepeated = items.get(0).sequence() < sent;
            boolean isAlone = machine.queue.unexecuted() == items.size();
            progressAt = isRepeated || isAlone ? machine.now : progressAt;
            machine.out.send(owner, new Forward(items, List.of()));
            sent = machine.queue.next();
            items = machine.queue.take(bounds.batchBytes());
        }
    }

    /** What the order should do: through an own lane, or another's. */
    void order(List<Command> commands) {
        if (hasLane() || machine.gaps.isLeaderless()) {
            machine.lane.order(commands);
        } else if (owner() != 0) {
            machine.out.send(owner(), new Forward(List.of(), commands));
        }
    }

    void onForward(Forward forward) {
        if (hasLane()) {
            machine.queue.forward(forward.items());
            if (!forward.commands().isEmpty()) {
                machine.lane.order(forward.commands());
            }
        }
    }
}

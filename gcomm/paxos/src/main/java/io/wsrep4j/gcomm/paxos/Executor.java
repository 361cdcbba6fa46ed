package io.wsrep4j.gcomm.paxos;

import io.wsrep4j.gcomm.paxos.message.Item;
import io.wsrep4j.gcomm.paxos.message.PaxosConfiguration;
import io.wsrep4j.gcomm.paxos.message.PaxosMember;
import io.wsrep4j.gcomm.paxos.message.Value;
import java.util.Map;
import java.util.TreeMap;

/** Decided slots in their order: items upward, commands into configurations, views where they start (docs/spec/paxos.md 9). Not re-entrant. */
final class Executor {

    private final PaxosMachine machine;
    /** The next sequence of each member: a function of the order, alike on all members that have executed the same. */
    private final TreeMap<Integer, Long> expected = new TreeMap<>();

    private long executed;
    private boolean isInstalled;
    private boolean isRunning;
    private long views;
    private long items;

    Executor(PaxosMachine machine) {
        this.machine = machine;
    }

    void clear() {
        expected.clear();
        executed = 0;
        isInstalled = false;
        views = 0;
    }

    /** The first slot that is not executed; 0 before there is a configuration. */
    long executed() {
        return executed;
    }

    /** A joiner knows where it will start before it knows with what. */
    void awaitAt(long slot) {
        executed = slot;
    }

    boolean isInstalled() {
        return isInstalled;
    }

    /** Out of the group: nothing above is this member's any more. */
    void stop() {
        isInstalled = false;
    }

    void install(long slot, Map<Integer, Long> expectedThere, long viewsBefore) {
        executed = slot;
        expected.clear();
        expected.putAll(expectedThere);
        views = viewsBefore;
        isInstalled = true;
        enter(machine.slots.at(slot), false);
    }

    long expected(int mid) {
        return expected.getOrDefault(mid, 1L);
    }

    Map<Integer, Long> expected() {
        return expected;
    }

    long views() {
        return views;
    }

    long items() {
        return items;
    }

    /** @return whether it got any further */
    boolean run() {
        if (isRunning || !isInstalled) {
            return false;
        }
        isRunning = true;
        long before = executed;
        for (Value value = machine.log.get(executed); value != null && isInstalled; value = machine.log.get(executed)) {
            execute(executed, value);
            if (!isInstalled) {
                break; // removed by it: the next life begins elsewhere
            }
            executed++;
            if (executed == machine.force.start()) {
                break; // what begins here is not what the order said
            }
            PaxosConfiguration next = machine.slots.at(executed);
            if (next.start() == executed) {
                machine.membership.onEnding(next);
                if (isInstalled) {
                    enter(next, false);
                }
            }
        }
        isRunning = false;
        if (isInstalled && executed != before) {
            machine.onExecuted(executed);
        }
        return executed != before;
    }

    private void execute(long slot, Value value) {
        PaxosConfiguration configuration = machine.slots.at(slot);
        if (value.isConfiguration()) {
            machine.reconfiguration.execute(slot, value.commands(), configuration);
        }
        for (Item item : value.items()) {
            PaxosMember sender = configuration.member(item.sender());
            if (sender != null && item.sequence() == expected(item.sender())) {
                expected.put(item.sender(), item.sequence() + 1);
                items++;
                if (item.sender() == machine.mid) {
                    machine.queue.executed(item.sequence());
                }
                machine.modes.onItem(item.sender());
                machine.listener.onMessage(item.sender(), item.type(), item.bytes());
            }
        }
    }

    /** A configuration begins. */
    void enter(PaxosConfiguration configuration, boolean forced) {
        expected.keySet().removeIf(mid -> configuration.member(mid) == null);
        configuration.members().forEach(member -> expected.putIfAbsent(member.mid(), 1L));
        if (configuration.changesView()) {
            views++;
            machine.membership.onView(configuration);
            machine.listener.onView(configuration, machine.groupId, views, forced);
        }
    }
}

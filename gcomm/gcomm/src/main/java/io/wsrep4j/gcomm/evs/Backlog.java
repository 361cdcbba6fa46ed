package io.wsrep4j.gcomm.evs;

import java.util.ArrayDeque;

/**
 * Messages that this node is still to handle in the running call: its own by which the nodes agree on a view, in the order in which they went out, and
 * one of another node that has to wait for these. Whoever sends to all goes on with what it is doing; the call ends when nothing is left here.
 */
final class Backlog {

    private final ArrayDeque<Entry> entries = new ArrayDeque<>();

    /** @param source who sent the message first */
    record Entry(Node source, EvsMessage message) {}

    void add(Node source, EvsMessage message) {
        entries.add(new Entry(source, message));
    }

    /** The next one, or null. */
    Entry poll() {
        return entries.poll();
    }

    /** Forgets all. */
    void clear() {
        entries.clear();
    }
}

package io.wsrep4j.gcomm.simulation;

import java.util.PriorityQueue;

/** A clock that jumps from event to event. */
public final class SimulatedTime {

    /** A second, in nanoseconds. */
    public static final long SECOND = 1_000_000_000L;

    /** A millisecond, in nanoseconds. */
    public static final long MILLI = 1_000_000L;

    /** More than any cluster of a simulation has at a time: what is put off breeds. */
    private static final int TOO_MANY = 1_000_000;

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long now;
    private long count;

    private record Event(long at, long number, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int time = Long.compare(at, other.at);
            return time != 0 ? time : Long.compare(number, other.number);
        }
    }

    public long now() {
        return now;
    }

    /** Does something at a time; events of one time run in the order in which they were given. */
    public void at(long nanos, Runnable action) {
        if (events.size() >= TOO_MANY) {
            throw new AssertionError(TOO_MANY + " events wait at " + now + " ns; one more: " + action);
        }
        events.add(new Event(Math.max(nanos, now), count++, action));
    }

    public void after(long nanos, Runnable action) {
        at(now + nanos, action);
    }

    /** Runs everything up to a time, and stands at it then. */
    public void runUntil(long nanos) {
        while (!events.isEmpty() && events.peek().at() <= nanos) {
            Event next = events.poll();
            now = next.at();
            next.action().run();
        }
        now = Math.max(now, nanos);
    }

    /** Runs one event; false if there is none. */
    public boolean step() {
        Event next = events.poll();
        if (next == null) {
            return false;
        }
        now = next.at();
        next.action().run();
        return true;
    }
}

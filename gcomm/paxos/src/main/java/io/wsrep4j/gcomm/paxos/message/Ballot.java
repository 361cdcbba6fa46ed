package io.wsrep4j.gcomm.paxos.message;

/**
 * A ballot (docs/spec/paxos.md 4). Count 0 is the slot's owner's alone; everybody else proposes with 1 or more and the own mid.
 *
 * @param count 0 to {@link #MAX_COUNT}, compared first
 * @param mid whose ballot it is; 0 only in {@link #NONE}
 */
public record Ballot(int count, int mid) implements Comparable<Ballot> {

    /** Nothing promised yet. Below every ballot of anybody. */
    public static final Ballot NONE = new Ballot(0, 0);

    /** No member gets there one by one, and what a frame claims cannot leave others without a higher one. */
    public static final int MAX_COUNT = 1 << 30;

    static final int BYTES = 8;

    /** Whether the owner's right by arithmetic is all that stands behind it. */
    public boolean isFast() {
        return count == 0;
    }

    @Override
    public int compareTo(Ballot other) {
        return count != other.count ? Integer.compare(count, other.count) : Integer.compare(mid, other.mid);
    }

    /** Whether it may be accepted where {@code promised} was promised. */
    public boolean isAtLeast(Ballot promised) {
        return compareTo(promised) >= 0;
    }

    public boolean isAbove(Ballot other) {
        return compareTo(other) > 0;
    }

    void write(WireWriter out) {
        out.u32(count);
        out.u32(mid);
    }

    static Ballot read(WireReader in) {
        return new Ballot(in.intIn("ballot's count", 0, MAX_COUNT), in.mid("ballot's mid"));
    }
}

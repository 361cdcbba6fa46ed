package io.wsrep4j.gcomm.paxos.message;

/**
 * Which value: exact, not a hash (docs/spec/paxos.md 8.1).
 *
 * @param mid who built it; 0 for a no-op
 * @param number the builder's running number, from 1; 0 for a no-op
 */
public record ValueId(int mid, long number) {

    public static final ValueId NOOP = new ValueId(0, 0);

    static final int BYTES = 16;

    void write(WireWriter out) {
        out.u32(mid);
        out.u32(0);
        out.u64(number);
    }

    static ValueId read(WireReader in) {
        int mid = in.mid("value id's mid");
        in.zero32("value id's reserved word");
        long number = in.longIn("value id's number", 0, Long.MAX_VALUE);
        if ((mid == 0) != (number == 0)) {
            throw new MalformedFrameException(
                    "value id " + mid + ":" + number + " is neither a no-op's nor a member's");
        }
        return mid == 0 ? NOOP : new ValueId(mid, number);
    }
}

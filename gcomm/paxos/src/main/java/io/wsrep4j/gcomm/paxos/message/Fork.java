package io.wsrep4j.gcomm.paxos.message;

/**
 * A group that this one was forced from (docs/spec/paxos.md 17.4).
 *
 * @param groupId its id
 * @param epoch its last
 * @param end the last slot that the two have in common; 0 for none
 */
public record Fork(long groupId, int epoch, long end) {

    static final int BYTES = 20;

    void write(WireWriter out) {
        out.u64(groupId);
        out.u32(epoch);
        out.u64(end);
    }

    static Fork read(WireReader in) {
        return new Fork(in.u64(), in.mid("fork's epoch"), in.slotOrNone("fork's end"));
    }
}

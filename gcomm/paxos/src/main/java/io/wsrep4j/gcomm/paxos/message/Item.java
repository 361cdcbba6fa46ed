package io.wsrep4j.gcomm.paxos.message;

import java.nio.ByteBuffer;

/**
 * One message of the layer above (docs/spec/paxos.md 9.1).
 *
 * @param sender mid
 * @param sequence 1, 2, 3 ... for each sender
 * @param type 0 to 254, of the layer above
 * @param bytes between position and limit; nobody writes to them any more, and nobody moves the position
 */
public record Item(int sender, long sequence, int type, ByteBuffer bytes) {

    static final int HEADER = 20;

    /** Bytes on the wire. */
    public int size() {
        return HEADER + bytes.remaining();
    }

    void write(WireWriter out) {
        out.u32(sender);
        out.u64(sequence);
        out.u8(type);
        out.u8(0);
        out.u16(0);
        out.u32(bytes.remaining());
        out.bytes(bytes);
    }

    static Item read(WireReader in) {
        int sender = in.memberMid("item's sender");
        long sequence = in.longIn("item's sequence", 1, Long.MAX_VALUE);
        int type = in.u8();
        in.zero8("item's flags");
        in.zero16("item's reserved bytes");
        return new Item(sender, sequence, type, in.bytes("item", in.u32()));
    }
}

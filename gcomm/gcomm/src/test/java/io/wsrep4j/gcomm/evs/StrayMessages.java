package io.wsrep4j.gcomm.evs;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.wsrep4j.api.Uuid;

/** Messages that a node sends at a moment when no sound node would, or that come out of the blue. */
public final class StrayMessages {

    private static final long LATE_FIFO_SEQ = 1L << 40;

    private StrayMessages() {}

    /** A message of a view that nobody knows. */
    public static byte[] user(Uuid from) {
        ViewId view = new ViewId(ViewType.REG, from, 77);
        return bytes(new UserMessage(0, 1, 500, from, view, EvsOrder.DROP, 0xff, 0, 5, 4, null, 0, 0));
    }

    /** A request for slots of a member, in a view. */
    public static byte[] request(ViewId view, Uuid origin, long lu, long hs) {
        return bytes(
                new GapMessage(EvsMessage.RETRANS, 1, LATE_FIFO_SEQ, Uuid.UNDEFINED, view, hs, lu - 1, origin, lu, hs));
    }

    private static byte[] bytes(EvsMessage message) {
        ByteBuf out = Unpooled.buffer();
        EvsEncoder.encode(message, out);
        return ByteBufUtil.getBytes(out);
    }
}

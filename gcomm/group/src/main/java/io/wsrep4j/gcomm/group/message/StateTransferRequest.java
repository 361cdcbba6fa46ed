package io.wsrep4j.gcomm.group.message;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.Uuid;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A request for a state transfer, as the group layer sends it (docs/spec/gcs.md 10.1). Immutable; {@code body} is a view of the bytes it was read
 * from or given.
 *
 * @param donors names of wanted donors, separated by commas; may be empty
 * @param version of the request: 2 or 3 with a position; 0 (or 1) without, as arbitrators send it
 * @param position what the joiner could continue from; {@link Gtid#UNDEFINED} if nothing
 * @param body the replicator's part, between position and limit
 */
public record StateTransferRequest(String donors, int version, Gtid position, ByteBuffer body) {

    /** List of donors that asks for no transfer but for leaving flow control. */
    public static final String SELF_DESYNC = "self-desync";

    /** The longest request that is read, in bytes: many times what any method of transfer has to say. */
    public static final int LONGEST = 1 << 20;

    private static final int FIRST_VERSION_WITH_POSITION = 2;
    private static final int DESYNC_VERSION = 2;
    private static final byte VERSION_MARK = 'V';
    private static final int POSITION_BLOCK = 2 + Uuid.BYTES + Long.BYTES;

    /** A request for leaving flow control. */
    public static StateTransferRequest desync() {
        return new StateTransferRequest(SELF_DESYNC, DESYNC_VERSION, Gtid.UNDEFINED, ByteBuffer.allocate(1));
    }

    /** True if no transfer is asked for. */
    public boolean isDesync() {
        return donors.equals(SELF_DESYNC);
    }

    /** The action's bytes. */
    public byte[] encode() {
        byte[] list = Strings.encode(donors);
        boolean positioned = version >= FIRST_VERSION_WITH_POSITION;
        ByteBuffer out = ByteBuffer.allocate(list.length + 1 + (positioned ? POSITION_BLOCK : 0) + body.remaining())
                .order(ByteOrder.LITTLE_ENDIAN);
        out.put(list).put((byte) 0);
        if (positioned) {
            out.put(VERSION_MARK).put((byte) version);
            position.uuid().write(out, out.position());
            out.position(out.position() + Uuid.BYTES);
            out.putLong(position.seqno());
        }
        out.put(body.duplicate());
        return out.array();
    }

    /**
     * Reads an action.
     *
     * @param source between position and limit; not moved
     */
    public static StateTransferRequest decode(ByteBuffer source) throws MalformedMessageException {
        ByteBuffer in = source.slice().order(ByteOrder.LITTLE_ENDIAN);
        String donors = Strings.take(in, "list of donors");
        int version = 1;
        Gtid position = new Gtid(Uuid.UNDEFINED, Seqno.UNDEFINED);
        int start = in.position();
        if (in.remaining() >= 2 && in.get(start) == VERSION_MARK) {
            version = in.get(start + 1) & 0xff;
            if (version >= FIRST_VERSION_WITH_POSITION) {
                if (in.remaining() < POSITION_BLOCK) {
                    throw new MalformedMessageException(
                            "state transfer request of version " + version + " behind its list of donors",
                            in.remaining() + " bytes",
                            "at least " + POSITION_BLOCK);
                }
                position = new Gtid(Uuid.read(in, start + 2), in.getLong(start + 2 + Uuid.BYTES));
                in.position(start + POSITION_BLOCK);
            }
        }
        return new StateTransferRequest(donors, version, position, in.slice());
    }
}

package io.wsrep4j.gcomm.group.message;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Uuid;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What a member says of itself in a state exchange (docs/spec/gcs.md 5). Immutable.
 *
 * @param version of the message
 * @param flags see the constants
 * @param supported highest protocol versions that the sender supports
 * @param lastPrimary its last primary component
 * @param currentState its state now
 * @param exchange the state UUID that is answered
 * @param position history and last seqno received
 * @param name of the node
 * @param incomingAddress where it takes clients
 * @param cachedFrom lowest seqno in its write-set cache, -1 for none
 * @param desyncCount how often it is desynced
 * @param commitCut the group's commit cut as this node knows it
 * @param vote its last vote
 * @param votePolicy what it is configured with
 * @param used highest protocol versions that its primary components have used
 */
public record StateMessage(
        int version,
        int flags,
        Protocols supported,
        LastPrimary lastPrimary,
        NodeState currentState,
        Uuid exchange,
        Gtid position,
        String name,
        String incomingAddress,
        long cachedFrom,
        int desyncCount,
        long commitCut,
        Vote vote,
        int votePolicy,
        Protocols used) {

    /** Version that is written. */
    public static final int VERSION = 6;

    /** The sender's index is 0. */
    public static final int REPRESENTATIVE = 0x01;
    /** The sender counts in the commit cut. */
    public static final int COUNTS_IN_COMMIT_CUT = 0x02;
    /** The sender takes part in a bootstrap of this component. */
    public static final int BOOTSTRAP = 0x04;
    /** The sender stores nothing. */
    public static final int ARBITRATOR = 0x08;

    private static final int FLAGS = 1;
    private static final int GROUP_PROTOCOL = 2;
    private static final int REPLICATOR_PROTOCOL = 3;
    private static final int PRIMARY_STATE = 4;
    private static final int CURRENT_STATE = 5;
    private static final int PRIMARY_JOINED = 6;
    private static final int EXCHANGE = 8;
    private static final int HISTORY = 24;
    private static final int PRIMARY_UUID = 40;
    private static final int RECEIVED = 56;
    private static final int PRIMARY_SEQNO = 64;
    private static final int NAME = 72;

    /** Bytes after the strings, up to and including the version that brought them. */
    private static final int TAIL_1 = 1;

    private static final int TAIL_3 = TAIL_1 + Long.BYTES;
    private static final int TAIL_4 = TAIL_3 + Integer.BYTES;
    private static final int TAIL_5 = TAIL_4 + 3 * Long.BYTES + 1;
    private static final int TAIL_6 = TAIL_5 + 3;

    private static final int FIRST_GROUP_PROTOCOL_WITH_COMMIT_CUT = 2;
    private static final int DEFAULT_VOTE_POLICY = 1;

    /**
     * A member's last primary component.
     *
     * @param uuid of it: the state UUID of its exchange; undefined if there was none
     * @param configurationId of it, -1 if there was none
     * @param completeMembers how many complete members it had
     * @param state the member's own state in it
     */
    public record LastPrimary(Uuid uuid, long configurationId, int completeMembers, NodeState state) {
        /** None. */
        public static final LastPrimary NONE = new LastPrimary(Uuid.UNDEFINED, -1L, 0, NodeState.NON_PRIM);

        /** The same, in which the member was this at the end. */
        public LastPrimary endedAs(NodeState own) {
            return new LastPrimary(uuid, configurationId, completeMembers, own);
        }

        /** The same, in which another member has got the state. */
        public LastPrimary withOneMoreComplete() {
            return new LastPrimary(uuid, configurationId, completeMembers + 1, state);
        }
    }

    /**
     * A vote.
     *
     * @param seqno what was voted on, -1 if nothing
     * @param value 0 for success, negative for a failure
     */
    public record Vote(long seqno, long value) {
        /** No vote. */
        public static final Vote NONE = new Vote(-1L, 0L);
    }

    /** True if the flag is set. */
    public boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** The message's bytes, in {@link #VERSION}. */
    public ByteBuffer encode() {
        byte[] nameBytes = Strings.encode(name);
        byte[] address = Strings.encode(incomingAddress);
        ByteBuffer out = ByteBuffer.allocate(NAME + nameBytes.length + 1 + address.length + 1 + TAIL_6)
                .order(ByteOrder.LITTLE_ENDIAN);
        out.put((byte) VERSION).put((byte) flags).put((byte) supported.group()).put((byte) supported.replicator());
        out.put((byte) lastPrimary.state().code()).put((byte) currentState.code());
        out.putShort((short) Math.min(lastPrimary.completeMembers(), Short.MAX_VALUE));
        exchange.write(out, EXCHANGE);
        position.uuid().write(out, HISTORY);
        lastPrimary.uuid().write(out, PRIMARY_UUID);
        out.putLong(RECEIVED, position.seqno()).putLong(PRIMARY_SEQNO, lastPrimary.configurationId());
        out.position(NAME);
        out.put(nameBytes).put((byte) 0).put(address).put((byte) 0);
        out.put((byte) supported.application()).putLong(cachedFrom).putInt(desyncCount);
        out.putLong(commitCut).putLong(vote.seqno()).putLong(vote.value()).put((byte) votePolicy);
        out.put((byte) used.group()).put((byte) used.replicator()).put((byte) used.application());
        return out.flip();
    }

    /**
     * Reads a message of any version; what follows the fields of version 6 is ignored.
     *
     * @param payload between position and limit; not moved
     */
    public static StateMessage decode(ByteBuffer payload) throws MalformedMessageException {
        ByteBuffer in = payload.slice().order(ByteOrder.LITTLE_ENDIAN);
        if (in.limit() < NAME + 2) {
            throw new MalformedMessageException("state message", in.limit() + " bytes", "at least " + (NAME + 2));
        }
        in.position(NAME);
        String name = Strings.take(in, "node name");
        String address = Strings.take(in, "incoming address");
        int version = in.get(0) & 0xff;
        int groupProtocol = in.get(GROUP_PROTOCOL) & 0xff;
        ByteBuffer tail = tail(in.slice().order(ByteOrder.LITTLE_ENDIAN), version, groupProtocol);
        return new StateMessage(
                version,
                in.get(FLAGS) & 0xff,
                new Protocols(groupProtocol, in.get(REPLICATOR_PROTOCOL) & 0xff, tail.get(0) & 0xff),
                new LastPrimary(
                        Uuid.read(in, PRIMARY_UUID),
                        in.getLong(PRIMARY_SEQNO),
                        in.getShort(PRIMARY_JOINED),
                        NodeState.ofCode(in.get(PRIMARY_STATE))),
                NodeState.ofCode(in.get(CURRENT_STATE)),
                Uuid.read(in, EXCHANGE),
                new Gtid(Uuid.read(in, HISTORY), in.getLong(RECEIVED)),
                name,
                address,
                tail.getLong(TAIL_1),
                tail.getInt(TAIL_3),
                tail.getLong(TAIL_4),
                new Vote(tail.getLong(TAIL_4 + 8), tail.getLong(TAIL_4 + 16)),
                tail.get(TAIL_4 + 24) & 0xff,
                new Protocols(tail.get(TAIL_5) & 0xff, tail.get(TAIL_5 + 1) & 0xff, tail.get(TAIL_5 + 2) & 0xff));
    }

    /** The fields after the strings as version 6 has them, those that the message lacks with their defaults. */
    private static ByteBuffer tail(ByteBuffer received, int version, int groupProtocol)
            throws MalformedMessageException {
        int claimed =
                switch (version) {
                    case 0 -> 0;
                    case 1, 2 -> TAIL_1;
                    case 3 -> TAIL_3;
                    case 4 -> TAIL_4;
                    case 5 -> TAIL_5;
                    default -> TAIL_6;
                };
        if (received.limit() < claimed) {
            throw new MalformedMessageException(
                    "state message of version " + version + " behind its strings",
                    received.limit() + " bytes",
                    String.valueOf(claimed));
        }
        ByteBuffer tail = ByteBuffer.allocate(TAIL_6).order(ByteOrder.LITTLE_ENDIAN);
        tail.putLong(TAIL_1, -1L);
        tail.put(0, received, 0, claimed);
        if (version < 5 || groupProtocol < FIRST_GROUP_PROTOCOL_WITH_COMMIT_CUT) {
            tail.putLong(TAIL_4, 0L).putLong(TAIL_4 + 8, 0L).putLong(TAIL_4 + 16, 0L);
            tail.put(TAIL_4 + 24, (byte) DEFAULT_VOTE_POLICY);
        }
        return tail;
    }

    /** For logs. */
    public String describe() {
        return name + " " + currentState + " at " + position + ", last primary " + lastPrimary.configurationId()
                + " as " + lastPrimary.state() + ", protocols " + supported + ", cached from " + cachedFrom;
    }
}

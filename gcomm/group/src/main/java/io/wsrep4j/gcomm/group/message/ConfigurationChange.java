package io.wsrep4j.gcomm.group.message;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Uuid;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * An ordered change of the group's configuration (docs/spec/gcs.md 9). Made locally by every member, kept in the write-set cache under its seqno,
 * and sent to joiners inside IST. Immutable.
 *
 * @param replicatorProtocol negotiated
 * @param applicationProtocol negotiated
 * @param position history, and the seqno of this change; of a non-primary one the last seqno
 * @param configurationId counts primary configurations; -1 for a non-primary one
 * @param voteSeqno the write set whose vote this change settles, or -1
 * @param voteResult outcome of that vote
 * @param members in the view's order; empty when this member left
 */
public record ConfigurationChange(
        int replicatorProtocol,
        int applicationProtocol,
        Gtid position,
        long configurationId,
        long voteSeqno,
        long voteResult,
        List<ConfigurationMember> members) {

    /** {@link #configurationId()} of a non-primary configuration. */
    public static final long NOT_PRIMARY = -1L;

    private static final byte FORMAT = 0;
    private static final int CHECKSUM_BYTES = 8;
    private static final int ALIGNMENT = 8;
    private static final int TEXT_OFFSET = 1;
    private static final int TEXT_FIELDS = 8;
    /** Two empty strings, a UUID as text with its zero, a seqno, a state. */
    private static final String WHERE = "configuration change";

    private static final int SHORTEST_MEMBER = Uuid.TEXT_LENGTH + 1 + 1 + 1 + Long.BYTES + 1;

    public ConfigurationChange {
        members = List.copyOf(members);
    }

    /** True if the group may order actions. */
    public boolean isPrimary() {
        return configurationId != NOT_PRIMARY;
    }

    /** The action's bytes, with padding and checksum. */
    public byte[] encode() {
        byte[] text = text().getBytes(StandardCharsets.US_ASCII);
        List<byte[]> strings = new ArrayList<>(members.size() * 2);
        int size = TEXT_OFFSET + text.length + 1;
        for (ConfigurationMember member : members) {
            byte[] name = Strings.encode(member.name());
            byte[] address = Strings.encode(member.incomingAddress());
            strings.add(name);
            strings.add(address);
            size += SHORTEST_MEMBER + name.length + address.length;
        }
        size = (size + CHECKSUM_BYTES + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        out.put(FORMAT).put(text).put((byte) 0);
        for (int i = 0; i < members.size(); i++) {
            ConfigurationMember member = members.get(i);
            out.put(member.id().toString().getBytes(StandardCharsets.US_ASCII)).put((byte) 0);
            out.put(strings.get(2 * i)).put((byte) 0);
            out.put(strings.get(2 * i + 1)).put((byte) 0);
            out.putLong(member.cachedFrom()).put((byte) member.state().code());
        }
        out.clear();
        out.putLong(size - CHECKSUM_BYTES, checksum(out));
        return out.array();
    }

    private String text() {
        return FORMAT
                + "," + replicatorProtocol
                + "," + applicationProtocol
                + "," + position
                + "," + configurationId
                + "," + voteSeqno
                + "," + voteResult
                + "," + members.size();
    }

    private static long checksum(ByteBuffer whole) {
        return Digest.fast(whole.slice(0, whole.limit() - CHECKSUM_BYTES)).low();
    }

    /**
     * Reads a whole action.
     *
     * @param source the action, between position and limit; not moved
     * @throws MalformedMessageException if the checksum, the format or any field is wrong
     */
    public static ConfigurationChange decode(ByteBuffer source) throws MalformedMessageException {
        ByteBuffer in = source.slice().order(ByteOrder.LITTLE_ENDIAN);
        int size = in.limit();
        if (size < TEXT_OFFSET + 1 + CHECKSUM_BYTES) {
            throw new MalformedMessageException(
                    WHERE, size + " bytes", "at least " + (TEXT_OFFSET + 1 + CHECKSUM_BYTES));
        }
        if (in.get(0) != FORMAT) {
            throw new MalformedMessageException(WHERE, "format " + in.get(0), String.valueOf(FORMAT));
        }
        if (in.getLong(size - CHECKSUM_BYTES) != checksum(in)) {
            throw new MalformedMessageException(WHERE, "a wrong checksum over " + size + " bytes", "the right one");
        }
        in.limit(size - CHECKSUM_BYTES).position(TEXT_OFFSET);
        String[] fields = Strings.take(in, "configuration change header").split(",", -1);
        if (fields.length != TEXT_FIELDS) {
            throw new MalformedMessageException(WHERE, fields.length + " header fields", String.valueOf(TEXT_FIELDS));
        }
        try {
            int count = Integer.parseInt(fields[7]);
            return new ConfigurationChange(
                    Integer.parseInt(fields[1]),
                    Integer.parseInt(fields[2]),
                    Gtid.parse(fields[3]),
                    Long.parseLong(fields[4]),
                    Long.parseLong(fields[5]),
                    Long.parseLong(fields[6]),
                    members(in, count));
        } catch (IllegalArgumentException e) {
            throw new MalformedMessageException(WHERE, e.getMessage(), "numbers and a position");
        }
    }

    private static List<ConfigurationMember> members(ByteBuffer in, int count) throws MalformedMessageException {
        if (count < 0 || count > in.remaining() / SHORTEST_MEMBER) {
            throw new MalformedMessageException(
                    WHERE,
                    count + " members in " + in.remaining() + " bytes",
                    "at least " + SHORTEST_MEMBER + " bytes for each");
        }
        List<ConfigurationMember> members = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Uuid id = Uuid.parse(Strings.take(in, "member id"));
            String name = Strings.take(in, "member name");
            String address = Strings.take(in, "member address");
            if (in.remaining() < Long.BYTES + 1) {
                throw new MalformedMessageException(
                        WHERE + ", member " + name, in.remaining() + " bytes", "at least " + (Long.BYTES + 1));
            }
            members.add(new ConfigurationMember(id, name, address, in.getLong(), NodeState.ofCode(in.get())));
        }
        return members;
    }

    /**
     * A member in a configuration.
     *
     * @param id in the group; unique over time
     * @param name as configured on that node
     * @param incomingAddress where it takes clients
     * @param cachedFrom lowest seqno in its write-set cache, -1 when it holds none
     * @param state after this change
     */
    public record ConfigurationMember(Uuid id, String name, String incomingAddress, long cachedFrom, NodeState state) {}
}

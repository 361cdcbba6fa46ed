package io.wsrep4j.gcomm.netty;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Uuid;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32C;

/**
 * Datagrams among wsrep4j nodes; the format is ours (docs/spec/gcomm-transport-pc.md 10.3: Galera's own cannot be received by anybody). Big-endian.
 *
 * <table>
 * <caption>Header of 40 bytes</caption>
 * <tr><td>0</td><td>4</td><td>magic "wj4m": a Galera datagram begins with 00 08</td></tr>
 * <tr><td>4</td><td>1</td><td>version, 1</td></tr>
 * <tr><td>5</td><td>1</td><td>kind: 1 beacon, 2 part of a message</td></tr>
 * <tr><td>6</td><td>2</td><td>part: number of this one from 0</td></tr>
 * <tr><td>8</td><td>4</td><td>part: number of the message, counted by its sender</td></tr>
 * <tr><td>12</td><td>2</td><td>part: length of the whole message</td></tr>
 * <tr><td>14</td><td>2</td><td>part: length of every part but the last</td></tr>
 * <tr><td>16</td><td>16</td><td>sender</td></tr>
 * <tr><td>32</td><td>4</td><td>hash of the group name</td></tr>
 * <tr><td>36</td><td>4</td><td>CRC-32C over the datagram with zero here</td></tr>
 * </table>
 *
 * <p>A beacon carries the ids of the nodes whose datagrams its sender receives.
 */
final class DatagramFormat {

    static final int MAGIC = 0x776A346D;
    static final int VERSION = 1;
    static final int KIND_BEACON = 1;
    static final int KIND_PART = 2;

    static final int HEADER_LENGTH = 40;

    private static final int VERSION_OFFSET = 4;
    private static final int KIND_OFFSET = 5;
    private static final int PART_OFFSET = 6;
    private static final int MESSAGE_OFFSET = 8;
    private static final int LENGTH_OFFSET = 12;
    private static final int PART_LENGTH_OFFSET = 14;
    private static final int SENDER_OFFSET = 16;
    private static final int GROUP_OFFSET = 32;
    private static final int CHECKSUM_OFFSET = 36;

    private final Uuid self;
    private final int group;
    private final CRC32C crc = new CRC32C();

    DatagramFormat(Uuid self, String groupName) {
        this.self = self;
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(groupName.getBytes(StandardCharsets.UTF_8));
            group = ByteBuffer.wrap(digest).getInt();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    /** Writes a header into the first bytes of an empty buffer; the caller appends the content and calls {@link #seal}. */
    void begin(ByteBuf out, int kind, int part, int message, int length, int partLength) {
        out.writeInt(MAGIC);
        out.writeByte(VERSION);
        out.writeByte(kind);
        out.writeShort(part);
        out.writeInt(message);
        out.writeShort(length);
        out.writeShort(partLength);
        out.writeLong(self.mostSignificant());
        out.writeLong(self.leastSignificant());
        out.writeInt(group);
        out.writeInt(0);
    }

    void seal(ByteBuf datagram) {
        datagram.setInt(datagram.readerIndex() + CHECKSUM_OFFSET, checksum(datagram));
    }

    /** True for a whole datagram of another node of this group. */
    boolean isOurs(ByteBuf in) {
        int at = in.readerIndex();
        return in.readableBytes() >= HEADER_LENGTH
                && in.getInt(at) == MAGIC
                && in.getByte(at + VERSION_OFFSET) == VERSION
                && in.getInt(at + GROUP_OFFSET) == group
                && !sender(in).equals(self)
                && in.getInt(at + CHECKSUM_OFFSET) == checksum(in);
    }

    private int checksum(ByteBuf datagram) {
        int at = datagram.readerIndex();
        crc.reset();
        crc.update(datagram.nioBuffer(at, CHECKSUM_OFFSET));
        crc.update(datagram.nioBuffer(at + HEADER_LENGTH, datagram.readableBytes() - HEADER_LENGTH));
        return (int) crc.getValue();
    }

    static int kind(ByteBuf in) {
        return in.getByte(in.readerIndex() + KIND_OFFSET);
    }

    static int part(ByteBuf in) {
        return in.getUnsignedShort(in.readerIndex() + PART_OFFSET);
    }

    static int message(ByteBuf in) {
        return in.getInt(in.readerIndex() + MESSAGE_OFFSET);
    }

    static int length(ByteBuf in) {
        return in.getUnsignedShort(in.readerIndex() + LENGTH_OFFSET);
    }

    static int partLength(ByteBuf in) {
        return in.getUnsignedShort(in.readerIndex() + PART_LENGTH_OFFSET);
    }

    static Uuid sender(ByteBuf in) {
        int at = in.readerIndex() + SENDER_OFFSET;
        return new Uuid(in.getLong(at), in.getLong(at + Long.BYTES));
    }
}

package io.wsrep4j.gcomm.pc;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.ViewId;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Bytes of primary component messages (docs/spec/gcomm-transport-pc.md 11). Methods that read look at the readable bytes and move no index; those
 * that write append.
 */
final class PcCodec {

    static final int HEADER_BYTES = 8;
    static final int NODE_BYTES = 52;
    static final int MAXIMUM_VERSION = 1;

    static final int TYPE_STATE = 1;
    static final int TYPE_INSTALL = 2;
    static final int TYPE_USER = 3;

    static final int FLAG_CRC16 = 1;
    static final int FLAG_BOOTSTRAP = 2;
    static final int FLAG_WEIGHT_CHANGE = 4;

    private static final int VERSION_AND_FLAGS_OFFSET = 0;
    private static final int TYPE_OFFSET = 1;
    private static final int CRC_OFFSET = 2;
    private static final int SEQ_OFFSET = 4;
    private static final int COUNT_OFFSET = 8;
    private static final int NODES_OFFSET = 12;

    private static final int NODE_PROPERTIES_OFFSET = 16;
    private static final int NODE_LAST_SEQ_OFFSET = 20;
    private static final int NODE_LAST_PRIMARY_OFFSET = 24;
    private static final int NODE_TO_SEQ_OFFSET = 44;

    private static final int NODE_PRIM = 1;
    private static final int NODE_WEIGHT = 2;
    private static final int NODE_UN = 4;
    private static final int NODE_EVICTED = 8;
    private static final int SEGMENT_SHIFT = 16;
    private static final int WEIGHT_SHIFT = 24;

    private PcCodec() {}

    static int version(ByteBuf message) {
        return message.getByte(message.readerIndex() + VERSION_AND_FLAGS_OFFSET) & 0x0F;
    }

    static int flags(ByteBuf message) {
        return (message.getByte(message.readerIndex() + VERSION_AND_FLAGS_OFFSET) & 0xF0) >>> 4;
    }

    static int type(ByteBuf message) {
        return message.getUnsignedByte(message.readerIndex() + TYPE_OFFSET);
    }

    static int seq(ByteBuf message) {
        return message.getIntLE(message.readerIndex() + SEQ_OFFSET);
    }

    static int crc(ByteBuf message) {
        return message.getUnsignedShortLE(message.readerIndex() + CRC_OFFSET);
    }

    /** The checksum over a whole message: its length less 4, then everything from offset 4 on. */
    static int checksum(ByteBuf message) {
        int crc = Crc16.updateInt(0, message.readableBytes() - SEQ_OFFSET);
        for (int i = message.readerIndex() + SEQ_OFFSET; i < message.writerIndex(); i++) {
            crc = Crc16.update(crc, message.getByte(i));
        }
        return crc;
    }

    private static void writeHeader(ByteBuf target, int version, int flags, int type, int seq) {
        target.writeByte(version | flags << 4).writeByte(type).writeShortLE(0).writeIntLE(seq);
    }

    /** Appends a user message in two parts; their positions do not move. */
    static void writeUser(
            ByteBuf target, int version, boolean withChecksum, int seq, ByteBuffer header, ByteBuffer body) {
        writeHeader(target, version, withChecksum ? FLAG_CRC16 : 0, TYPE_USER, seq);
        if (header.hasRemaining()) {
            target.writeBytes(header.duplicate());
        }
        target.writeBytes(body.duplicate());
        if (withChecksum) {
            target.setShortLE(target.readerIndex() + CRC_OFFSET, checksum(target));
        }
    }

    /** Length of a control message. */
    static int length(PcMessage message) {
        return NODES_OFFSET + NODE_BYTES * message.nodes().size();
    }

    /** Appends a control message. */
    static void write(PcMessage message, ByteBuf target) {
        if (message instanceof PcMessage.Install install) {
            int flags = (install.bootstrap() ? FLAG_BOOTSTRAP : 0) | (install.weightChange() ? FLAG_WEIGHT_CHANGE : 0);
            writeHeader(target, message.version(), flags, TYPE_INSTALL, 0);
        } else {
            writeHeader(target, message.version(), 0, TYPE_STATE, 0);
        }
        target.writeIntLE(message.nodes().size());
        for (Map.Entry<Uuid, NodeState> node : message.nodes().entrySet()) {
            int at = target.writerIndex();
            target.writeZero(NODE_BYTES);
            writeNode(target, at, node.getKey(), node.getValue());
        }
    }

    private static void writeNode(ByteBuf target, int at, Uuid id, NodeState node) {
        int properties = (node.primary() ? NODE_PRIM : 0)
                | (node.weight() != NodeState.NO_WEIGHT ? NODE_WEIGHT : 0)
                | (node.unknown() ? NODE_UN : 0)
                | (node.evicted() ? NODE_EVICTED : 0)
                | node.segment() << SEGMENT_SHIFT
                | (node.weight() & 0xFF) << WEIGHT_SHIFT;
        target.setLong(at, id.mostSignificant()).setLong(at + Long.BYTES, id.leastSignificant());
        target.setIntLE(at + NODE_PROPERTIES_OFFSET, properties);
        target.setIntLE(at + NODE_LAST_SEQ_OFFSET, node.lastSeq());
        node.lastPrimary().write(target, at + NODE_LAST_PRIMARY_OFFSET);
        target.setLongLE(at + NODE_TO_SEQ_OFFSET, node.totalOrderSeq());
    }

    /**
     * Reads a STATE or INSTALL: all readable bytes.
     *
     * @throws MalformedMessageException if it is neither, or its node map is not what its length allows
     */
    static PcMessage decodeControl(ByteBuf message) throws MalformedMessageException {
        int type = type(message);
        if (type != TYPE_STATE && type != TYPE_INSTALL) {
            throw new MalformedMessageException("type", String.valueOf(type), "1 STATE, 2 INSTALL or 3 USER");
        }
        SortedMap<Uuid, NodeState> nodes = readNodes(message);
        if (type == TYPE_STATE) {
            return new PcMessage.State(version(message), nodes);
        }
        int flags = flags(message);
        return new PcMessage.Install(
                version(message), (flags & FLAG_BOOTSTRAP) != 0, (flags & FLAG_WEIGHT_CHANGE) != 0, nodes);
    }

    private static SortedMap<Uuid, NodeState> readNodes(ByteBuf message) throws MalformedMessageException {
        int start = message.readerIndex();
        int room = message.readableBytes() - NODES_OFFSET;
        if (room < 0) {
            throw new MalformedMessageException(
                    "message with a node map", message.readableBytes() + " bytes", "at least " + NODES_OFFSET);
        }
        int count = message.getIntLE(start + COUNT_OFFSET);
        if (count < 0 || count > room / NODE_BYTES) {
            throw new MalformedMessageException(
                    "node map",
                    Integer.toUnsignedString(count) + " entries in " + room + " bytes",
                    NODE_BYTES + " bytes for each");
        }
        SortedMap<Uuid, NodeState> nodes = new TreeMap<>();
        for (int at = start + NODES_OFFSET; count > 0; count--, at += NODE_BYTES) {
            Uuid id = new Uuid(message.getLong(at), message.getLong(at + Long.BYTES));
            if (nodes.put(id, readNode(message, at)) != null) {
                throw new MalformedMessageException("node map", "node " + id + " twice", "once each");
            }
        }
        return nodes;
    }

    private static NodeState readNode(ByteBuf message, int at) {
        int properties = message.getIntLE(at + NODE_PROPERTIES_OFFSET);
        return new NodeState(
                (properties & NODE_PRIM) != 0,
                (properties & NODE_UN) != 0,
                (properties & NODE_EVICTED) != 0,
                properties >>> SEGMENT_SHIFT & 0xFF,
                (properties & NODE_WEIGHT) != 0 ? properties >>> WEIGHT_SHIFT : NodeState.NO_WEIGHT,
                message.getIntLE(at + NODE_LAST_SEQ_OFFSET),
                ViewId.read(message, at + NODE_LAST_PRIMARY_OFFSET),
                message.getLongLE(at + NODE_TO_SEQ_OFFSET));
    }
}

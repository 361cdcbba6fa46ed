package io.wsrep4j.gcomm.gmcast;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.frame.Frame;
import io.wsrep4j.gcomm.transport.NodeAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Builds the GMCast messages of one node. Each has room for the frame header before its reader index and belongs to the caller, who releases it.
 */
final class GmcastEncoder {

    private final ByteBufAllocator allocator;
    private final Uuid nodeId;
    private final int segment;

    GmcastEncoder(ByteBufAllocator allocator, Uuid nodeId, int segment) {
        this.allocator = allocator;
        this.nodeId = nodeId;
        this.segment = segment;
    }

    ByteBuf handshake(Uuid handshakeId) {
        ByteBuf out = begin(GmcastHeader.TYPE_HANDSHAKE, GmcastHeader.FLAG_HANDSHAKE_ID, segment, Uuid.BYTES);
        return writeUuid(out, handshakeId);
    }

    ByteBuf handshakeResponse(Uuid handshakeId, String address, String group) {
        ByteBuf out = begin(
                GmcastHeader.TYPE_HANDSHAKE_RESPONSE,
                GmcastHeader.FLAG_HANDSHAKE_ID | GmcastHeader.FLAG_ADDRESS_OR_ERROR | GmcastHeader.FLAG_GROUP_NAME,
                segment,
                Uuid.BYTES + GmcastHeader.ADDRESS_LENGTH + GmcastHeader.GROUP_LENGTH);
        writeUuid(out, handshakeId);
        writeFixedString(out, address, GmcastHeader.ADDRESS_LENGTH);
        return writeFixedString(out, group, GmcastHeader.GROUP_LENGTH);
    }

    ByteBuf ok() {
        return begin(GmcastHeader.TYPE_OK, 0, segment, 0);
    }

    ByteBuf keepalive() {
        return begin(GmcastHeader.TYPE_KEEPALIVE, 0, segment, 0);
    }

    ByteBuf fail(String error) {
        ByteBuf out =
                begin(GmcastHeader.TYPE_FAIL, GmcastHeader.FLAG_ADDRESS_OR_ERROR, segment, GmcastHeader.ADDRESS_LENGTH);
        return writeFixedString(out, error, GmcastHeader.ADDRESS_LENGTH);
    }

    /** The segment byte of this message is 0 in every segment. */
    ByteBuf topologyChange(String group, Map<Uuid, NodeAddress> links) {
        ByteBuf out = begin(
                GmcastHeader.TYPE_TOPOLOGY_CHANGE,
                GmcastHeader.FLAG_GROUP_NAME | GmcastHeader.FLAG_NODE_LIST,
                0,
                GmcastHeader.GROUP_LENGTH + Integer.BYTES + GmcastHeader.NODE_ENTRY_LENGTH * links.size());
        writeFixedString(out, group, GmcastHeader.GROUP_LENGTH);
        out.writeIntLE(links.size());
        links.forEach((node, address) -> {
            writeUuid(out, node);
            out.writeIntLE(0);
            writeFixedString(out, address.toString(), GmcastHeader.ADDRESS_LENGTH);
            out.writeZero(GmcastHeader.ADDRESS_LENGTH);
        });
        return out;
    }

    /** A copy of a user message with other flags. */
    ByteBuf copyOf(ByteBuf message, int flags) {
        ByteBuf out = buffer(message.readableBytes());
        out.writeBytes(message, message.readerIndex(), message.readableBytes());
        out.setByte(out.readerIndex() + GmcastHeader.FLAGS_OFFSET, flags);
        return out;
    }

    /** A copy of a carried message with room for both headers. */
    ByteBuf withHeadroom(ByteBuf message) {
        ByteBuf out =
                allocator.buffer(Gmcast.HEADROOM + message.readableBytes()).setIndex(Gmcast.HEADROOM, Gmcast.HEADROOM);
        return out.writeBytes(message, message.readerIndex(), message.readableBytes());
    }

    private ByteBuf begin(int type, int flags, int segmentByte, int more) {
        ByteBuf out = buffer(GmcastHeader.LENGTH + more);
        GmcastHeader.set(out, out.writerIndex(), type, flags, segmentByte, nodeId);
        return out.writerIndex(out.writerIndex() + GmcastHeader.LENGTH);
    }

    private ByteBuf buffer(int length) {
        return allocator.buffer(Frame.HEADER_LENGTH + length).setIndex(Frame.HEADER_LENGTH, Frame.HEADER_LENGTH);
    }

    private static ByteBuf writeUuid(ByteBuf out, Uuid uuid) {
        return out.writeLong(uuid.mostSignificant()).writeLong(uuid.leastSignificant());
    }

    private static ByteBuf writeFixedString(ByteBuf out, String text, int length) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > length) {
            throw new IllegalArgumentException("'" + text + "' is longer than " + length + " bytes");
        }
        return out.writeBytes(bytes).writeZero(length - bytes.length);
    }
}

package io.wsrep4j.gcomm.gmcast;

import static io.wsrep4j.gcomm.gmcast.GmcastHeader.ADDRESS_LENGTH;
import static io.wsrep4j.gcomm.gmcast.GmcastHeader.FLAG_ADDRESS_OR_ERROR;
import static io.wsrep4j.gcomm.gmcast.GmcastHeader.FLAG_GROUP_NAME;
import static io.wsrep4j.gcomm.gmcast.GmcastHeader.FLAG_HANDSHAKE_ID;
import static io.wsrep4j.gcomm.gmcast.GmcastHeader.FLAG_NODE_LIST;
import static io.wsrep4j.gcomm.gmcast.GmcastHeader.GROUP_LENGTH;
import static io.wsrep4j.gcomm.gmcast.GmcastHeader.NODE_ENTRY_LENGTH;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.gmcast.GmcastMessage.Fail;
import io.wsrep4j.gcomm.gmcast.GmcastMessage.Handshake;
import io.wsrep4j.gcomm.gmcast.GmcastMessage.HandshakeResponse;
import io.wsrep4j.gcomm.gmcast.GmcastMessage.Keepalive;
import io.wsrep4j.gcomm.gmcast.GmcastMessage.Link;
import io.wsrep4j.gcomm.gmcast.GmcastMessage.Ok;
import io.wsrep4j.gcomm.gmcast.GmcastMessage.TopologyChange;
import io.wsrep4j.gcomm.gmcast.GmcastMessage.User;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads one GMCast message. Which fields are present depends on the flags alone; bytes after the last field of a control message are ignored. */
final class GmcastDecoder {

    private final ByteBuf in;
    private final Uuid expectedSource;
    private final int end;
    private int at;

    private Uuid handshakeId = Uuid.UNDEFINED;
    private String addressOrError = "";
    private String group = "";
    private List<Link> links = List.of();

    private GmcastDecoder(ByteBuf in, Uuid expectedSource) {
        this.in = in;
        this.expectedSource = expectedSource;
        this.at = in.readerIndex();
        this.end = in.writerIndex();
    }

    /** Reads a message between the reader and the writer index; they do not move. */
    static GmcastMessage decode(ByteBuf message) throws MalformedMessageException {
        return decode(message, Uuid.UNDEFINED);
    }

    /**
     * As {@link #decode(ByteBuf)}.
     *
     * @param expectedSource who the message is probably from; saves a fresh UUID for each message if it is
     */
    static GmcastMessage decode(ByteBuf message, Uuid expectedSource) throws MalformedMessageException {
        User user = plainUser(message, expectedSource);
        return user == null ? new GmcastDecoder(message, expectedSource).decode() : user;
    }

    /** A user message without fields, as nearly all messages are; null for all others, good or bad. */
    private static User plainUser(ByteBuf in, Uuid expectedSource) {
        int start = in.readerIndex();
        if (in.readableBytes() < GmcastHeader.LENGTH
                || in.getByte(start + GmcastHeader.VERSION_OFFSET) != GmcastHeader.VERSION
                || in.getByte(start + GmcastHeader.TYPE_OFFSET) != GmcastHeader.TYPE_USER) {
            return null;
        }
        int flags = in.getUnsignedByte(start + GmcastHeader.FLAGS_OFFSET);
        Uuid source = GmcastHeader.uuid(in, start + GmcastHeader.SOURCE_OFFSET, expectedSource);
        if ((flags & GmcastHeader.FIELD_FLAGS) != 0 || source.isUndefined()) {
            return null;
        }
        int segment = in.getUnsignedByte(start + GmcastHeader.SEGMENT_OFFSET);
        return new User(source, segment, flags & GmcastHeader.RELAY_FLAGS, GmcastHeader.LENGTH);
    }

    private GmcastMessage decode() throws MalformedMessageException {
        int start = at;
        need(GmcastHeader.LENGTH, "header");
        int version = in.getUnsignedByte(start + GmcastHeader.VERSION_OFFSET);
        if (version != GmcastHeader.VERSION) {
            throw new MalformedMessageException("GMCast version", String.valueOf(version), "0");
        }
        int type = in.getUnsignedByte(start + GmcastHeader.TYPE_OFFSET);
        int flags = in.getUnsignedByte(start + GmcastHeader.FLAGS_OFFSET);
        int segment = in.getUnsignedByte(start + GmcastHeader.SEGMENT_OFFSET);
        Uuid source = GmcastHeader.uuid(in, start + GmcastHeader.SOURCE_OFFSET, expectedSource);
        if (source.isUndefined()) {
            throw new MalformedMessageException("source", "the nil UUID", "any other");
        }
        at += GmcastHeader.LENGTH;
        fields(flags);
        return switch (type) {
            case GmcastHeader.TYPE_HANDSHAKE -> {
                if (handshakeId.isUndefined()) {
                    throw new MalformedMessageException("HANDSHAKE", "no handshake UUID", "one");
                }
                yield new Handshake(source, segment, handshakeId);
            }
            case GmcastHeader.TYPE_HANDSHAKE_RESPONSE ->
                new HandshakeResponse(source, segment, handshakeId, addressOrError, group);
            case GmcastHeader.TYPE_OK -> new Ok(source, segment);
            case GmcastHeader.TYPE_FAIL -> new Fail(source, segment, addressOrError);
            case GmcastHeader.TYPE_TOPOLOGY_CHANGE -> new TopologyChange(source, segment, group, links);
            case GmcastHeader.TYPE_KEEPALIVE -> new Keepalive(source, segment);
            case GmcastHeader.TYPE_USER -> new User(source, segment, flags & GmcastHeader.RELAY_FLAGS, at - start);
            default -> throw new MalformedMessageException("GMCast message type", String.valueOf(type), "1 to 6 and 8");
        };
    }

    private void fields(int flags) throws MalformedMessageException {
        if ((flags & FLAG_HANDSHAKE_ID) != 0) {
            need(Uuid.BYTES, "handshake UUID");
            handshakeId = GmcastHeader.uuid(in, at);
            at += Uuid.BYTES;
        }
        if ((flags & FLAG_ADDRESS_OR_ERROR) != 0) {
            addressOrError = fixedString(ADDRESS_LENGTH, "address or error text");
        }
        if ((flags & FLAG_GROUP_NAME) != 0) {
            group = fixedString(GROUP_LENGTH, "group name");
        }
        if ((flags & FLAG_NODE_LIST) != 0) {
            links = nodeList();
        }
    }

    private List<Link> nodeList() throws MalformedMessageException {
        need(Integer.BYTES, "node count");
        long count = in.getUnsignedIntLE(at);
        at += Integer.BYTES;
        // the count is only believed as far as there are bytes for it
        if (count * NODE_ENTRY_LENGTH > end - at) {
            throw new MalformedMessageException(
                    "node list", count + " entries in " + (end - at) + " bytes", NODE_ENTRY_LENGTH + " bytes for each");
        }
        List<Link> list = new ArrayList<>((int) count);
        Set<Uuid> seen = new HashSet<>();
        for (long i = 0; i < count; i++) {
            Uuid node = GmcastHeader.uuid(in, at);
            at += Uuid.BYTES + Integer.BYTES;
            String address = fixedString(ADDRESS_LENGTH, "node address");
            at += ADDRESS_LENGTH;
            if (!seen.add(node)) {
                throw new MalformedMessageException("node list", "node " + node + " twice", "once each");
            }
            list.add(new Link(node, address));
        }
        return list;
    }

    private String fixedString(int length, String what) throws MalformedMessageException {
        need(length, what);
        int nul = in.indexOf(at, at + length, (byte) 0);
        String text = in.toString(at, (nul < 0 ? at + length : nul) - at, StandardCharsets.UTF_8);
        at += length;
        return text;
    }

    private void need(int bytes, String what) throws MalformedMessageException {
        if (end - at < bytes) {
            throw new MalformedMessageException(what, (end - at) + " bytes left in the message", "at least " + bytes);
        }
    }
}

package io.wsrep4j.gcomm.gmcast;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Uuid;

/** The fixed part of every GMCast message (docs/spec/gcomm-transport-pc.md 5.1): offsets from its first byte, types, flags. */
final class GmcastHeader {

    static final int VERSION = 0;

    static final int VERSION_OFFSET = 0;
    static final int TYPE_OFFSET = 1;
    static final int FLAGS_OFFSET = 2;
    static final int SEGMENT_OFFSET = 3;
    static final int SOURCE_OFFSET = 4;
    /** Where the optional fields begin. */
    static final int LENGTH = 20;

    static final int TYPE_HANDSHAKE = 1;
    static final int TYPE_HANDSHAKE_RESPONSE = 2;
    static final int TYPE_OK = 3;
    static final int TYPE_FAIL = 4;
    static final int TYPE_TOPOLOGY_CHANGE = 5;
    static final int TYPE_KEEPALIVE = 6;
    static final int TYPE_USER = 8;

    static final int FLAG_GROUP_NAME = 0x01;
    static final int FLAG_ADDRESS_OR_ERROR = 0x04;
    static final int FLAG_NODE_LIST = 0x08;
    static final int FLAG_HANDSHAKE_ID = 0x10;
    static final int FLAG_RELAY = 0x20;
    static final int FLAG_SEGMENT_RELAY = 0x40;

    /** Flags that say that a field follows the header. */
    static final int FIELD_FLAGS = FLAG_GROUP_NAME | FLAG_ADDRESS_OR_ERROR | FLAG_NODE_LIST | FLAG_HANDSHAKE_ID;

    static final int RELAY_FLAGS = FLAG_RELAY | FLAG_SEGMENT_RELAY;

    static final int ADDRESS_LENGTH = 64;
    static final int GROUP_LENGTH = 32;
    static final int NODE_ENTRY_LENGTH = Uuid.BYTES + 4 + 2 * ADDRESS_LENGTH;

    private GmcastHeader() {}

    static Uuid uuid(ByteBuf message, int index) {
        return new Uuid(message.getLong(index), message.getLong(index + Long.BYTES));
    }

    /** As {@link #uuid(ByteBuf, int)}; the expected one itself if it is equal. */
    static Uuid uuid(ByteBuf message, int index, Uuid expected) {
        long most = message.getLong(index);
        long least = message.getLong(index + Long.BYTES);
        boolean same = most == expected.mostSignificant() && least == expected.leastSignificant();
        return same ? expected : new Uuid(most, least);
    }

    /** Writes a header at an absolute index. */
    static void set(ByteBuf message, int index, int type, int flags, int segment, Uuid source) {
        message.setByte(index + VERSION_OFFSET, VERSION);
        message.setByte(index + TYPE_OFFSET, type);
        message.setByte(index + FLAGS_OFFSET, flags);
        message.setByte(index + SEGMENT_OFFSET, segment);
        message.setLong(index + SOURCE_OFFSET, source.mostSignificant());
        message.setLong(index + SOURCE_OFFSET + Long.BYTES, source.leastSignificant());
    }

    /** The name of a type, for logs. */
    static String typeName(int type) {
        return switch (type) {
            case TYPE_HANDSHAKE -> "HANDSHAKE";
            case TYPE_HANDSHAKE_RESPONSE -> "HANDSHAKE_RESPONSE";
            case TYPE_OK -> "OK";
            case TYPE_FAIL -> "FAIL";
            case TYPE_TOPOLOGY_CHANGE -> "TOPOLOGY_CHANGE";
            case TYPE_KEEPALIVE -> "KEEPALIVE";
            case TYPE_USER -> "USER";
            default -> "type " + type;
        };
    }
}

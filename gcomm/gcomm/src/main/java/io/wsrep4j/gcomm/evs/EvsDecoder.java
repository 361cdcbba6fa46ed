package io.wsrep4j.gcomm.evs;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.EvsMessage.Type;
import io.wsrep4j.gcomm.evs.MalformedMessageException.Kind;
import java.util.TreeMap;

/**
 * Reads messages (docs/spec/gcomm-evs.md 3). Trusts no length: nothing is allocated that the message has no bytes for. Reads by absolute index and
 * leaves the buffer's indices alone.
 */
final class EvsDecoder {

    static final int HEADER = 32;
    static final int SOURCE_OFFSET = 12;
    static final int NODE_ENTRY = Uuid.BYTES + 54;
    static final int DELAYED_ENTRY = Uuid.BYTES + 1;

    private static final int TYPE_SHIFT = 2;
    private static final int TYPE_MASK = 7;
    private static final int ORDER_SHIFT = 5;

    /** The id that was seen last: nearly all messages carry the current view's, and then none is allocated. */
    private ViewId recent = ViewId.NIL;

    /**
     * Decodes the readable bytes.
     *
     * @param transportSource who sent it, for messages that do not say so themselves
     */
    EvsMessage decode(ByteBuf buffer, Uuid transportSource) throws MalformedMessageException {
        return decode(buffer, buffer.readerIndex(), transportSource, false);
    }

    private EvsMessage decode(ByteBuf in, int start, Uuid transportSource, boolean inner)
            throws MalformedMessageException {
        need(in, start, HEADER, "header");
        int first = in.getUnsignedByte(start);
        Type type = Type.ofCode(first >>> TYPE_SHIFT & TYPE_MASK);
        if (type == null) {
            throw new MalformedMessageException(Kind.TYPE, "message type", "0", "1 to 7");
        }
        EvsOrder order = EvsOrder.ofCode(first >>> ORDER_SHIFT);
        if (order == null) {
            throw new MalformedMessageException(
                    Kind.ORDER, "delivery order", String.valueOf(first >>> ORDER_SHIFT), "0 to 4");
        }
        int flags = in.getUnsignedByte(start + 1);
        int version = in.getUnsignedByte(start + 2);
        if (version > EvsSettings.MAXIMUM_VERSION && type != Type.JOIN && type != Type.INSTALL) {
            throw new MalformedMessageException(
                    Kind.VERSION, "version of " + type, String.valueOf(version), "0 to " + EvsSettings.MAXIMUM_VERSION);
        }
        long fifoSeq = in.getLongLE(start + 4);
        Uuid source = transportSource;
        int at = start + SOURCE_OFFSET;
        if ((flags & EvsMessage.SOURCE) != 0) {
            need(in, start, HEADER + Uuid.BYTES, "header with source");
            source = uuid(in, at);
            at += Uuid.BYTES;
        } else if (inner) {
            throw new MalformedMessageException(Kind.CONTENT, "message inside DELEGATE", "no source", "one");
        }
        ViewId view = viewId(in, at);
        at += ViewId.BYTES;
        return switch (type) {
            case USER -> user(in, at, flags, version, fifoSeq, source, view, order);
            case GAP -> gap(in, at, flags, version, fifoSeq, source, view);
            case JOIN -> new JoinMessage(flags, version, fifoSeq, source, view, knowledge(in, at, at + 16, type));
            case INSTALL -> install(in, at, flags, version, fifoSeq, source, view);
            case LEAVE -> leave(in, at, flags, version, fifoSeq, source, view);
            case DELAYED_LIST -> delayedList(in, at, flags, version, fifoSeq, source, view);
            case DELEGATE -> delegate(in, at, flags, version, fifoSeq, source, view, inner);
        };
    }

    private static UserMessage user(
            ByteBuf in, int at, int flags, int version, long fifoSeq, Uuid source, ViewId view, EvsOrder order)
            throws MalformedMessageException {
        need(in, at, 20, "USER");
        int payload = at + 20;
        int length = in.writerIndex() - payload;
        if ((flags & EvsMessage.AGGREGATE) != 0) {
            Aggregate.check(in, payload, in.writerIndex());
        }
        return new UserMessage(
                flags,
                version,
                fifoSeq,
                source,
                view,
                order,
                in.getUnsignedByte(at),
                in.getUnsignedByte(at + 1),
                in.getLongLE(at + 4),
                in.getLongLE(at + 12),
                length == 0 ? null : in.slice(payload, length),
                0,
                length);
    }

    private GapMessage gap(ByteBuf in, int at, int flags, int version, long fifoSeq, Uuid source, ViewId view)
            throws MalformedMessageException {
        need(in, at, 48, "GAP");
        return new GapMessage(
                flags,
                version,
                fifoSeq,
                source,
                view,
                in.getLongLE(at),
                in.getLongLE(at + 8),
                uuid(in, at + 16),
                in.getLongLE(at + 32),
                in.getLongLE(at + 40));
    }

    private InstallMessage install(ByteBuf in, int at, int flags, int version, long fifoSeq, Uuid source, ViewId view)
            throws MalformedMessageException {
        need(in, at, 16 + ViewId.BYTES, "INSTALL");
        ViewId installView = ViewId.read(in, at + 16);
        Knowledge knowledge = knowledge(in, at, at + 16 + ViewId.BYTES, Type.INSTALL);
        return new InstallMessage(flags, version, fifoSeq, source, view, installView, knowledge);
    }

    private static LeaveMessage leave(
            ByteBuf in, int at, int flags, int version, long fifoSeq, Uuid source, ViewId view)
            throws MalformedMessageException {
        need(in, at, 16, "LEAVE");
        return new LeaveMessage(flags, version, fifoSeq, source, view, in.getLongLE(at), in.getLongLE(at + 8));
    }

    private static DelayedListMessage delayedList(
            ByteBuf in, int at, int flags, int version, long fifoSeq, Uuid source, ViewId view)
            throws MalformedMessageException {
        need(in, at, 1, "DELAYED_LIST");
        int count = in.getUnsignedByte(at);
        need(in, at, 1 + count * DELAYED_ENTRY, "DELAYED_LIST of " + count + " nodes");
        TreeMap<Uuid, Integer> counts = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            int entry = at + 1 + i * DELAYED_ENTRY;
            counts.put(uuid(in, entry), (int) in.getUnsignedByte(entry + Uuid.BYTES));
        }
        return new DelayedListMessage(flags, version, fifoSeq, source, view, counts);
    }

    private DelegateMessage delegate(
            ByteBuf in, int at, int flags, int version, long fifoSeq, Uuid source, ViewId view, boolean inner)
            throws MalformedMessageException {
        if (inner) {
            throw new MalformedMessageException(Kind.CONTENT, "message inside DELEGATE", "a DELEGATE", "any other");
        }
        return new DelegateMessage(flags, version, fifoSeq, source, view, decode(in, at, source, true));
    }

    /** @param at where seq and aru are; @param list where the node list is */
    private Knowledge knowledge(ByteBuf in, int at, int list, Type type) throws MalformedMessageException {
        need(in, at, list + Integer.BYTES - at, type.toString());
        long count = in.getUnsignedIntLE(list);
        int room = (in.writerIndex() - list - Integer.BYTES) / NODE_ENTRY;
        if (count > room) {
            throw new MalformedMessageException(
                    Kind.SHORT, "node list of " + type, count + " nodes", room + " at most, by the message's length");
        }
        TreeMap<Uuid, NodeEntry> nodes = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            int entry = list + Integer.BYTES + i * NODE_ENTRY;
            Uuid uuid = uuid(in, entry);
            if (nodes.put(uuid, nodeEntry(in, entry + Uuid.BYTES)) != null) {
                throw new MalformedMessageException(
                        Kind.DUP, "node list of " + type, "node " + uuid + " twice", "once each");
            }
        }
        return new Knowledge(in.getLongLE(at), in.getLongLE(at + 8), nodes);
    }

    private NodeEntry nodeEntry(ByteBuf in, int at) {
        int flags = in.getUnsignedByte(at);
        return new NodeEntry(
                (flags & NodeEntry.OPERATIONAL) != 0,
                (flags & NodeEntry.SUSPECTED) != 0,
                (flags & NodeEntry.EVICTED) != 0,
                in.getUnsignedByte(at + 1),
                in.getLongLE(at + 2),
                viewId(in, at + 10),
                in.getLongLE(at + 30),
                in.getLongLE(at + 38),
                in.getLongLE(at + 46));
    }

    private ViewId viewId(ByteBuf in, int at) {
        if (!recent.isAt(in, at)) {
            recent = ViewId.read(in, at);
        }
        return recent;
    }

    private static Uuid uuid(ByteBuf in, int at) {
        long most = in.getLong(at);
        long least = in.getLong(at + Long.BYTES);
        return most == 0 && least == 0 ? Uuid.UNDEFINED : new Uuid(most, least);
    }

    private static void need(ByteBuf in, int at, int bytes, String what) throws MalformedMessageException {
        int have = in.writerIndex() - at;
        if (have < bytes) {
            throw new MalformedMessageException(Kind.SHORT, what, have + " bytes", "at least " + bytes);
        }
    }
}

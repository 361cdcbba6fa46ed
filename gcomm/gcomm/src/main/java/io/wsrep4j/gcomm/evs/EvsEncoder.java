package io.wsrep4j.gcomm.evs;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.EvsMessage.Type;
import java.util.Map;

/** Writes messages (docs/spec/gcomm-evs.md 3). */
final class EvsEncoder {

    /** Header of a USER message without source. */
    static final int USER_HEADER = EvsDecoder.HEADER + 20;

    private EvsEncoder() {}

    static int length(EvsMessage message) {
        int header = EvsDecoder.HEADER + (message.has(EvsMessage.SOURCE) ? Uuid.BYTES : 0);
        return header
                + switch (message.type()) {
                    case USER -> 20 + ((UserMessage) message).payloadLength();
                    case GAP -> 48;
                    case JOIN -> 20 + list(((JoinMessage) message).knowledge());
                    case INSTALL -> 20 + ViewId.BYTES + list(((InstallMessage) message).knowledge());
                    case LEAVE -> 16;
                    case DELAYED_LIST ->
                        1 + ((DelayedListMessage) message).counts().size() * EvsDecoder.DELAYED_ENTRY;
                    case DELEGATE -> length(((DelegateMessage) message).inner());
                };
    }

    private static int list(Knowledge knowledge) {
        return knowledge.nodes().size() * EvsDecoder.NODE_ENTRY;
    }

    /** Appends a message. */
    static void encode(EvsMessage message, ByteBuf out) {
        int at = out.writerIndex();
        out.writerIndex(at + header(message, out, at));
        switch (message.type()) {
            case USER -> {
                UserMessage user = (UserMessage) message;
                userBody(user, out);
                if (user.payloadLength() > 0) {
                    out.writeBytes(user.buffer(), user.payloadIndex(), user.payloadLength());
                }
            }
            case GAP -> gapBody((GapMessage) message, out);
            case JOIN -> {
                JoinMessage join = (JoinMessage) message;
                seqs(join.knowledge(), out);
                nodes(join.knowledge(), out);
            }
            case INSTALL -> {
                InstallMessage install = (InstallMessage) message;
                seqs(install.knowledge(), out);
                viewId(install.installView(), out);
                nodes(install.knowledge(), out);
            }
            case LEAVE -> {
                LeaveMessage leave = (LeaveMessage) message;
                out.writeLongLE(leave.seq());
                out.writeLongLE(leave.aru());
            }
            case DELAYED_LIST -> delayedBody((DelayedListMessage) message, out);
            case DELEGATE -> encode(((DelegateMessage) message).inner(), out);
        }
    }

    /** Writes the header of an own USER message into the bytes just before its payload. */
    static void userHeader(UserMessage message, ByteBuf buffer, int index) {
        ByteBuf out = buffer.setIndex(index, index);
        out.writerIndex(index + header(message, out, index));
        userBody(message, out);
    }

    private static int header(EvsMessage message, ByteBuf out, int at) {
        Type type = message.type();
        boolean marker = message.version() != 0 && type != Type.JOIN && type != Type.INSTALL;
        out.ensureWritable(EvsDecoder.HEADER + Uuid.BYTES);
        out.setByte(at, message.order().code() << 5 | type.code << 2 | (marker ? 1 : 0));
        out.setByte(at + 1, message.flags());
        out.setByte(at + 2, message.version());
        out.setByte(at + 3, 0);
        out.setLongLE(at + 4, message.fifoSeq());
        int next = at + EvsDecoder.SOURCE_OFFSET;
        if (message.has(EvsMessage.SOURCE)) {
            out.setLong(next, message.source().mostSignificant());
            out.setLong(next + Long.BYTES, message.source().leastSignificant());
            next += Uuid.BYTES;
        }
        message.sourceView().write(out, next);
        return next + ViewId.BYTES - at;
    }

    private static void userBody(UserMessage user, ByteBuf out) {
        out.writeByte(user.userType());
        out.writeByte(user.seqRange());
        out.writeShort(0);
        out.writeLongLE(user.seq());
        out.writeLongLE(user.aru());
    }

    private static void gapBody(GapMessage gap, ByteBuf out) {
        out.writeLongLE(gap.seq());
        out.writeLongLE(gap.aru());
        uuid(gap.rangeUuid(), out);
        out.writeLongLE(gap.lu());
        out.writeLongLE(gap.hs());
    }

    private static void delayedBody(DelayedListMessage message, ByteBuf out) {
        out.writeByte(message.counts().size());
        message.counts().forEach((uuid, count) -> {
            uuid(uuid, out);
            out.writeByte(count);
        });
    }

    private static void seqs(Knowledge knowledge, ByteBuf out) {
        out.writeLongLE(knowledge.safeSeq());
        out.writeLongLE(knowledge.aru());
    }

    private static void nodes(Knowledge knowledge, ByteBuf out) {
        out.writeIntLE(knowledge.nodes().size());
        for (Map.Entry<Uuid, NodeEntry> node : knowledge.nodes().entrySet()) {
            NodeEntry entry = node.getValue();
            uuid(node.getKey(), out);
            out.writeByte(entry.flags());
            out.writeByte(entry.segment());
            out.writeLongLE(entry.leaveSeq());
            viewId(entry.view(), out);
            out.writeLongLE(entry.safeSeq());
            out.writeLongLE(entry.lu());
            out.writeLongLE(entry.hs());
        }
    }

    private static void viewId(ViewId id, ByteBuf out) {
        out.ensureWritable(ViewId.BYTES);
        id.write(out, out.writerIndex());
        out.writerIndex(out.writerIndex() + ViewId.BYTES);
    }

    private static void uuid(Uuid uuid, ByteBuf out) {
        out.writeLong(uuid.mostSignificant());
        out.writeLong(uuid.leastSignificant());
    }
}

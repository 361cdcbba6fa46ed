package io.wsrep4j.ist;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Errno;
import io.wsrep4j.api.Seqno;

/**
 * The header of 12 bytes: versions 4 to 9, spoken with members of the 3.x series (docs/spec/replicator-state-transfer.md 20.2). Every ordered message
 * is a write set behind 16 bytes of seqno and dependency; a dependency of -1 without a write set means "skip".
 */
record PlainWire(int version) implements IstWire {

    private static final int LENGTH = 12;
    private static final int TYPE = 1;
    private static final int CONTROL = 3;
    private static final int FOLLOWING_LENGTH = 4;
    private static final int META_LENGTH = 16;

    @Override
    public void write(IstMessage message, ByteBuf out) {
        boolean ordered = message.isOrdered();
        boolean skip = ordered && message.type() != IstMessageType.WRITE_SET;
        out.writeByte(version);
        out.writeByte(
                ordered ? IstMessageType.WRITE_SET.ordinal() : message.type().ordinal());
        out.writeByte(0);
        out.writeByte(message.control());
        out.writeLongLE(ordered ? META_LENGTH + (skip ? 0 : message.payloadLength()) : 0);
        if (ordered) {
            out.writeLongLE(message.seqno());
            out.writeLongLE(skip ? Seqno.UNDEFINED : message.dependsSeqno());
        }
    }

    @Override
    public IstMessage read(ByteBuf in) throws IstException {
        if (!in.isReadable()) {
            return null;
        }
        checkVersion(in);
        if (in.readableBytes() < LENGTH) {
            return null;
        }
        int start = in.readerIndex();
        IstMessageType type = IstMessageType.ofNumber(in.getUnsignedByte(start + TYPE));
        int control = in.getByte(start + CONTROL);
        long following = in.getLongLE(start + FOLLOWING_LENGTH);
        if (type != IstMessageType.WRITE_SET) {
            if (type == IstMessageType.CONFIGURATION_CHANGE || type == IstMessageType.SKIP) {
                throw new IstException(Errno.EPROTO, "message " + type + " in protocol version " + version);
            }
            IstWire.checkLength(type, following);
            in.skipBytes(LENGTH);
            return new IstMessage(type, false, control, 0, Seqno.UNDEFINED, Seqno.UNDEFINED);
        }
        if (following < META_LENGTH || following - META_LENGTH > LONGEST_PAYLOAD) {
            throw new IstException(Errno.EPROTO, "write set message claims " + following + " bytes");
        }
        if (in.readableBytes() < LENGTH + META_LENGTH) {
            return null;
        }
        in.skipBytes(LENGTH);
        return readOrdered(in, following - META_LENGTH);
    }

    private static IstMessage readOrdered(ByteBuf in, long payloadLength) throws IstException {
        long seqno = in.readLongLE();
        long depends = in.readLongLE();
        boolean skip = depends == Seqno.UNDEFINED;
        if (seqno <= 0 || skip != (payloadLength == 0)) {
            throw new IstException(
                    Errno.EINVAL,
                    "write set message with seqno " + seqno + ", depends " + depends + " and " + payloadLength
                            + " bytes");
        }
        return IstMessage.ordered(
                skip ? IstMessageType.SKIP : IstMessageType.WRITE_SET, false, payloadLength, seqno, depends);
    }
}

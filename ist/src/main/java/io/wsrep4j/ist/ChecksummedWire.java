package io.wsrep4j.ist;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Errno;
import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.hash.MurmurHash128;

/** The header of 24 bytes: versions 10 and 11 (docs/spec/replicator-state-transfer.md 20.1). Its checksum is over its first 16 bytes. */
record ChecksummedWire(int version) implements IstWire {

    private static final int LENGTH = 24;
    private static final int TYPE = 1;
    private static final int FLAGS = 2;
    private static final int CONTROL = 3;
    private static final int PAYLOAD_LENGTH = 4;
    private static final int SEQNO = 8;
    private static final int CHECKSUM = 16;

    private static final int FLAG_PRELOAD = 1;

    @Override
    public void write(IstMessage message, ByteBuf out) {
        int start = out.writerIndex();
        out.writeByte(version);
        out.writeByte(message.type().ordinal());
        out.writeByte(message.preload() ? FLAG_PRELOAD : 0);
        out.writeByte(message.control());
        out.writeIntLE((int) message.payloadLength());
        out.writeLongLE(message.seqno());
        out.writeLongLE(MurmurHash128.lowOfBlock(out.getLongLE(start), out.getLongLE(start + SEQNO)));
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
        long expected = MurmurHash128.lowOfBlock(in.getLongLE(start), in.getLongLE(start + SEQNO));
        if (in.getLongLE(start + CHECKSUM) != expected) {
            throw new IstException(Errno.EINVAL, "Corrupted IST message header");
        }
        IstMessageType type = IstMessageType.ofNumber(in.getUnsignedByte(start + TYPE));
        boolean preload = (in.getByte(start + FLAGS) & FLAG_PRELOAD) != 0;
        int control = in.getByte(start + CONTROL);
        long length = in.getUnsignedIntLE(start + PAYLOAD_LENGTH);
        long seqno = in.getLongLE(start + SEQNO);
        IstWire.checkLength(type, length);
        in.skipBytes(LENGTH);
        return new IstMessage(type, preload, control, length, seqno, Seqno.UNDEFINED);
    }
}

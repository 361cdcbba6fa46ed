package io.wsrep4j.ist;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.wsrep4j.api.hash.MurmurHash128;

/** Ways to spoil the captured stream "whole small IST": response, change 4, write set 5, change 6, end. */
final class BadStreams {

    private static final int RESPONSE = 24;
    private static final int SECOND = 0xa8;
    private static final int THIRD = 0x1d0;

    private BadStreams() {}

    static ByteBuf make(String what, ByteBuf good) {
        IstWire wire = IstWire.ofVersion(11);
        ByteBuf out = Unpooled.buffer();
        switch (what) {
            case "handshake-of-another-version" -> IstWire.ofVersion(10).write(IstMessage.HANDSHAKE_RESPONSE, out);
            case "control-eof-in-handshake" -> wire.write(IstMessage.EOF, out);
            case "corrupted-second-header" -> {
                out.writeBytes(good);
                out.setByte(SECOND + 16, out.getByte(SECOND + 16) ^ 1);
            }
            case "control-error" -> {
                out.writeBytes(good, 0, SECOND);
                wire.write(IstMessage.control(-5), out);
            }
            case "control-2" -> {
                out.writeBytes(good, 0, SECOND);
                wire.write(IstMessage.control(2), out);
            }
            case "early-eof" -> {
                out.writeBytes(good, 0, SECOND);
                wire.write(IstMessage.EOF, out);
            }
            case "gap" -> {
                out.writeBytes(good, 0, SECOND);
                out.writeBytes(good, THIRD, good.readableBytes() - THIRD);
            }
            case "late-start" -> out.writeBytes(good);
            case "unknown-type" -> {
                out.writeBytes(good, 0, RESPONSE);
                ByteBuf header = Unpooled.buffer();
                wire.write(IstMessage.OK, header);
                header.setByte(1, 9);
                header.setLongLE(16, MurmurHash128.lowOfBlock(header.getLongLE(0), header.getLongLE(8)));
                out.writeBytes(header);
            }
            default -> throw new IllegalArgumentException(what);
        }
        return out;
    }
}

package io.wsrep4j.gcomm.evs;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.gcomm.evs.MalformedMessageException.Kind;

/** Several small messages in the payload of one (docs/spec/gcomm-evs.md 3.2 and 6.4): each with flags u8, user_type u8, length u16. */
final class Aggregate {

    static final int SUB_HEADER = 4;

    /** Most bytes of payload that one message carries (docs/spec/gcomm-evs.md 1.2). */
    static final int MAXIMUM_LENGTH = 32_644;

    /** Takes the parts of an aggregate, in order. */
    @FunctionalInterface
    interface PartConsumer {
        void accept(int userType, int index, int length);
    }

    private Aggregate() {}

    /** Refuses a payload that is not a sequence of whole sub-messages. */
    static void check(ByteBuf in, int start, int end) throws MalformedMessageException {
        int at = start;
        while (at < end) {
            int left = end - at;
            if (left < SUB_HEADER || left < SUB_HEADER + in.getUnsignedShortLE(at + 2)) {
                throw new MalformedMessageException(
                        Kind.SHORT, "aggregate", "an end inside a sub-message", "whole sub-messages");
            }
            at += SUB_HEADER + in.getUnsignedShortLE(at + 2);
        }
    }

    /** Visits the parts of a payload that {@link #check} has passed. */
    static void forEach(ByteBuf in, int start, int end, PartConsumer parts) {
        int at = start;
        while (at < end) {
            int length = in.getUnsignedShortLE(at + 2);
            parts.accept(in.getUnsignedByte(at + 1), at + SUB_HEADER, length);
            at += SUB_HEADER + length;
        }
    }

    /** Appends the header of a part. */
    static void writeSubHeader(ByteBuf out, int userType, int length) {
        out.writeByte(0);
        out.writeByte(userType);
        out.writeShortLE(length);
    }
}

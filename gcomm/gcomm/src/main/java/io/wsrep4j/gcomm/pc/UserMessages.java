package io.wsrep4j.gcomm.pc;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.GroupChannel.SendResult;
import io.wsrep4j.gcomm.evs.EvsOrder;
import io.wsrep4j.gcomm.evs.EvsSendResult;
import io.wsrep4j.gcomm.log.LimitedLog;
import io.wsrep4j.gcomm.log.LineKind;
import java.nio.ByteBuffer;

/** User messages of a primary component, out and in, and their numbers (docs/spec/gcomm-transport-pc.md 12.6). Owned by the channel's lock. */
final class UserMessages {

    private static final LineKind MISCOUNTED = LineKind.ofPeer("messages miscounted");

    private final Component component;
    private final Membership membership;
    private final LimitedLog log;
    private int lastSentSeq;

    UserMessages(Component component) {
        this.component = component;
        this.membership = component.membership();
        this.log = component.log();
    }

    /** A primary component begins: every member counts from there. */
    void restart() {
        lastSentSeq = 0;
    }

    /** See {@link PrimaryComponent#send}. */
    SendResult send(int userType, ByteBuffer header, ByteBuffer body, long nowNanos) {
        SendResult refusal = refusal();
        if (refusal != null) {
            return refusal;
        }
        int length = header.remaining() + body.remaining();
        if (length > PrimaryComponent.MAXIMUM_PAYLOAD) {
            return SendResult.TOO_LONG;
        }
        if (component.lower().isCongested()) {
            return SendResult.TRY_AGAIN;
        }
        int seq = lastSentSeq + 1;
        ByteBuf payload = component.lower().newPayload(PcCodec.HEADER_BYTES + length);
        try {
            PcCodec.writeUser(
                    payload, membership.version(), component.settings().checksum(), seq, header, body);
            // taken before the send: a message may be delivered inside it, and the listener may answer with another
            lastSentSeq = seq;
            EvsSendResult result = component.lower().send(userType, EvsOrder.SAFE, payload, nowNanos);
            if (result != EvsSendResult.OK) {
                lastSentSeq = seq - 1;
            }
            return resultOf(result);
        } finally {
            payload.release();
        }
    }

    /** See {@link PrimaryComponent#sendCausal}. */
    SendResult sendCausal(long token, long nowNanos) {
        SendResult refusal = refusal();
        if (refusal != null) {
            return refusal;
        }
        ByteBuf payload = component.lower().newPayload(Long.BYTES);
        try {
            payload.writeLong(token);
            return resultOf(
                    component.lower().send(Component.CONTROL_USER_TYPE, EvsOrder.LOCAL_CAUSAL, payload, nowNanos));
        } finally {
            payload.release();
        }
    }

    private SendResult refusal() {
        return switch (component.state()) {
            case PRIM -> null;
            case CLOSED, NON_PRIM -> SendResult.NOT_PRIMARY;
            case STATES_EXCH, INSTALL, TRANS -> SendResult.TRY_AGAIN;
        };
    }

    private static SendResult resultOf(EvsSendResult result) {
        return switch (result) {
            case OK -> SendResult.ACCEPTED;
            case TRY_AGAIN -> SendResult.TRY_AGAIN;
            case NOT_CONNECTED -> SendResult.NOT_PRIMARY;
        };
    }

    /** A user message of EVS. */
    void receive(Uuid source, int userType, EvsOrder order, ByteBuf payload, long nowNanos) {
        if (component.state() == PcState.STATES_EXCH || component.state() == PcState.INSTALL) {
            component.dropped(source, "user message in state " + component.state());
            return;
        }
        if (component.settings().checksum() && (PcCodec.flags(payload) & PcCodec.FLAG_CRC16) != 0) {
            int computed = PcCodec.checksum(payload);
            if (computed != PcCodec.crc(payload)) {
                component.fail("message of " + source + " has checksum " + Integer.toHexString(PcCodec.crc(payload))
                        + ", its bytes " + Integer.toHexString(computed)
                        + "; it was damaged in the memory of one of the two nodes");
                return;
            }
        }
        boolean numbered = order == EvsOrder.SAFE;
        if (!membership.accepts(source)) {
            return;
        }
        long totalOrderSeq = numbered ? membership.nextTotalOrderSeq() : -1;
        if (numbered) {
            int seq = PcCodec.seq(payload);
            int expected = membership.nextSeqOf(source, seq);
            if (seq != expected) {
                log.warn(
                        MISCOUNTED,
                        source,
                        "PC: message of {} has seq {}, expected {}; its sender miscounts",
                        source,
                        Integer.toUnsignedString(seq),
                        Integer.toUnsignedString(expected));
            }
        }
        int sender = membership.indexOf(source);
        if (sender < 0) {
            return;
        }
        int start = payload.readerIndex();
        payload.readerIndex(start + PcCodec.HEADER_BYTES);
        try {
            component.listener().onMessage(sender, userType, totalOrderSeq, payload, nowNanos);
        } finally {
            payload.readerIndex(start);
        }
    }
}

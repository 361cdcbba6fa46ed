package io.wsrep4j.gcomm.pc;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.gcomm.evs.ShortUuid;
import java.util.ArrayList;
import java.util.List;

/** Primary component messages as text, in the notation of the captured transcripts. */
final class PcText {

    private PcText() {}

    static String describe(ByteBuf message) {
        List<String> flagNames = new ArrayList<>();
        int flags = PcCodec.flags(message);
        addIf(flagNames, flags, PcCodec.FLAG_CRC16, "CRC16");
        addIf(flagNames, flags, PcCodec.FLAG_BOOTSTRAP, "BOOTSTRAP");
        addIf(flagNames, flags, PcCodec.FLAG_WEIGHT_CHANGE, "WEIGHT_CHANGE");
        String type =
                switch (PcCodec.type(message)) {
                    case PcCodec.TYPE_STATE -> "STATE";
                    case PcCodec.TYPE_INSTALL -> "INSTALL";
                    case PcCodec.TYPE_USER -> "USER";
                    default -> "type" + PcCodec.type(message);
                };
        String head = "PC v" + PcCodec.version(message) + " " + type
                + (flagNames.isEmpty() ? "" : " fl=" + String.join("|", flagNames)) + " seq="
                + Integer.toUnsignedString(PcCodec.seq(message));
        if (PcCodec.type(message) == PcCodec.TYPE_USER) {
            return head;
        }
        try {
            return head + " " + nodes(PcCodec.decodeControl(message));
        } catch (MalformedMessageException e) {
            return head + " malformed: " + e.getMessage();
        }
    }

    private static String nodes(PcMessage message) {
        List<String> texts = new ArrayList<>();
        message.nodes().forEach((id, node) -> texts.add(ShortUuid.of(id) + " " + node));
        return "{" + String.join("; ", texts) + "}";
    }

    private static void addIf(List<String> names, int flags, int bit, String name) {
        if ((flags & bit) != 0) {
            names.add(name);
        }
    }
}

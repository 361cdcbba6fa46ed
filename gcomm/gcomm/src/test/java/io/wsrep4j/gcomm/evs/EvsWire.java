package io.wsrep4j.gcomm.evs;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Uuid;

/**
 * What a message on the wire is, for those who watch the network from outside this package.
 *
 * @param type USER, GAP, COMMIT (a commit gap), JOIN, INSTALL, LEAVE, DELEGATE or DELAYED_LIST
 * @param range slots after seq that a USER claims
 * @param installView view that an INSTALL proposes, else null
 * @param listsSenderOperational for JOIN and INSTALL
 */
public record EvsWire(
        String type,
        EvsOrder order,
        boolean resent,
        boolean more,
        long fifoSeq,
        Uuid source,
        ViewId view,
        long seq,
        long aru,
        int range,
        int payloadLength,
        Uuid rangeUuid,
        long lu,
        long hs,
        ViewId installView,
        boolean listsSenderOperational,
        EvsWire inner) {

    private static final EvsWire NOTHING = new EvsWire(
            "",
            EvsOrder.DROP,
            false,
            false,
            -1,
            Uuid.UNDEFINED,
            ViewId.NIL,
            -1,
            -1,
            0,
            0,
            Uuid.UNDEFINED,
            -1,
            -1,
            null,
            true,
            null);

    /** Decodes the readable bytes; they must be sound. */
    public static EvsWire read(Uuid source, ByteBuf bytes) {
        try {
            return of(new EvsDecoder().decode(bytes, source));
        } catch (MalformedMessageException e) {
            throw new AssertionError("a node sent a malformed message", e);
        }
    }

    private static EvsWire of(EvsMessage m) {
        boolean resent = m.has(EvsMessage.RETRANS);
        if (m instanceof UserMessage u) {
            return new EvsWire(
                    "USER",
                    u.order(),
                    resent,
                    m.has(EvsMessage.MSG_MORE),
                    m.fifoSeq(),
                    m.source(),
                    m.sourceView(),
                    u.seq(),
                    u.aru(),
                    u.seqRange(),
                    u.payloadLength(),
                    Uuid.UNDEFINED,
                    -1,
                    -1,
                    null,
                    true,
                    null);
        }
        if (m instanceof GapMessage g) {
            String type = m.has(EvsMessage.COMMIT) ? "COMMIT" : "GAP";
            return new EvsWire(
                    type,
                    m.order(),
                    resent,
                    false,
                    m.fifoSeq(),
                    m.source(),
                    m.sourceView(),
                    g.seq(),
                    g.aru(),
                    0,
                    0,
                    g.rangeUuid(),
                    g.lu(),
                    g.hs(),
                    null,
                    true,
                    null);
        }
        if (m instanceof JoinMessage j) {
            return membership("JOIN", m, j.knowledge(), null);
        }
        if (m instanceof InstallMessage i) {
            return membership("INSTALL", m, i.knowledge(), i.installView());
        }
        EvsWire inner = m instanceof DelegateMessage d ? of(d.inner()) : NOTHING;
        long seq = m instanceof LeaveMessage l ? l.seq() : -1;
        long aru = m instanceof LeaveMessage l ? l.aru() : -1;
        return new EvsWire(
                m.type().name(),
                m.order(),
                resent,
                false,
                m.fifoSeq(),
                m.source(),
                m.sourceView(),
                seq,
                aru,
                0,
                0,
                Uuid.UNDEFINED,
                -1,
                -1,
                null,
                true,
                inner);
    }

    private static EvsWire membership(String type, EvsMessage m, Knowledge knowledge, ViewId installView) {
        NodeEntry own = knowledge.nodes().get(m.source());
        return new EvsWire(
                type,
                m.order(),
                m.has(EvsMessage.RETRANS),
                false,
                m.fifoSeq(),
                m.source(),
                m.sourceView(),
                knowledge.safeSeq(),
                knowledge.aru(),
                0,
                0,
                Uuid.UNDEFINED,
                -1,
                -1,
                installView,
                own != null && own.operational(),
                null);
    }

    /** One line for a trace; nodes are named by the caller. */
    public String describe(java.util.function.Function<Uuid, String> names) {
        StringBuilder text = new StringBuilder(type);
        if (resent) {
            text.append(" again");
        }
        text.append(" in ")
                .append(view.type().name().toLowerCase(java.util.Locale.ROOT))
                .append('(')
                .append(names.apply(view.uuid()))
                .append(',')
                .append(view.seq())
                .append(')');
        if (installView != null) {
            text.append(" proposes (")
                    .append(names.apply(installView.uuid()))
                    .append(',')
                    .append(installView.seq())
                    .append(')');
        }
        if (type.equals("USER")) {
            text.append(' ').append(order).append(more ? " more" : "").append(range > 0 ? " +" + range : "");
        }
        text.append(" seq ").append(seq).append(" aru ").append(aru);
        if (!rangeUuid.isUndefined()) {
            text.append(" wants ")
                    .append(names.apply(rangeUuid))
                    .append(" [")
                    .append(lu)
                    .append(',')
                    .append(hs)
                    .append(']');
        }
        if (inner != null && type.equals("DELEGATE")) {
            text.append(" << ").append(names.apply(inner.source)).append(' ').append(inner.describe(names));
        }
        return text.toString();
    }
}

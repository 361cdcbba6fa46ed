package io.wsrep4j.gcomm.evs;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.log.LineKind;
import java.util.Map;

/** Asks for missing messages and answers those who ask (docs/spec/gcomm-evs.md 7.2 to 7.5). */
final class Retransmission {

    private static final LineKind ASKING = LineKind.ofPeer("requests for retransmission");

    private static final LineKind ASKED_TOO_MUCH = LineKind.ofPeer("requests beyond what is sent again");

    /** Shortest time between two requests to one node, nanoseconds. */
    static final long REQUEST_INTERVAL = 100_000_000L;

    private final Environment env;
    private final NodeTable nodes;
    private final CurrentView current;
    private final Outbox outbox;
    private final Statistics statistics;

    Retransmission(Environment env, NodeTable nodes, CurrentView current, Outbox outbox, Statistics statistics) {
        this.env = env;
        this.nodes = nodes;
        this.current = current;
        this.outbox = outbox;
        this.statistics = statistics;
    }

    /** Asks a node for the missing ones among a member's slots. */
    void request(Node target, Node origin, long lu, long hs) {
        if (origin == null || !origin.isMember() || env.now() - target.lastRequestAt < REQUEST_INTERVAL) {
            return;
        }
        InputMap map = current.map();
        map.gaps(origin.index, lu, hs, (from, to) -> {
            if ((env.settings().debugLogMask() & EvsLog.RETRANSMISSION) != 0) {
                env.log.debug(ASKING, target.uuid, "asking {} for slots {} to {} of {}", target, from, to, origin);
            }
            outbox.sendTo(
                    target.uuid,
                    new GapMessage(
                            EvsMessage.RETRANS,
                            env.settings().version(),
                            outbox.nextFifoSeq(),
                            env.self,
                            current.id(),
                            current.lastSent(),
                            map.aru(),
                            origin.uuid,
                            from,
                            to));
        });
        target.lastRequestAt = env.now();
        if (target != origin) {
            target.askedFor.merge(origin.uuid, hs, Math::max);
        }
    }

    /** Sends own messages again, to one node. */
    void resend(Uuid to, long lu, long hs) {
        InputMap map = current.map();
        if (lu <= map.safeSeq()) {
            return;
        }
        long last = Math.min(hs, current.lastSent());
        for (long seq = lu; seq <= last; ) {
            UserMessage message = map.find(current.selfIndex(), seq);
            if (message == null) {
                seq++;
                continue;
            }
            if (!mayGoTo(to, message)) {
                return;
            }
            int flags = EvsMessage.RETRANS | message.flags() & EvsMessage.AGGREGATE;
            outbox.sendTo(to, copy(message, flags, map.aru()));
            statistics.retransmitted();
            seq += message.seqRange() + 1L;
        }
    }

    /** Sends another member's messages, to one node. */
    void recover(Uuid to, Uuid origin, long lu, long hs) {
        Node node = nodes.get(origin);
        InputMap map = current.map();
        if (node == null || !node.isMember() || lu <= map.safeSeq()) {
            return;
        }
        long last = Math.min(hs, map.hs(node.index));
        for (long seq = lu; seq <= last; ) {
            UserMessage message = map.find(node.index, seq);
            if (message == null) {
                seq++;
                continue;
            }
            if (!mayGoTo(to, message)) {
                return;
            }
            int flags = EvsMessage.RETRANS | EvsMessage.SOURCE | message.flags() & EvsMessage.AGGREGATE;
            outbox.sendTo(to, delegate(copy(message, flags, message.aru())));
            statistics.recovered();
            seq += message.seqRange() + 1L;
        }
    }

    private boolean mayGoTo(Uuid to, UserMessage message) {
        Node requester = nodes.get(to);
        if (requester == null) {
            return false;
        }
        boolean may = requester.allowance.take(message.payloadLength(), env.now());
        if (!may) {
            env.log.info(
                    ASKED_TOO_MUCH,
                    to,
                    "node {} asks for more lost messages than {} MiB a second; the rest when it asks again",
                    requester,
                    ResendAllowance.RATE >> 20);
        }
        return may;
    }

    private DelegateMessage delegate(EvsMessage inner) {
        return new DelegateMessage(0, env.settings().version(), outbox.nextFifoSeq(), env.self, current.id(), inner);
    }

    private static UserMessage copy(UserMessage message, int flags, long aru) {
        return new UserMessage(
                flags,
                message.version(),
                message.fifoSeq(),
                message.source(),
                message.sourceView(),
                message.order(),
                message.userType(),
                message.seqRange(),
                message.seq(),
                aru,
                message.buffer(),
                message.payloadIndex(),
                message.payloadLength());
    }

    /** During a membership change: asks for everything that is missing up to the own last slot. */
    void requestMissing() {
        InputMap map = current.map();
        for (Node origin : nodes.all()) {
            if (origin == nodes.self() || !origin.isMember()) {
                continue;
            }
            long lu = map.lu(origin.index);
            long hs = map.hs(origin.index);
            boolean incomplete = lu <= hs || hs < current.lastSent();
            if (!incomplete || origin.leave != null && origin.leave.seq() <= hs) {
                continue;
            }
            if (origin.operational()) {
                if (lu <= current.lastSent()) {
                    request(origin, origin, lu, current.lastSent());
                }
            } else {
                requestFromHelper(origin, lu);
            }
        }
    }

    /**
     * Of members that go along no more and of which nobody has what is missing here, what lies behind that is forgotten: others do not have it, and all
     * must have the same. A sound member leaves no gap behind on connections that keep the order, but datagrams may, and a member that keeps one
     * back from some.
     */
    void forgetBehindGaps() {
        InputMap map = current.map();
        for (Node origin : nodes.all()) {
            if (origin.isMember()
                    && !origin.operational()
                    && map.hs(origin.index) >= map.lu(origin.index)
                    && nobodyHas(origin, map.lu(origin.index))) {
                map.forgetBehindGap(origin.index);
            }
        }
    }

    private boolean nobodyHas(Node origin, long slot) {
        for (Node node : nodes.all()) {
            if (node == nodes.self() || !node.isMember() || !node.operational()) {
                continue;
            }
            NodeEntry entry = node.join == null || !node.join.sourceView().equals(current.id())
                    ? null
                    : node.join.about(origin.uuid);
            if (entry == null || entry.operational() || entry.lu() > slot) {
                return false;
            }
        }
        return true;
    }

    private void requestFromHelper(Node origin, long lu) {
        Node helper = null;
        long highest = Long.MIN_VALUE;
        for (Node node : nodes.all()) {
            if (node == nodes.self()
                    || !node.operational()
                    || node.join == null
                    || !node.join.sourceView().equals(current.id())) {
                continue;
            }
            NodeEntry entry = node.join.about(origin.uuid);
            if (entry != null && entry.lu() > highest) {
                highest = entry.lu();
                helper = node;
            }
        }
        if (helper != null && lu <= highest - 1) {
            request(helper, origin, lu, highest - 1);
        }
    }

    /** While leaving: sends again what others are not known to have. */
    void resendMissing() {
        for (Node node : nodes.all()) {
            if (node == nodes.self()) {
                continue;
            }
            if (node.join != null && node.join.sourceView().equals(current.id())) {
                NodeEntry entry = node.join.about(env.self);
                if (entry != null && entry.lu() <= current.lastSent()) {
                    resend(node.uuid, entry.lu(), current.lastSent());
                }
            }
            if (node.leave != null
                    && node.leave.sourceView().equals(current.id())
                    && node.leave.aru() < current.lastSent()) {
                resend(node.uuid, node.leave.aru() + 1, current.lastSent());
            }
        }
    }

    /** Passes on, to all, the LEAVEs that the sender of a JOIN does not know; each once in a while, however many JOINs come. */
    void forwardLeaves(Map<Uuid, NodeEntry> sameView) {
        for (Node node : nodes.all()) {
            if (node.leave == null || node.inactive || env.now() - node.leaveForwardedAt < REQUEST_INTERVAL) {
                continue;
            }
            NodeEntry entry = sameView.get(node.uuid);
            if (entry == null || !entry.leaving()) {
                node.leaveForwardedAt = env.now();
                outbox.broadcast(delegate(node.leave.forwarded()));
            }
        }
    }
}

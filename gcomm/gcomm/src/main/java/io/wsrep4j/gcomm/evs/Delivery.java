package io.wsrep4j.gcomm.evs;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.log.LineKind;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.TreeSet;

/**
 * Hands views and messages to the layer above, in order (docs/spec/gcomm-evs.md 5 and 13). What the layer above sends from inside a call is
 * delivered after that call.
 */
final class Delivery {

    private static final LineKind VIEW = LineKind.ofNode("views");

    private final Environment env;
    private final CurrentView current;
    private final Statistics statistics;
    private final ArrayDeque<Causal> causals = new ArrayDeque<>();
    private boolean delivering;

    private record Causal(int userType, ByteBuf payload, long need, long since) {}

    Delivery(Environment env, CurrentView current, Statistics statistics) {
        this.env = env;
        this.current = current;
        this.statistics = statistics;
    }

    /** Delivers what the regular view allows. */
    void deliver() {
        if (delivering) {
            return;
        }
        delivering = true;
        try {
            InputMap map = current.map();
            for (UserMessage next = map.pollDeliverable(); next != null; next = map.pollDeliverable()) {
                int member = map.polledMember();
                long seq = next.seq();
                handUp(next);
                map.afterDelivery(member, seq);
            }
            deliverCausals(map.safeSeq());
        } finally {
            delivering = false;
        }
    }

    /** Ends a view: what is left of it, contiguous, in a transitional view (docs/spec/gcomm-evs.md 13.3). */
    void deliverTransitional(EvsView transitional, Map<Uuid, NodeEntry> installed) {
        deliver();
        delivering = true;
        try {
            if ((env.settings().infoLogMask() & EvsSettings.INFO_VIEWS) != 0) {
                env.log.info(VIEW, null, "view {}", transitional);
            }
            env.listener.onView(transitional, env.now());
            InputMap map = current.map();
            for (UserMessage next = map.pollAny(); next != null; next = map.pollAny()) {
                int member = map.polledMember();
                if (next.seq() < map.lu(member) && isListed(next, installed)) {
                    handUp(next);
                }
            }
            deliverCausals(current.lastSent());
            map.clear();
        } finally {
            delivering = false;
        }
    }

    /** A slot above what the INSTALL lists for its sender can only be of a node that does not go along: nobody else may have it. */
    private static boolean isListed(UserMessage message, Map<Uuid, NodeEntry> installed) {
        if (installed == null) {
            return true;
        }
        NodeEntry entry = installed.get(message.source());
        return entry != null && message.seq() <= entry.hs();
    }

    /** A view to go on in, or the last one. */
    void deliverView(EvsView view) {
        delivering = true;
        try {
            if ((env.settings().infoLogMask() & EvsSettings.INFO_VIEWS) != 0) {
                env.log.info(VIEW, null, "view {}", view);
            }
            env.listener.onView(view, env.now());
        } finally {
            delivering = false;
        }
    }

    private void handUp(UserMessage message) {
        EvsOrder order = message.order();
        if (order == EvsOrder.DROP) {
            return;
        }
        if (order == EvsOrder.SAFE) {
            statistics.deliveredSafe(message.emittedAt < 0 ? -1 : env.now() - message.emittedAt);
        }
        ByteBuf buffer = message.buffer();
        int start = message.payloadIndex();
        int end = start + message.payloadLength();
        if (message.has(EvsMessage.AGGREGATE)) {
            if (buffer != null) {
                Aggregate.forEach(buffer, start, end, (type, index, length) -> {
                    buffer.setIndex(index, index + length);
                    up(message, type, buffer);
                });
            }
            return;
        }
        up(message, message.userType(), buffer == null ? Unpooled.EMPTY_BUFFER : buffer.setIndex(start, end));
    }

    private void up(UserMessage message, int userType, ByteBuf payload) {
        env.listener.onMessage(
                message.source(), message.sourceView(), userType, message.order(), message.seq(), payload, env.now());
    }

    /** Queues an own causal message until {@code need} is safe; takes its own reference. */
    void queueCausal(int userType, ByteBuf payload, long need) {
        causals.add(new Causal(userType, payload.retain(), need, env.now()));
    }

    boolean hasCausals() {
        return !causals.isEmpty();
    }

    /** Delivers a causal message at once. */
    void deliverCausalNow(int userType, ByteBuf payload, long seq) {
        boolean outer = delivering;
        delivering = true;
        try {
            statistics.deliveredCausal(0);
            env.listener.onCausal(userType, seq, payload, env.now());
        } finally {
            delivering = outer;
        }
    }

    private void deliverCausals(long bound) {
        while (!causals.isEmpty() && causals.peek().need() <= bound) {
            Causal next = causals.poll();
            statistics.deliveredCausal(env.now() - next.since());
            try {
                env.listener.onCausal(next.userType(), next.need(), next.payload(), env.now());
            } finally {
                next.payload().release();
            }
        }
    }

    /** The transitional view that ends the current one when this INSTALL is adopted (docs/spec/gcomm-evs.md 13.1). */
    static EvsView transitional(EvsView ending, InstallMessage install) {
        TreeSet<Uuid> members = new TreeSet<>();
        TreeSet<Uuid> left = new TreeSet<>();
        TreeSet<Uuid> partitioned = new TreeSet<>(ending.members());
        install.knowledge().nodes().forEach((uuid, entry) -> {
            if (entry.view().equals(ending.id()) && ending.members().contains(uuid)) {
                if (entry.operational()) {
                    members.add(uuid);
                    partitioned.remove(uuid);
                } else if (entry.leaving()) {
                    left.add(uuid);
                    partitioned.remove(uuid);
                }
            }
        });
        return new EvsView(
                ending.version(), ending.id().as(ViewType.TRANS), members, new TreeSet<>(), left, partitioned);
    }

    /** The regular view that an INSTALL makes, as a member of the ending view sees it. */
    static EvsView regular(EvsView ending, InstallMessage install) {
        TreeSet<Uuid> members = new TreeSet<>();
        TreeSet<Uuid> left = new TreeSet<>();
        install.knowledge().nodes().forEach((uuid, entry) -> {
            if (entry.operational()) {
                members.add(uuid);
            } else if (entry.leaving()) {
                left.add(uuid);
            }
        });
        TreeSet<Uuid> joined = new TreeSet<>(members);
        joined.removeAll(ending.members());
        TreeSet<Uuid> partitioned = new TreeSet<>(ending.members());
        partitioned.removeAll(members);
        partitioned.removeAll(left);
        return new EvsView(install.version(), install.installView(), members, joined, left, partitioned);
    }

    /** Releases what waits; for a node that ends. */
    void clear() {
        causals.forEach(c -> c.payload().release());
        causals.clear();
    }
}

package io.wsrep4j.gcomm.log;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.event.Level;

/** What passed and what was left out in one window, by kind and peer. Guarded by its {@link LimitedLog}. */
final class LeftOut {

    /** Peers that are told apart in a kind. */
    static final int MAX_PEERS = 64;

    /** Kinds that are told apart; there are fewer in the code. */
    static final int MAX_KINDS = 200;

    private static final int PEERS_IN_SUMMARY = 3;
    private static final int PEER_LENGTH = 50;
    private static final String OTHERS = "others";
    private static final LineKind OTHER_KINDS = LineKind.ofPeer("other lines");

    private final Map<LineKind, OfKind> kinds = new LinkedHashMap<>();
    private int written;
    private Level level;

    /** Lines of one peer. */
    private static final class OfPeer {
        private int written;
        private long leftOut;

        long leftOut() {
            return leftOut;
        }
    }

    private static final class OfKind {
        private final Map<Object, OfPeer> peers = new LinkedHashMap<>();
        private int written;
        private long leftOut;

        OfPeer of(Object peer) {
            Object key = peer == null ? OTHERS : peer;
            OfPeer known = peers.get(key);
            if (known != null) {
                return known;
            }
            return peers.computeIfAbsent(peers.size() < MAX_PEERS ? key : OTHERS, missing -> new OfPeer());
        }
    }

    /** True if nothing was logged in this window. */
    boolean isEmpty() {
        return kinds.isEmpty();
    }

    /** The gravest of the lines that were left out; null if none was. */
    Level level() {
        return level;
    }

    boolean passes(Level lineLevel, LineKind wanted, Object peer) {
        LineKind kind = kinds.containsKey(wanted) || kinds.size() < MAX_KINDS ? wanted : OTHER_KINDS;
        OfKind ofKind = kinds.computeIfAbsent(kind, missing -> new OfKind());
        OfPeer ofPeer = ofKind.of(peer);
        boolean passes = ofPeer.written < kind.linesOfPeer()
                && ofKind.written < kind.linesInAll()
                && (kind.aboutNode() || written < LimitedLog.MAX_LINES);
        if (passes) {
            ofPeer.written++;
            ofKind.written++;
            written += kind.aboutNode() ? 0 : 1;
        } else {
            ofPeer.leftOut++;
            ofKind.leftOut++;
            level = level == null || lineLevel.toInt() > level.toInt() ? lineLevel : level;
        }
        return passes;
    }

    String summary() {
        return "Lines like the ones above that were left out within a minute: "
                + kinds.entrySet().stream()
                        .filter(kind -> kind.getValue().leftOut > 0)
                        .map(kind ->
                                kind.getValue().leftOut + " of " + kind.getKey().what() + peers(kind.getValue()))
                        .collect(Collectors.joining("; "));
    }

    private static String peers(OfKind kind) {
        if (kind.peers.size() == 1 && kind.peers.containsKey(OTHERS)) {
            return "";
        }
        String most = kind.peers.entrySet().stream()
                .filter(peer -> peer.getValue().leftOut > 0)
                .sorted(Comparator.comparingLong((Map.Entry<Object, OfPeer> peer) ->
                                peer.getValue().leftOut())
                        .reversed())
                .limit(PEERS_IN_SUMMARY)
                .map(peer -> name(peer.getKey()) + ": " + peer.getValue().leftOut)
                .collect(Collectors.joining(", "));
        return " (" + most + (kind.peers.size() > PEERS_IN_SUMMARY ? ", ..." : "") + ")";
    }

    private static String name(Object peer) {
        String text = peer instanceof java.net.InetAddress address ? address.getHostAddress() : peer.toString();
        return text.length() > PEER_LENGTH ? text.substring(0, PEER_LENGTH) : text;
    }
}

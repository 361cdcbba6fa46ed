package io.wsrep4j.gcomm.gmcast;

import io.wsrep4j.gcomm.log.LimitedLog;
import io.wsrep4j.gcomm.log.LineKind;
import io.wsrep4j.gcomm.transport.TransportEffects;
import java.util.Comparator;
import java.util.List;

/** Whom this node dials, and when (docs/spec/gcomm-transport-pc.md 7.1). */
final class Dialling {

    private static final LineKind DIALLING = LineKind.ofPeer("dials");

    private final Connections connections;
    private final AddressBook book;
    private final Gossip gossip;
    private final Isolation isolation;
    private final TransportEffects effects;
    private final LimitedLog log;

    Dialling(
            Connections connections,
            AddressBook book,
            Gossip gossip,
            Isolation isolation,
            TransportEffects effects,
            LimitedLog log) {
        this.connections = connections;
        this.book = book;
        this.gossip = gossip;
        this.isolation = isolation;
        this.effects = effects;
        this.log = log;
    }

    /**
     * Dials all addresses whose time has come.
     *
     * @return why this node must end, or null
     */
    GmcastFailure dial(long nowNanos) {
        if (isolation.isCutOff()) {
            return null;
        }
        List<AddressEntry> due = due(nowNanos);
        if (isolation.isFatal()) {
            return due.isEmpty() ? null : Isolation.failure();
        }
        dial(due, nowNanos);
        return null;
    }

    private void dial(List<AddressEntry> due, long nowNanos) {
        int tries = gossip.tries();
        for (AddressEntry entry : due) {
            boolean hearsay = entry.isHearsay();
            // an earlier one in the list may have been the same node
            if (!connections.reach(entry) && (!hearsay || tries < Gossip.MAX_DIALS)) {
                tries += hearsay ? 1 : 0;
                Connection connection = Connection.dialled(connections.newId(), entry.address, nowNanos);
                connections.add(connection);
                log.debug(DIALLING, null, "dialling {}", entry.address);
                effects.dial(connection.id, entry.address);
            }
        }
    }

    private List<AddressEntry> due(long nowNanos) {
        List<AddressEntry> all = book.allRemote();
        // those that wait for their turn longest
        all.sort(Comparator.comparing(AddressEntry::isFresh)
                .reversed()
                .thenComparingLong(AddressEntry::nextReconnectNanos));
        all.addAll(0, book.allPending());
        all.removeIf(entry -> !entry.isDue(nowNanos) || entry.isForgotten() || connections.reach(entry));
        return all;
    }

    /** The earliest first dial that is still to come; {@link Long#MAX_VALUE} for none. */
    long nextFirstDialNanos(long nowNanos) {
        long next = Long.MAX_VALUE;
        for (AddressEntry entry : book.remoteInPlace()) {
            if (entry.isFresh() && !entry.isDue(nowNanos)) {
                next = Math.min(next, entry.nextReconnectNanos());
            }
        }
        return next;
    }
}

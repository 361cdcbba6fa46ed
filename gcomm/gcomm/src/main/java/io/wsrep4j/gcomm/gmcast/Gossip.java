package io.wsrep4j.gcomm.gmcast;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.log.LimitedLog;
import io.wsrep4j.gcomm.log.LineKind;
import io.wsrep4j.gcomm.transport.NodeAddress;
import java.util.random.RandomGenerator;

/**
 * What peers say of others' addresses (docs/spec/gcomm-transport-pc.md 7.2 and 20.5), and how far it is believed: an address that this node never
 * reached is hearsay. One peer can make this node try a bounded number of such addresses, few at a time, and they are forgotten when no peer names
 * them any more. Owned by {@link Gmcast}.
 */
final class Gossip {

    /** Addresses never reached that one peer is believed at a time; the rest has its turn when these were reached or forgotten. */
    static final int MAX_OF_PEER = 64;

    /** Dials of hearsay that may be under way at a time. */
    static final int MAX_DIALS = 16;

    private static final LineKind TOO_MANY = LineKind.ofPeer("addresses that are too many");

    private static final int FIRST_DIAL_JITTER_MILLIS = 100;
    private static final long MILLI = 1_000_000L;

    private final Uuid nodeId;
    private final NodeAddress listenAddress;
    private final RandomGenerator random;
    private final Connections connections;
    private final AddressBook book;
    private final LimitedLog log;
    private long learnedDialNanos = Long.MAX_VALUE;

    Gossip(
            Uuid nodeId,
            NodeAddress listenAddress,
            RandomGenerator random,
            Connections connections,
            AddressBook book,
            LimitedLog log) {
        this.nodeId = nodeId;
        this.listenAddress = listenAddress;
        this.random = random;
        this.connections = connections;
        this.book = book;
        this.log = log;
    }

    /** Takes up what the peers' last lists say. */
    void learn(long nowNanos) {
        for (Connection connection : connections.inPlace()) {
            if (connection.isEstablished() && !connection.links.isEmpty()) {
                learn(connection, nowNanos);
            }
        }
    }

    private void learn(Connection teller, long nowNanos) {
        int believed = -1;
        for (var link : teller.links.entrySet()) {
            NodeAddress address = link.getValue();
            if (link.getKey().equals(nodeId)
                    || address.equals(listenAddress)
                    || address.isWildcard()
                    || book.isBlack(address)
                    || book.speaksOf(address, link.getKey())) {
                continue;
            }
            believed = believed < 0 ? hearsayOf(teller.remoteId) : believed;
            if (believed >= MAX_OF_PEER || book.isFull()) {
                log.info(
                        TOO_MANY,
                        teller.peer,
                        "{} names more addresses than are tried at a time; the rest waits, first {}",
                        teller,
                        address);
                return;
            }
            believed++;
            long dialAt = nowNanos + random.nextInt(FIRST_DIAL_JITTER_MILLIS) * MILLI;
            book.addRemote(AddressEntry.told(
                    address, link.getKey(), teller.remoteId, book.maximumInitialReconnects(), dialAt));
            learnedDialNanos = Math.min(learnedDialNanos, dialAt);
        }
    }

    private int hearsayOf(Uuid teller) {
        int count = 0;
        for (AddressEntry entry : book.remoteInPlace()) {
            if (entry.isHearsay() && entry.teller.equals(teller)) {
                count++;
            }
        }
        return count;
    }

    /** The earliest dial of an address learned since this was asked last; {@link Long#MAX_VALUE} if none was learned. */
    long takeLearnedDialNanos() {
        long taken = learnedDialNanos;
        learnedDialNanos = Long.MAX_VALUE;
        return taken;
    }

    /** Forgets hearsay that no peer has named for a while: the one who said it is gone, or says otherwise now. */
    void forgetUntold(long patienceNanos, long nowNanos) {
        for (AddressEntry entry : book.allRemote()) {
            if (entry.isHearsay() && entry.untoldFor(isTold(entry), nowNanos) > patienceNanos) {
                book.removeRemote(entry.address);
                Connection dial = connections.to(entry.address);
                if (dial != null && dial.outgoing && !dial.isEstablished()) {
                    connections.close(dial, "no peer names its address any more");
                }
            }
        }
    }

    private boolean isTold(AddressEntry entry) {
        for (Connection connection : connections.inPlace()) {
            if (connection.isEstablished() && entry.address.equals(connection.links.get(entry.node))) {
                return true;
            }
        }
        return false;
    }

    /** True if the connection is a try of an address that is only hearsay. */
    boolean isTry(Connection connection) {
        if (!connection.outgoing || connection.isEstablished()) {
            return false;
        }
        AddressEntry entry = book.remote(connection.remoteAddress);
        return entry != null && entry.isHearsay() && !book.isPending(connection.remoteAddress);
    }

    /** How many tries of hearsay are under way. */
    int tries() {
        int count = 0;
        for (Connection connection : connections.inPlace()) {
            if (isTry(connection)) {
                count++;
            }
        }
        return count;
    }
}

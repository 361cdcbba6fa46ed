package io.wsrep4j.gcomm.gmcast;

import io.wsrep4j.gcomm.transport.NodeAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Everything GMCast is told at start, validated (docs/spec/gcomm-transport-pc.md 16). Times are nanoseconds.
 *
 * @param group gmcast.group; at most 32 bytes
 * @param listenAddress the address that is really bound, with its port; its scheme is the scheme of all own addresses
 * @param initialAddresses peers to dial first, resolved
 * @param segment gmcast.segment, 0 to 254
 * @param peerTimeoutNanos gmcast.peer_timeout
 * @param timeWaitNanos gmcast.time_wait
 * @param maximumInitialReconnects gmcast.mira
 */
public record GmcastSettings(
        String group,
        NodeAddress listenAddress,
        List<NodeAddress> initialAddresses,
        int segment,
        long peerTimeoutNanos,
        long timeWaitNanos,
        int maximumInitialReconnects) {

    /** The longest group name, in bytes. */
    public static final int MAX_GROUP_LENGTH = 32;

    public GmcastSettings {
        initialAddresses = List.copyOf(initialAddresses);
        if (group.getBytes(StandardCharsets.UTF_8).length > MAX_GROUP_LENGTH || group.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("group name '" + group + "' is refused; allowed are at most "
                    + MAX_GROUP_LENGTH + " bytes without NUL");
        }
        if (segment < 0 || segment > 254) {
            throw new IllegalArgumentException("segment " + segment + " is refused; allowed is 0 to 254");
        }
        if (listenAddress.toString().length() > NodeAddress.MAX_TEXT_LENGTH) {
            throw new IllegalArgumentException(
                    "listen address '" + listenAddress + "' is longer than " + NodeAddress.MAX_TEXT_LENGTH + " bytes");
        }
    }

    /** The same with the address that was bound. */
    public GmcastSettings listeningAt(NodeAddress bound) {
        return new GmcastSettings(
                group, bound, initialAddresses, segment, peerTimeoutNanos, timeWaitNanos, maximumInitialReconnects);
    }
}

package io.wsrep4j.gcomm.netty;

import java.net.InetAddress;

/**
 * UDP multicast among wsrep4j nodes (docs/spec/gcomm-transport-pc.md 10.3).
 *
 * @param group gmcast.mcast_addr, a multicast address
 * @param port gmcast.mcast_port; 0 for the listen port
 * @param timeToLive gmcast.mcast_ttl, 1 to 255
 */
public record MulticastSettings(InetAddress group, int port, int timeToLive) {

    public MulticastSettings {
        if (!group.isMulticastAddress()) {
            throw new IllegalArgumentException("option gmcast.mcast_addr: value '" + group.getHostAddress()
                    + "' is refused; allowed is a multicast address: 224.0.0.0 to 239.255.255.255 or ff00::/8");
        }
    }
}

package io.wsrep4j.gcomm.netty;

import java.net.InetAddress;

/**
 * UDP multicast among wsrep4j nodes (docs/spec/gcomm-transport-pc.md 10.3).
 *
 * @param group a multicast address
 * @param port 0 for the listen port
 * @param timeToLive how many routers a datagram passes, 1 to 255
 */
public record MulticastSettings(InetAddress group, int port, int timeToLive) {

    public MulticastSettings {
        if (!group.isMulticastAddress()) {
            throw new IllegalArgumentException("not a multicast address: " + group.getHostAddress());
        }
    }
}

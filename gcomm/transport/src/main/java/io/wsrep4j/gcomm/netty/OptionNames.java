package io.wsrep4j.gcomm.netty;

/**
 * What the operator calls the things that the messages of a transport speak of, so that they can say what to change: names of options of whoever uses
 * the transport.
 *
 * @param listenAddress where this node listens
 * @param peerTimeout how long a peer may be silent
 * @param multicastAddress the multicast group
 */
public record OptionNames(String listenAddress, String peerTimeout, String multicastAddress) {}

/**
 * Drivers that put a protocol stack on real sockets with Netty: TCP, TLS, UDP multicast (docs/spec/gcomm-transport-pc.md 3, 4, 10.3).
 *
 * <p>Entry class: {@link io.wsrep4j.gcomm.netty.NettyTransport}. The whole protocol stack of a channel runs under its lock. This package must
 * never take a protocol decision: it moves bytes and tells the time.
 */
package io.wsrep4j.gcomm.netty;

/**
 * The backend for {@code gcomm://}: Galera's own group communication. Puts the cores together (GMCast, EVS, primary component) on a Netty
 * transport, under that transport's one lock, and leads a node in and out.
 *
 * <p>Entry class: {@link io.wsrep4j.gcomm.channel.GcommChannelFactory}. This package must take no protocol decision that belongs to a core.
 */
package io.wsrep4j.gcomm.channel;

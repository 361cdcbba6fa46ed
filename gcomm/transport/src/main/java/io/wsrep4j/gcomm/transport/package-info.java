/**
 * What a transport and the protocol stack on it are to each other: addresses, connections by number, what the stack wants done and what it is told.
 *
 * <p>Entry interfaces: {@link io.wsrep4j.gcomm.transport.ProtocolStack}, which the transport drives, and {@link
 * io.wsrep4j.gcomm.transport.TransportEffects}, which the stack calls. Pure: no socket, thread or clock, and no word of what a frame means.
 */
package io.wsrep4j.gcomm.transport;

/**
 * Extended virtual synchrony: agrees on views among the nodes that hear each other, and orders messages inside a view so that every member
 * delivers the same ones (docs/spec/gcomm-evs.md).
 *
 * <p>Entry class: {@link io.wsrep4j.gcomm.evs.EvsCore}, a deterministic state machine between {@link io.wsrep4j.gcomm.evs.EvsTransport}
 * below and {@link io.wsrep4j.gcomm.evs.EvsListener} above. It must never read a clock, take a lock, start a thread or open a socket.
 */
package io.wsrep4j.gcomm.evs;

/**
 * GMCast: the full mesh of connections below EVS (docs/spec/gcomm-transport-pc.md 5 to 10). It shakes hands, learns addresses from its peers, keeps
 * every pair connected, relays around broken links and between segments, and hands user messages up with the id of their sender.
 *
 * <p>Entry class: {@link io.wsrep4j.gcomm.gmcast.Gmcast}, a deterministic state machine. It must never touch a socket, thread, clock, lock or
 * random source: events and the time come in by calls, effects go out through {@link io.wsrep4j.gcomm.transport.TransportEffects}, and what its
 * user sees through {@link io.wsrep4j.gcomm.gmcast.GmcastListener}.
 */
package io.wsrep4j.gcomm.gmcast;

/**
 * Extended virtual synchrony: agrees on views among the nodes that hear each other, and orders messages inside a view so that every member
 * delivers the same ones (docs/spec/gcomm-evs.md).
 *
 * <p>Entry class: {@link io.wsrep4j.gcomm.evs.EvsCore}, a deterministic state machine between {@link io.wsrep4j.gcomm.evs.EvsTransport}
 * below and {@link io.wsrep4j.gcomm.evs.EvsListener} above. It must never read a clock, take a lock, start a thread or open a socket.
 *
 * <p>{@code Parts} and {@code Reactions} put it together. {@code Admission} decides who is heard, {@code States} hands a message to the state that the node is in, the
 * classes named …Handling say what it does in any state, and {@code Transitions} alone changes the state. A node is a member as the others are: what it
 * says to all by which they agree on a view (JOIN, INSTALL, the gaps that commit to one, LEAVE) it handles itself too, out of {@code Backlog}, behind
 * what it is just doing and in the order in which it went out; so no part calls itself by way of another. What it says as data (messages, which take
 * its own slots, and acknowledgements, of which it knew before) has taken effect when it is sent.
 */
package io.wsrep4j.gcomm.evs;

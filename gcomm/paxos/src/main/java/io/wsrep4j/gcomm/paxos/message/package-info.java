/**
 * What members of a {@code paxos://} group say to each other (docs/spec/paxos.md 21), as values, and their bytes.
 *
 * <p>Entry class: {@link io.wsrep4j.gcomm.paxos.message.PaxosFrame}. Reading trusts nothing: each count, length, slot and range is checked before it is
 * used, and what is wrong is a {@link io.wsrep4j.gcomm.paxos.message.MalformedFrameException} naming the field. It must never know the protocol's state.
 */
package io.wsrep4j.gcomm.paxos.message;

/**
 * What members of a {@code paxos://} group say to each other (docs/spec/paxos.md 21), as values, and their bytes.
 *
 * <p>Entry class: {@link io.wsrep4j.gcomm.paxos.message.PaxosFrame}. Reading trusts nothing: each count, length, slot and range is checked before it is
 * used, and what is wrong is a {@link io.wsrep4j.gcomm.paxos.message.MalformedFrameException} naming the field. It must never know the protocol's state.
 *
 * <p>Where bodies differ from 21.4: HELLO, JOIN and WELCOME carry a member or a configuration whole; ALIVE says whether the sender is suspended;
 * FORWARD carries commands, too; JOIN_ANSWER is a flag and a reason; SNAPSHOT has the count of views; a command has its length in 4 bytes; FORCE_PROMISE
 * has no mids and sequences, which are a function of the order; there is no NOT_OWNER, as a forwarder knows the lanes and repeats. A frame's ranges name
 * at most 131072 slots together.
 */
package io.wsrep4j.gcomm.paxos.message;

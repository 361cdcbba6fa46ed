/**
 * The group layer: above any {@link io.wsrep4j.gcomm.GroupChannel}, every node agrees on who is a member in which state, what the next global
 * seqno is, who donates to whom, and when the cluster must slow down (docs/spec/gcs.md).
 *
 * <p>Entry: {@link io.wsrep4j.gcomm.group.GroupConnection}, which is a {@link io.wsrep4j.gcomm.group.Group}: threads, queues and waiters around
 * the pure state machine {@code GroupState}. Messages are in {@link io.wsrep4j.gcomm.group.message}.
 *
 * <p>This package must never interpret the bytes of a write set, and never block the thread that delivers messages.
 */
package io.wsrep4j.gcomm.group;

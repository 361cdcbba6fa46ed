/**
 * The group layer: above any {@link io.wsrep4j.gcomm.GroupChannel}, every node agrees on who is a member in which state, what the next global
 * seqno is, who donates to whom, and when the cluster must slow down (docs/spec/gcs.md).
 *
 * <p>Entry for whoever uses it: {@link io.wsrep4j.gcomm.group.Group}, implemented in {@link io.wsrep4j.gcomm.group.connection}, which has the threads, locks
 * and timers. Entry for that one: {@link io.wsrep4j.gcomm.group.GroupState}, a pure state machine: views and messages in, {@link
 * io.wsrep4j.gcomm.group.GroupEffects} out. Messages are in {@link io.wsrep4j.gcomm.group.message}.
 *
 * <p>This package must never interpret the bytes of a write set, and knows no thread, lock, clock, random source or file ({@code FloorsTest}).
 */
package io.wsrep4j.gcomm.group;

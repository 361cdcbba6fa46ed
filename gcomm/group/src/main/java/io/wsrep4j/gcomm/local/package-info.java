/**
 * A backend without a network: a group of one member, delivered to on the sender's own thread. For single nodes, tests and benchmarks.
 *
 * <p>Entry: {@link io.wsrep4j.gcomm.local.LocalChannelFactory}, scheme {@code local}. This package must never start a thread.
 */
package io.wsrep4j.gcomm.local;

/**
 * A node's connection to its group: threads that send, receive and wait, around the pure state machine of {@link io.wsrep4j.gcomm.group} (docs/spec/gcs.md 3,
 * 14 and 17).
 *
 * <p>Entry: {@link io.wsrep4j.gcomm.group.connection.GroupConnection}. This package must never decide what all members must decide alike, and never block the
 * thread that delivers messages.
 */
package io.wsrep4j.gcomm.group.connection;

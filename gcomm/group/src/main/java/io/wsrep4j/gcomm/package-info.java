/**
 * Group communication: members, views, and messages in one total order.
 *
 * <p>Entry interface: {@link io.wsrep4j.gcomm.GroupChannel}, found by the scheme of the cluster address through {@link
 * io.wsrep4j.gcomm.GroupChannelFactory}. The backends live in packages and modules of their own, but for the group of one; the group layer,
 * which works above any of them, knows none. What every backend promises is docs/spec/gcs.md 22.
 *
 * <p>This package must never know what a message means to a database.
 */
package io.wsrep4j.gcomm;

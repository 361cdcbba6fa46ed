/**
 * Flow control: how long the receive queue may grow, when to tell the group to stop and to go on, and how fast a joiner may receive while
 * its state is transferred (docs/spec/gcs.md 12 and 13).
 *
 * <p>This package must never send, wait, or read a clock: time and lengths come in, decisions come out.
 */
package io.wsrep4j.flow;

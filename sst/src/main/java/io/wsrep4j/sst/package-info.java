/**
 * Snapshot state transfer: requests, the donor's and the joiner's side (sheet replicator-state-transfer, 17 to 19).
 *
 * <p>This package must never touch the order of events.
 */
package io.wsrep4j.sst;

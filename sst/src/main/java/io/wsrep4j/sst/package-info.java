/**
 * Snapshot state transfer: requests, the donor's and the joiner's side (sheet replicator-state-transfer, 17 to 19).
 *
 * <p>Entry class: {@link io.wsrep4j.sst.StateRequestBody}, what a joiner asks and a donor reads.
 *
 * <p>This package must never touch the order of events.
 */
package io.wsrep4j.sst;

/**
 * Incremental state transfer: the wire protocol, the donor's sender and the joiner's receiver (sheet replicator-state-transfer, 20 and 21).
 *
 * <p>This package must never decide what is transferred: the replicator does.
 */
package io.wsrep4j.ist;

/**
 * Incremental state transfer: the wire protocol, the donor's sender and the joiner's receiver (docs/spec/replicator-state-transfer.md 20 and 21).
 *
 * <p>Entry classes: {@link io.wsrep4j.ist.IstReceiver} hands what comes to an {@link io.wsrep4j.ist.IstSink}; {@link io.wsrep4j.ist.IstSender}
 * streams an {@link io.wsrep4j.ist.IstSource}. The sessions behind them are pure.
 *
 * <p>This package must never decide what is transferred, or look into it: the replicator does.
 */
package io.wsrep4j.ist;

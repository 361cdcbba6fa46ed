/**
 * The arbitrator, garbd's job (docs/spec/gcs.md 18; docs/spec/replicator-state-transfer.md 25): a member that counts in the transport's quorum and
 * stores nothing.
 *
 * <p>Entry: {@link io.wsrep4j.provider.arbitrator.ArbitratorCommand}, the command line, and {@link
 * io.wsrep4j.provider.arbitrator.Arbitrator}, which can also be run inside another process. This package must never keep a write set.
 */
package io.wsrep4j.provider.arbitrator;

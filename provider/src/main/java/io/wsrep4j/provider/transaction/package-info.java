/**
 * The life of a transaction inside the provider: gathering, replication, certification, the three orders, brute-force abort, replay, total
 * order isolation (docs/spec/wsrep-api-v26.md 5 and 6; docs/spec/replicator-state-transfer.md 6 to 11).
 *
 * <p>Entry class: {@link io.wsrep4j.provider.transaction.Transactions}. This package must never know how the group is reached, and never hold a
 * lock while it calls the host or waits.
 */
package io.wsrep4j.provider.transaction;

/**
 * The provider: write sets, certification, ordering, the life of a transaction, and the replicator that conducts them (sheets
 * wsrep-api-v26, writeset-certification, replicator-state-transfer).
 *
 * <p>This package must never know how its host is reached: that is the native bridge's.
 */
package io.wsrep4j.provider;

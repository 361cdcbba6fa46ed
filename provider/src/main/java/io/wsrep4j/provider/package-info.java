/**
 * The provider: write sets, certification, ordering, the life of a transaction, and the replicator that conducts them (docs/spec/wsrep-api-v26.md,
 * docs/spec/writeset-certification.md, docs/spec/replicator-state-transfer.md).
 *
 * <p>This package must never know how its host is reached: that is the native bridge's.
 */
package io.wsrep4j.provider;

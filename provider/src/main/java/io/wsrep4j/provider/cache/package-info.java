/**
 * The provider's side of the write-set cache: actions are received into it, published under their seqnos, and read again for joiners
 * (docs/spec/gcache.md, and docs/spec/replicator-state-transfer.md 14 and 21).
 *
 * <p>Entry class: {@link io.wsrep4j.provider.cache.ActionCache}.
 *
 * <p>This package must never look into what it keeps.
 */
package io.wsrep4j.provider.cache;

/**
 * Memory outside the heap, for what grows with the keys of a transaction: a heap of a few hundred megabytes has no room for twenty million of them.
 *
 * <p>Entry: {@link io.wsrep4j.provider.memory.MemorySource}. This package must never decide what is kept there; who allocates frees.
 */
package io.wsrep4j.provider.memory;

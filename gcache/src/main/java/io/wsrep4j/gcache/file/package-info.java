/**
 * Files mapped into memory, as the cache needs them: whole, with their disk space really taken, locked against a second provider, not
 * inherited by forked scripts. Entry: {@link io.wsrep4j.gcache.file.MappedFile}. The ring's file is born as a Chronicle Queue store
 * ({@link io.wsrep4j.gcache.file.RingContainer}).
 *
 * <p>This package knows nothing of write sets.
 */
package io.wsrep4j.gcache.file;

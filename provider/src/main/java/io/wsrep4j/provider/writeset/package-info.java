/**
 * Galera's write sets as bytes (docs/spec/writeset-certification.md 3 to 7): gathering keys and data, sealing them into one contiguous buffer,
 * and reading such a buffer in place.
 *
 * <p>Entries: {@link io.wsrep4j.provider.writeset.WriteSetBuilder} to write, {@link io.wsrep4j.provider.writeset.WriteSetReader} to read.
 * This package must never trust a field before its checksum, nor decide anything about conflicts: that is certification's.
 */
package io.wsrep4j.provider.writeset;

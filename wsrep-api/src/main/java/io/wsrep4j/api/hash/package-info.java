/**
 * The hash functions that Galera's bytes are checked and certified with, here because all floors above need them: write sets, incremental
 * transfer and the group's messages. Entry class: {@link io.wsrep4j.api.hash.MurmurHash128}.
 *
 * <p>This package must never allocate for each input.
 */
package io.wsrep4j.api.hash;

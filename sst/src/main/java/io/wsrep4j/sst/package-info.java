/**
 * Snapshots for hosts in Java, which have no scripts: the method {@code wsrep4j_stream}. Ships only where such a host uses it.
 *
 * <p>Entry classes: {@link io.wsrep4j.sst.SnapshotReceiver#request} is what the joiner's {@link io.wsrep4j.api.Host#sstRequest} returns,
 * and its end is what the host tells {@link io.wsrep4j.api.Provider#sstReceived}; {@link io.wsrep4j.sst.SnapshotSender} belongs into the donor's
 * {@link io.wsrep4j.api.Host#sstDonate}, and its end into {@link io.wsrep4j.api.Provider#sstSent}.
 *
 * <p>The stream, version 1, over TCP or TLS, on which the donor calls the joiner: the joiner's CHALLENGE (magic, version, nonce); the donor's HELLO
 * (nonce, proof); the joiner's WELCOME (proof); the donor's BEGIN, for each entry ENTRY, CHUNKs of at most 1 MiB of content and ENTRY_END, then END
 * with position and totals; the joiner's ACCEPTED once its host has taken everything. Either may send ALIVE at any time after the handshake, and
 * FAILED with the reason as its last word. Every frame has a CRC-32C, every compressed chunk zstd's checksum of its content, every entry its length
 * and CRC-32C, the snapshot its length and number of entries; only when all of that is right is the host told that it is complete. The proofs are
 * HMACs with a secret that the request carried through the group: strangers can neither give nor get a snapshot. Without TLS that does not keep out
 * somebody who can alter the connection.
 *
 * <p>This package must never touch the order of events.
 */
package io.wsrep4j.sst;

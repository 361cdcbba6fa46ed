package io.wsrep4j.gcache;

import java.nio.ByteBuffer;

/**
 * The cache's way with encryption on: bytes arrive in plain memory, are sealed into a store when they get their seqno, and are opened again for
 * readers (docs/spec/gcache.md 12). Methods say which of them run under the cache's mutex.
 */
final class SealedWriteSets {

    private final Encryption encryption;
    private final PlainCopies copies;

    SealedWriteSets(CacheSettings settings, HostCipher cipher, Ring ring) {
        this.encryption = new Encryption(cipher, ring == null ? null : new RingKeySlots(ring.header()));
        this.copies = new PlainCopies(settings.encryptionCacheSize());
    }

    PlainCopies copies() {
        return copies;
    }

    /** Under the mutex. See {@link Encryption#masterKey}. */
    boolean masterKey(ByteBuffer key) {
        return encryption.masterKey(key);
    }

    void requireKey() {
        encryption.requireKey();
    }

    /** Without the mutex: the payload belongs to the buffer's owner. */
    void seal(WriteSetBuffer buffer) {
        encryption.seal(buffer.address(), buffer.length(), buffer.storedAddress());
    }

    /** Without the mutex, while the sealed record is kept from being discarded. */
    PlainCopies.Copy open(long sealed, int sealedLength) {
        encryption.requireKey();
        PlainCopies.Copy copy = new PlainCopies.Copy(Encryption.plainLength(sealedLength));
        try {
            encryption.open(sealed, sealedLength, copy);
            return copy;
        } catch (RuntimeException | Error e) {
            copy.free();
            throw e;
        }
    }
}

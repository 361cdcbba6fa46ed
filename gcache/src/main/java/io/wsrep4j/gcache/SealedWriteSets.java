package io.wsrep4j.gcache;

import java.nio.ByteBuffer;

/**
 * The cache's way with encryption on: bytes arrive in plain memory, are sealed into a store when they get their seqno, and are opened again for
 * readers (docs/spec/gcache.md 12). Methods say which of them run under the cache's mutex.
 */
final class SealedWriteSets {

    private final Encryption encryption;
    private final PlainCopies copies;
    private final Object mutex;

    /**
     * @param ring null without one
     * @param mutex the cache's
     */
    SealedWriteSets(CacheSettings settings, HostCipher cipher, Ring ring, Object mutex) {
        this.mutex = mutex;
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

    /** A readable copy with one more user. Without the mutex, while the sealed record is kept from being discarded. */
    PlainCopies.Copy use(long seqno, long sealed, int sealedLength, Retention retention) {
        synchronized (mutex) {
            PlainCopies.Copy known = copies.use(seqno);
            if (known != null) {
                return known;
            }
        }
        PlainCopies.Copy opened = open(sealed, sealedLength);
        synchronized (mutex) {
            PlainCopies.Copy known = copies.use(seqno);
            if (known != null) {
                opened.free();
                return known;
            }
            copies.put(seqno, opened);
            PlainCopies.Copy used = copies.use(seqno);
            copies.trim(retention.released());
            return used;
        }
    }

    private PlainCopies.Copy open(long sealed, int sealedLength) {
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

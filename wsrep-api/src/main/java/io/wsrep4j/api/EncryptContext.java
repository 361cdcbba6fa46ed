package io.wsrep4j.api;

import java.nio.ByteBuffer;

/**
 * Key, initialisation vector and running state of one stream given to {@link Host#encrypt} (docs/spec/wsrep-api-v26.md 3.3). Not thread-safe: one
 * stream, one thread at a time.
 */
public final class EncryptContext {

    /** Length of the initialisation vector, in bytes. */
    public static final int IV_BYTES = 32;

    private final ByteBuffer key;
    private final ByteBuffer iv;
    private Object hostState;

    /**
     * A fresh stream.
     *
     * @param key the encryption key
     * @param iv {@link #IV_BYTES} bytes
     */
    public EncryptContext(ByteBuffer key, ByteBuffer iv) {
        if (iv.remaining() != IV_BYTES) {
            throw new IllegalArgumentException(
                    "the initialisation vector has " + iv.remaining() + " bytes; it must have " + IV_BYTES);
        }
        this.key = key;
        this.iv = iv;
    }

    /** The encryption key, between position and limit. */
    public ByteBuffer key() {
        return key;
    }

    /** The initialisation vector. */
    public ByteBuffer iv() {
        return iv;
    }

    /** The host's own state of this stream; null at its beginning. */
    public Object hostState() {
        return hostState;
    }

    /** Only for the host. */
    public void setHostState(Object hostState) {
        this.hostState = hostState;
    }
}

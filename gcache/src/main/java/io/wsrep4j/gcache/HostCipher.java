package io.wsrep4j.gcache;

import io.wsrep4j.api.EncryptContext;
import io.wsrep4j.api.EncryptDirection;
import java.nio.ByteBuffer;

/** The host's encryption, as the cache needs it (docs/spec/gcache.md 12): {@code host::encrypt} of {@link io.wsrep4j.api.Host}. Called from any thread that uses the cache. */
@FunctionalInterface
public interface HostCipher {

    /** For hosts without encryption: refuses every call. */
    HostCipher NONE = (context, input, output, direction, last) -> -1;

    /**
     * See {@link io.wsrep4j.api.Host#encrypt}.
     *
     * @return bytes written to {@code output}, or a negative error number
     */
    int encrypt(EncryptContext context, ByteBuffer input, ByteBuffer output, EncryptDirection direction, boolean last);
}

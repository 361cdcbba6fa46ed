package io.wsrep4j.jna;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import io.wsrep4j.api.EncryptContext;
import java.nio.ByteBuffer;

/** {@code wsrep_enc_ctx_t} of one stream in memory (docs/spec/wsrep-api-v26.md 3.3), with the key and vector that it points to. */
final class EncryptImage {

    private static final int KEY = 0;
    private static final int IV = 8;
    private static final int CONTEXT = 16;
    private static final int BYTES = 24;

    private final Memory memory = new Memory(BYTES);
    private final Memory keyBuffer = new Memory(NativeMemory.BUFFER_BYTES);
    private final Memory key;
    private final Memory iv = new Memory(EncryptContext.IV_BYTES);

    private EncryptImage(EncryptContext context) {
        ByteBuffer keyBytes = context.key().duplicate();
        key = new Memory(Math.max(1, keyBytes.remaining()));
        keyBuffer.setPointer(0, key);
        keyBuffer.setLong(Native.POINTER_SIZE, keyBytes.remaining());
        key.getByteBuffer(0, key.size()).put(keyBytes);
        iv.getByteBuffer(0, EncryptContext.IV_BYTES).put(context.iv().duplicate());
        memory.setPointer(KEY, keyBuffer);
        memory.setPointer(IV, iv);
        memory.setPointer(CONTEXT, null);
    }

    /** The stream's image, made on its first use and kept as the host's state, since the host's own state lives inside. */
    static EncryptImage of(EncryptContext context) {
        if (context.hostState() instanceof EncryptImage image) {
            return image;
        }
        EncryptImage image = new EncryptImage(context);
        context.setHostState(image);
        return image;
    }

    Memory memory() {
        return memory;
    }
}

package io.wsrep4j.jna;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.wsrep4j.api.WriteSetHandle;

/**
 * {@code wsrep_ws_handle_t} of a Java host's transaction in a native provider, or of an event that the provider applies. It is the opaque
 * object of a {@link WriteSetHandle} as long as the native one is not null.
 */
record NativeHandle(Pointer memory) {

    private static final int BYTES = 16;

    /** The structure of this handle, made on first use. */
    static NativeHandle of(WriteSetHandle handle) {
        if (handle.opaque() instanceof NativeHandle existing) {
            return existing;
        }
        Memory memory = new Memory(BYTES);
        memory.setLong(0, handle.transactionId());
        memory.setPointer(Native.POINTER_SIZE, null);
        return new NativeHandle(memory);
    }

    /** After a call: the handle carries this exactly if the provider has hung something on it. */
    void settle(WriteSetHandle handle) {
        handle.setOpaque(memory.getPointer(Native.POINTER_SIZE) == null ? null : this);
    }
}

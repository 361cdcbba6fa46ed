package io.wsrep4j.jna;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import io.wsrep4j.api.ApplierContext;
import io.wsrep4j.api.Status;
import java.util.function.Function;

/**
 * Calls into a native provider that may not be there yet, or not any more: then the answer is the caller's, and no native code runs
 * (docs/spec/wsrep-api-v26.md 2.3). Thread-safe.
 */
final class NativeCalls {

    private final Vtable vtable;
    private volatile NativeCallbacks callbacks;

    NativeCalls(Vtable vtable) {
        this.vtable = vtable;
    }

    Vtable vtable() {
        return vtable;
    }

    /** The provider is initialised, and calls back there. */
    void open(NativeCallbacks given) {
        callbacks = given;
    }

    /** The provider is freed. */
    void close() {
        callbacks = null;
    }

    boolean isClosed() {
        return callbacks == null;
    }

    Status call(Status whenClosed, int function, Object... arguments) {
        return isClosed() ? whenClosed : Status.ofCode(vtable.callInt(function, arguments));
    }

    /** As {@link #call}, with a context that the callbacks get back, and the arguments made from the pointer that stands for it. */
    Status callWith(ApplierContext context, Status whenClosed, int function, Function<Pointer, Object[]> arguments) {
        NativeCallbacks open = callbacks;
        if (open == null) {
            return whenClosed;
        }
        long id = open.remember(context);
        try {
            return Status.ofCode(vtable.callInt(function, arguments.apply(new Pointer(id))));
        } finally {
            open.forget(id);
        }
    }

    /** A text in C's memory, for one call: it lives as long as the object. */
    static Memory text(String text) {
        byte[] bytes = NativeMemory.terminated(text);
        Memory memory = new Memory(bytes.length);
        memory.write(0, bytes, 0, bytes.length);
        return memory;
    }
}

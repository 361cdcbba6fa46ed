package io.wsrep4j.jna;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.SymbolProvider;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * The functions of trampolines.c, by JNA's direct mapping: 0.2 microseconds a call and no garbage for numbers and direct buffers. The
 * library hides them; {@link #bind} learns their addresses from a table.
 */
final class Trampolines {

    private static final int ROW_BYTES = 2 * Native.POINTER_SIZE;

    private Trampolines() {}

    /** Maps the methods below onto a table of (name, address) rows that a null name ends. Once per process. */
    static void bind(long table) {
        Map<String, Long> addresses = new HashMap<>();
        for (Pointer row = new Pointer(table); row.getPointer(0) != null; row = row.share(ROW_BYTES)) {
            addresses.put(row.getPointer(0).getString(0), row.getLong(Native.POINTER_SIZE));
        }
        SymbolProvider symbols = (handle, name, parent) -> {
            Long address = addresses.get(name);
            if (address == null) {
                throw new UnsatisfiedLinkError(
                        "libwsrep4j.so has no '" + name + "': library and jars are of different versions");
            }
            return address;
        };
        Native.register(
                Trampolines.class, NativeLibrary.getInstance(null, Map.of(Library.OPTION_SYMBOL_PROVIDER, symbols)));
    }

    static native void log(long provider, int level, byte[] message);

    static native int connected(long provider, Pointer view);

    static native int view(long applier, Pointer view);

    static native int componentLost(long provider, Pointer view);

    static native int synced(long provider);

    static native int sstRequest(long provider, Pointer request, Pointer length);

    static native int sstDonate(long applier, byte[] request, long length, Pointer stateId, int bypass);

    static native int apply(long applier, int flags, ByteBuffer data, int offset, int length);

    static native int unordered(long applier, ByteBuffer data, int offset, int length);

    static native int canEncrypt(long provider);

    static native int encrypt(
            long provider, Pointer context, Pointer input, long length, Pointer output, int direction, int last);

    static native int hasAllowlist();

    static native int allows(int key, byte[] value, long length);

    static native int hasEvents();

    static native void event(byte[] name, byte[] json);

    static native long allocate(long bytes);

    static native void deallocate(long address);

    static native void placed(long callback);

    static native int awaitIsolation();

    static native void closeOnExec();
}

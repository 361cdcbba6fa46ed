package io.wsrep4j.jna;

import com.sun.jna.Function;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.file.Path;
import java.util.Map;

/** {@code struct wsrep_st} of a native provider: its functions by offset (docs/spec/wsrep-api-v26.md 2.1). Thread-safe once loaded. */
final class Vtable {

    static final int INIT = 8;
    static final int CAPABILITIES = 16;
    static final int OPTIONS_SET = 24;
    static final int OPTIONS_GET = 32;
    static final int ENC_SET_KEY = 40;
    static final int CONNECT = 48;
    static final int DISCONNECT = 56;
    static final int RECV = 64;
    static final int ASSIGN_READ_VIEW = 72;
    static final int CERTIFY = 80;
    static final int COMMIT_ORDER_ENTER = 88;
    static final int COMMIT_ORDER_LEAVE = 96;
    static final int RELEASE = 104;
    static final int REPLAY_TRX = 112;
    static final int ABORT_CERTIFICATION = 120;
    static final int ROLLBACK = 128;
    static final int APPEND_KEY = 136;
    static final int APPEND_DATA = 144;
    static final int SYNC_WAIT = 152;
    static final int LAST_COMMITTED_ID = 160;
    static final int FREE_CONNECTION = 168;
    static final int TO_EXECUTE_START = 176;
    static final int TO_EXECUTE_END = 184;
    static final int PREORDERED_COLLECT = 192;
    static final int PREORDERED_COMMIT = 200;
    static final int SST_SENT = 208;
    static final int SST_RECEIVED = 216;
    static final int SNAPSHOT = 224;
    static final int STATS_GET = 232;
    static final int STATS_FREE = 240;
    static final int STATS_RESET = 248;
    static final int PAUSE = 256;
    static final int RESUME = 264;
    static final int DESYNC = 272;
    static final int RESYNC = 280;
    static final int LOCK = 288;
    static final int UNLOCK = 296;
    static final int IS_LOCKED = 304;
    static final int NAME = 312;
    static final int VERSION = 320;
    static final int VENDOR = 328;
    static final int FREE = 336;

    private static final int BYTES = 360;
    private static final String INTERFACE = "26";
    private static final int RTLD_NOW = 2;

    private final NativeLibrary library;
    private final Memory memory = new Memory(BYTES);

    /**
     * Loads the library and lets it fill the table.
     *
     * @throws IllegalArgumentException if it cannot be loaded or is no provider of this interface; the message says why
     */
    Vtable(Path path) {
        try {
            library = NativeLibrary.getInstance(path.toString(), Map.of(Library.OPTION_OPEN_FLAGS, RTLD_NOW));
        } catch (UnsatisfiedLinkError e) {
            throw new IllegalArgumentException("cannot load the provider " + path + ": " + e.getMessage(), e);
        }
        memory.clear();
        int result = symbol("wsrep_loader").invokeInt(new Object[] {memory});
        Pointer version = memory.getPointer(0);
        if (result != 0 || version == null || !INTERFACE.equals(version.getString(0))) {
            throw new IllegalArgumentException(path + " is no wsrep provider of interface " + INTERFACE
                    + ": its loader answered " + result + ", version "
                    + (version == null ? "none" : "'" + version.getString(0) + "'"));
        }
    }

    private Function symbol(String name) {
        try {
            return library.getFunction(name);
        } catch (UnsatisfiedLinkError e) {
            throw new IllegalArgumentException(library.getFile() + " has no symbol " + name, e);
        }
    }

    /** The table itself, the first argument of every function. */
    Memory table() {
        return memory;
    }

    /** A function that not every provider has; null if this one has not. */
    Function optional(String name) {
        try {
            return library.getFunction(name);
        } catch (UnsatisfiedLinkError e) {
            return null;
        }
    }

    String text(int offset) {
        return memory.getPointer(offset).getString(0);
    }

    /** Path of the library. */
    String file() {
        return library.getFile().toString();
    }

    int callInt(int offset, Object... arguments) {
        return function(offset).invokeInt(withSelf(arguments));
    }

    long callLong(int offset, Object... arguments) {
        return function(offset).invokeLong(withSelf(arguments));
    }

    Pointer callPointer(int offset, Object... arguments) {
        return function(offset).invokePointer(withSelf(arguments));
    }

    void callVoid(int offset, Object... arguments) {
        function(offset).invokeVoid(withSelf(arguments));
    }

    private Function function(int offset) {
        return Function.getFunction(memory.getPointer(offset));
    }

    private Object[] withSelf(Object[] arguments) {
        Object[] all = new Object[arguments.length + 1];
        all[0] = memory;
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return all;
    }
}

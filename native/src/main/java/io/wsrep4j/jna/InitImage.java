package io.wsrep4j.jna;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.InitArguments;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code struct wsrep_init_args} in memory (docs/spec/wsrep-api-v26.md 3.3). */
final class InitImage {

    static final int APP_CONTEXT = 0;
    static final int NODE_NAME = 8;
    static final int NODE_ADDRESS = 16;
    static final int NODE_INCOMING = 24;
    static final int DATA_DIRECTORY = 32;
    static final int OPTIONS = 40;
    static final int PROTOCOL_VERSION = 48;
    static final int STATE_ID = 56;
    static final int STATE = 64;
    static final int LOGGER = 72;
    static final int CONNECTED = 80;
    static final int VIEW = 88;
    static final int SST_REQUEST = 96;
    static final int ENCRYPT = 104;
    static final int APPLY = 112;
    static final int UNORDERED = 120;
    static final int SST_DONATE = 128;
    static final int SYNCED = 136;
    static final int BYTES = 144;

    private final List<Memory> kept = new ArrayList<>();
    private final Memory image = new Memory(BYTES);

    /** Makes one for a native provider, which may look at it as long as this object lives. */
    InitImage(InitArguments arguments, NativeCallbacks callbacks) {
        image.clear();
        image.setPointer(NODE_NAME, keep(NativeCalls.text(arguments.nodeName())));
        image.setPointer(NODE_ADDRESS, keep(NativeCalls.text(arguments.nodeAddress())));
        image.setPointer(NODE_INCOMING, keep(NativeCalls.text(arguments.incomingAddress())));
        image.setPointer(DATA_DIRECTORY, keep(NativeCalls.text(arguments.dataDirectory() + "/")));
        image.setPointer(OPTIONS, keep(NativeCalls.text(arguments.options())));
        image.setInt(PROTOCOL_VERSION, arguments.protocolVersion());
        image.setPointer(STATE_ID, keep(NativeMemory.gtidMemory(arguments.stateId())));
        callbacks.write(image);
    }

    private Memory keep(Memory memory) {
        kept.add(memory);
        return memory;
    }

    Memory memory() {
        return image;
    }

    /** Reads all but the callbacks; the options are those that the shim left over for the provider. */
    static InitArguments read(Pointer arguments, String options) {
        Pointer stateId = arguments.getPointer(STATE_ID);
        return new InitArguments(
                NativeMemory.text(arguments.getLong(NODE_NAME)),
                NativeMemory.text(arguments.getLong(NODE_ADDRESS)),
                NativeMemory.text(arguments.getLong(NODE_INCOMING)),
                Path.of(NativeMemory.text(arguments.getLong(DATA_DIRECTORY))),
                options,
                arguments.getInt(PROTOCOL_VERSION),
                stateId == null ? Gtid.UNDEFINED : NativeMemory.gtid(stateId));
    }
}

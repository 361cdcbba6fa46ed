package io.wsrep4j.gcache;

import io.wsrep4j.gcache.file.ChronicleRuntime;
import net.openhft.chronicle.core.Memory;
import net.openhft.chronicle.core.OS;

/** Access to memory by address, through Chronicle. Addresses are checked by the callers: a wrong one ends the process. */
final class OffHeap {

    static final Memory MEMORY;

    static {
        ChronicleRuntime.prepare();
        MEMORY = OS.memory();
    }

    private OffHeap() {}
}

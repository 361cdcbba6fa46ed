package io.wsrep4j.provider.memory;

import io.wsrep4j.gcache.file.ChronicleRuntime;
import net.openhft.chronicle.core.Memory;
import net.openhft.chronicle.core.OS;

/** Access to memory by address, through Chronicle. Addresses are checked by the callers: a wrong one ends the process. */
public final class OffHeap {

    public static final Memory MEMORY;

    static {
        ChronicleRuntime.prepare();
        MEMORY = OS.memory();
    }

    private OffHeap() {}
}

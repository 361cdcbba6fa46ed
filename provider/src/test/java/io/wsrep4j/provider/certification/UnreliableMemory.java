package io.wsrep4j.provider.certification;

import io.wsrep4j.provider.memory.MemorySource;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** Memory that is refused now and then, and that knows what was not given back, given back twice, or given back with another size. */
final class UnreliableMemory implements MemorySource {

    private final Map<Long, Long> used = new HashMap<>();
    private final BooleanSupplier refuses;
    private int refusals;

    UnreliableMemory(BooleanSupplier refuses) {
        this.refuses = refuses;
    }

    @Override
    public long allocate(long bytes) {
        if (refuses.getAsBoolean()) {
            refusals++;
            throw new OutOfMemoryError("refused by the test: " + bytes + " bytes");
        }
        long address = MemorySource.system().allocate(bytes);
        used.put(address, bytes);
        return address;
    }

    @Override
    public void free(long address, long bytes) {
        Long size = used.remove(address);
        if (size == null || size != bytes) {
            throw new AssertionError("gives back " + bytes + " bytes at " + address + ", in use there: " + size);
        }
        MemorySource.system().free(address, bytes);
    }

    int refusals() {
        return refusals;
    }

    long bytes() {
        return used.values().stream().mapToLong(Long::longValue).sum();
    }
}

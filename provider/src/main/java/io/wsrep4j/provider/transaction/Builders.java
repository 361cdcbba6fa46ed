package io.wsrep4j.provider.transaction;

import io.wsrep4j.provider.node.TransactionSettings;
import io.wsrep4j.provider.writeset.WriteSetBuilder;
import io.wsrep4j.provider.writeset.WriteSetFormat;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Write-set builders to be used again, since a new one costs more garbage than everything else in a small transaction. Keeps a few, and none
 * that has grown. Thread-safe.
 */
final class Builders {

    private static final int KEPT = 64;
    private static final int LARGEST_KEPT_BYTES = 64 << 10;

    private final TransactionSettings settings;
    private final ArrayBlockingQueue<WriteSetBuilder> idle = new ArrayBlockingQueue<>(KEPT);

    Builders(TransactionSettings settings) {
        this.settings = settings;
    }

    /** An empty builder of the present format. */
    WriteSetBuilder take() {
        WriteSetFormat format = settings.format();
        WriteSetBuilder builder = idle.poll();
        return builder != null && builder.format().equals(format) ? builder : new WriteSetBuilder(format);
    }

    /** Takes a builder back; whatever it holds is forgotten. */
    void give(WriteSetBuilder builder) {
        boolean small = builder.sealedBytes() <= LARGEST_KEPT_BYTES;
        builder.clear();
        if (small) {
            idle.offer(builder);
        }
    }
}

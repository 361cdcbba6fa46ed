package io.wsrep4j.sst;

import java.io.Closeable;
import java.io.IOException;

/**
 * A snapshot that a donor's host has opened: it holds the data of one position, whatever the host does meanwhile. Read by one thread of the
 * transfer and closed once, by the transfer, however that ends. Every exception ends the transfer; the joiner is told its message.
 */
public interface SnapshotSource extends Closeable {

    /** Opens a snapshot, on the thread that was asked to donate: the donor's stream of events stands still meanwhile, and only then. */
    @FunctionalInterface
    interface Opening {
        /** Opens it. */
        SnapshotSource open() throws IOException;
    }

    /** How many bytes all entries hold, for the progress; -1 if unknown. */
    long totalBytes();

    /** The next entry, which is closed before the next call; null after the last one. May block. */
    SnapshotEntry next() throws IOException;
}

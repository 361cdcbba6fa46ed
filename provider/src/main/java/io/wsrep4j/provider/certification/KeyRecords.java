package io.wsrep4j.provider.certification;

import static io.wsrep4j.provider.memory.OffHeap.MEMORY;

import io.wsrep4j.provider.memory.MemorySource;

/**
 * A queue of longs outside the heap, in chunks, so that it grows and shrinks without copying: what each write set left in the {@link KeyTable}. Not
 * thread-safe.
 */
final class KeyRecords {

    static final int CHUNK_BYTES = 256 * 1024;
    private static final int CHUNK_RECORDS = CHUNK_BYTES / Long.BYTES;

    private final MemorySource source;

    /** Addresses, oldest first; at least one behind the chunk that is written has been provided for by {@link #reserve}, perhaps. */
    private final LongRing chunks = new LongRing();

    private long size;
    /** Records of the first chunk that are gone. */
    private int gone;

    /** Where the next record goes, and where its chunk ends; equal if there is no chunk for it yet. */
    private long write;

    private long writeEnd;
    private int writeChunk = -1;

    KeyRecords(MemorySource source) {
        this.source = source;
    }

    /** Bytes the chunks occupy. */
    long bytes() {
        return (long) chunks.size() * CHUNK_BYTES;
    }

    /**
     * Makes room for so many more.
     *
     * @throws OutOfMemoryError if there is no memory; then the queue is as it was
     */
    void reserve(int more) {
        while ((long) chunks.size() * CHUNK_RECORDS - gone - size < more) {
            chunks.reserve(1);
            chunks.add(source.allocate(CHUNK_BYTES));
        }
    }

    /** Adds a record for which there is room. */
    void add(long record) {
        if (write == writeEnd) {
            write = chunks.get(++writeChunk);
            writeEnd = write + CHUNK_BYTES;
        }
        MEMORY.writeLong(write, record);
        write += Long.BYTES;
        size++;
    }

    /** Takes the oldest; there must be one. */
    long poll() {
        long record = MEMORY.readLong(chunks.get(0) + (long) gone * Long.BYTES);
        size--;
        if (++gone == CHUNK_RECORDS) {
            dropFirst();
        }
        return record;
    }

    private void dropFirst() {
        gone = 0;
        long drained = chunks.poll();
        writeChunk--;
        if (writeChunk < 0) {
            // it was the one being written, to its end
            write = writeEnd;
        }
        source.free(drained, CHUNK_BYTES);
    }

    /** Gives back what was reserved and is not needed for now. */
    void trim() {
        while (chunks.size() > writeChunk + 2) {
            source.free(chunks.removeLast(), CHUNK_BYTES);
        }
    }

    /** Forgets everything and gives the memory back. */
    void clear() {
        while (chunks.size() > 0) {
            source.free(chunks.poll(), CHUNK_BYTES);
        }
        size = 0;
        gone = 0;
        write = writeEnd;
        writeChunk = -1;
    }
}

package io.wsrep4j.sst;

import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.Objects;

/**
 * A named part of a snapshot: a file, a table, whatever the host takes apart.
 *
 * @param name a relative path with slashes: no empty part, ".", "..", backslash or control character; at most 1024 bytes of UTF-8
 * @param size in bytes; -1 if unknown. If it is known, the content must have just as many
 * @param content read to its end and closed by the transfer; blocking
 */
public record SnapshotEntry(String name, long size, ReadableByteChannel content) {

    public SnapshotEntry {
        String fault = EntryName.fault(name);
        if (fault != null) {
            throw new IllegalArgumentException("the name '" + name + "' of a snapshot's entry is refused: " + fault);
        }
        if (size < -1) {
            throw new IllegalArgumentException("the entry '" + name + "' has size " + size + "; -1 means unknown");
        }
        Objects.requireNonNull(content, "content");
    }

    /** An entry read from a stream. */
    public static SnapshotEntry of(String name, long size, java.io.InputStream content) {
        return new SnapshotEntry(name, size, Channels.newChannel(content));
    }
}

package io.wsrep4j.sst;

import io.wsrep4j.api.Gtid;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;

/**
 * Where a joiner's host takes a snapshot. Called by one thread of the transfer. It ends with exactly one of {@link #complete}, {@link #bypass} and
 * {@link #discard}, but a {@code complete} or {@code bypass} that throws is followed by {@code discard}. Every exception ends the transfer; the
 * donor is told its message.
 */
public interface SnapshotSink {

    /**
     * An entry begins. The transfer writes its content and closes the channel, also on failure; only if {@link #complete} follows was it whole.
     *
     * @param name a relative path, safe to be resolved against a directory of the host's own
     * @param size in bytes; -1 if unknown
     */
    WritableByteChannel open(String name, long size) throws IOException;

    /** Everything came, and every checksum was right: make it this host's data. */
    void complete(Gtid position) throws IOException;

    /** Nothing but the position is needed: this host's own data stands, events follow. */
    void bypass(Gtid position) throws IOException;

    /** The transfer failed: throw away what came. */
    void discard() throws IOException;
}

package io.wsrep4j.provider.cache;

import io.wsrep4j.api.Errno;
import io.wsrep4j.gcache.HistoryPin;
import io.wsrep4j.gcache.WriteSetCursor;
import io.wsrep4j.gcache.WriteSetKind;
import io.wsrep4j.ist.IstEvent;
import io.wsrep4j.ist.IstException;
import io.wsrep4j.ist.IstSource;
import io.wsrep4j.provider.writeset.WriteSetReader;
import java.nio.ByteBuffer;

/** A range of the cache for one joiner (docs/spec/replicator-state-transfer.md 21.2). One owner at a time. */
public final class CacheSource implements IstSource {

    private final HistoryPin pin;
    private final WriteSetCursor cursor;
    private final long last;
    private long next;

    CacheSource(HistoryPin pin, WriteSetCursor cursor, long first, long last) {
        this.pin = pin;
        this.cursor = cursor;
        this.last = last;
        next = first;
    }

    @Override
    public IstEvent next() throws IstException {
        if (next > last) {
            return null;
        }
        long seqno = next++;
        if (!cursor.seek(seqno)) {
            throw new IstException(
                    Errno.EIO, "seqno " + seqno + " is missing in the write-set cache although it was held");
        }
        if (cursor.isSkipped()) {
            return new IstEvent(seqno, IstEvent.Kind.SKIPPED, -1, null);
        }
        ByteBuffer bytes = cursor.bytes();
        return cursor.kind() == WriteSetKind.CONFIGURATION_CHANGE
                ? new IstEvent(seqno, IstEvent.Kind.CONFIGURATION_CHANGE, -1, bytes)
                : new IstEvent(seqno, IstEvent.Kind.WRITE_SET, seqno - WriteSetReader.parallelRange(bytes), bytes);
    }

    @Override
    public void close() {
        cursor.close();
        pin.close();
    }
}

package io.wsrep4j.gcache;

import static io.wsrep4j.gcache.OffHeap.MEMORY;

import com.sun.jna.Pointer;
import java.util.zip.CRC32C;

/**
 * Copies the newest records of one ring, as many as fit, into another (docs/spec/gcache.md 20: changed size, change-over from Galera's library). One
 * thread, before either is in use.
 */
final class RingCopy {

    /** Null for a ring of Galera's own library. */
    private final RingHeader fromHeader;

    private final SeqnoTable from;

    RingCopy(RingHeader fromHeader, SeqnoTable from) {
        this.fromHeader = fromHeader;
        this.from = from;
    }

    /** Fills an empty ring and its table. Records in the clear never enter an encrypted ring, nor the other way round. */
    void into(Ring ring, SeqnoTable table) {
        boolean encrypted = fromHeader != null && fromHeader.isEncrypted();
        if (encrypted != ring.header().isEncrypted() || from.count() == 0) {
            return;
        }
        if (encrypted) {
            ring.header().copyKeySlots(fromHeader);
        }
        Evictor oldestFirst = oldestFirst(table);
        for (long seqno = firstThatFits(ring); seqno <= from.highest(); seqno++) {
            int length = from.length(seqno);
            long payload = ring.allocate(length, oldestFirst);
            long source = from.address(seqno);
            MEMORY.copyMemory(source, payload, length);
            int kind = from.kind(seqno);
            int flags = from.flags(seqno);
            int check = fromHeader == null
                    ? checksum(payload, length)
                    : RecordFrame.payloadCheck(source - RecordFrame.BYTES);
            RecordFrame.publish(payload - RecordFrame.BYTES, seqno, kind, flags, check, ring.tag());
            table.put(seqno, payload, ring.slabOf(payload), length, kind, flags);
        }
    }

    private static int checksum(long payload, int length) {
        CRC32C crc = new CRC32C();
        crc.update(new Pointer(payload).getByteBuffer(0, length));
        return (int) crc.getValue();
    }

    private static Evictor oldestFirst(SeqnoTable table) {
        return new Evictor() {
            @Override
            public boolean evictThrough(long seqno) {
                while (table.count() > 0 && table.lowest() <= seqno) {
                    evictOldest();
                }
                return true;
            }

            @Override
            public boolean evictOldest() {
                table.remove(table.lowest());
                return true;
            }
        };
    }

    private long firstThatFits(Ring ring) {
        long seqno = from.highest() + 1;
        long bytes = 0;
        while (seqno > from.lowest()) {
            long size = RecordFrame.size(from.length(seqno - 1));
            bytes += size;
            if (size > ring.largestRecord() || bytes > ring.capacity()) {
                break;
            }
            seqno--;
        }
        return seqno;
    }
}

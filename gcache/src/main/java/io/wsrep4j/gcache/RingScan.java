package io.wsrep4j.gcache;

import static io.wsrep4j.gcache.OffHeap.MEMORY;

import io.wsrep4j.gcache.file.MappedFile;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Finds the records of a ring's file and fills the seqno table with the newest run of them that has no hole (docs/spec/gcache.md 8). What is not kept
 * is marked discarded in the file. One thread, before the ring is in use.
 */
final class RingScan {

    private static final int STEP = 8;

    private final RingHeader header;
    private final SeqnoTable table;
    private final long slabSize;
    private final long capacity;
    private final long tag;
    private final long[] slabAddress;
    private final ByteBuffer[] slabBytes;
    private final CRC32C crc = new CRC32C();

    private long contradictedUpTo;
    private long dropped;
    private long damaged;
    private long unordered;

    RingScan(MappedFile file, RingHeader header, SeqnoTable table) {
        this.header = header;
        this.table = table;
        this.slabSize = header.slabSize();
        this.tag = header.tag();
        this.slabAddress = new long[header.slabCount()];
        this.slabBytes = new ByteBuffer[header.slabCount()];
        this.capacity = slabSize * slabAddress.length;
        for (int i = 0; i < slabAddress.length; i++) {
            slabAddress[i] = file.address() + header.slabOffset(i);
            slabBytes[i] = file.buffer(header.slabOffset(i), (int) slabSize);
        }
    }

    long dropped() {
        return dropped;
    }

    /** Records whose frame or payload is not what was written, each stretch of unreadable bytes counted once. */
    long damaged() {
        return damaged;
    }

    long unordered() {
        return unordered;
    }

    /**
     * Walks from {@code oldest} to {@code next}. Unreadable stretches become discarded records, so that the ring's records fit end to end again.
     *
     * @return false if the two places are not sure and the records do not prove them: nothing was added, use {@link #searchEverywhere}
     */
    boolean walk() {
        if (!header.hasPossiblePlaces() || !header.hasSurePlaces() && !fitsExactly()) {
            return false;
        }
        long end = header.next();
        long place = header.oldest();
        while (place != end) {
            int slab = (int) (place / slabSize);
            long limit = limitOf(place, slab, end);
            if (limit - place < RecordFrame.BYTES) {
                place = limit == capacity ? 0 : limit;
                continue;
            }
            long address = addressOf(place, slab);
            long size = isRecordOfLap(place, limit, address) ? RecordFrame.size(RecordFrame.length(address)) : 0;
            if (size == 0) {
                size = bridge(place, limit, slab);
            } else {
                visit(slab, address);
            }
            place += size;
            place = place == capacity ? 0 : place;
        }
        keepNewestRun();
        return true;
    }

    /** Looks for records at every place of every slab: slow, for a file whose places are lost. The ring must be rebuilt after it. */
    void searchEverywhere() {
        damaged++;
        for (int slab = 0; slab < slabAddress.length; slab++) {
            long limit = (slab + 1) * slabSize;
            long place = slab * slabSize;
            while (limit - place >= RecordFrame.BYTES) {
                long address = addressOf(place, slab);
                if (RecordFrame.isFrame(address, place, tag) && endsWithin(address, place, limit)) {
                    visit(slab, address);
                    place += RecordFrame.size(RecordFrame.length(address));
                } else {
                    place += STEP;
                }
            }
        }
        keepNewestRun();
    }

    private boolean fitsExactly() {
        long end = header.next();
        long place = header.oldest();
        while (place != end) {
            int slab = (int) (place / slabSize);
            long limit = limitOf(place, slab, end);
            if (limit - place >= RecordFrame.BYTES) {
                long address = addressOf(place, slab);
                if (!isRecordOfLap(place, limit, address)) {
                    return false;
                }
                place += RecordFrame.size(RecordFrame.length(address));
            } else if (limit == end) {
                return false;
            } else {
                place = limit;
            }
            place = place == capacity ? 0 : place;
        }
        return true;
    }

    /** Where the records after this place end at the latest: at the slab's end, or at the ring's. */
    private long limitOf(long place, int slab, long end) {
        long slabEnd = (slab + 1) * slabSize;
        return end > place && end < slabEnd ? end : slabEnd;
    }

    private boolean isRecordOfLap(long place, long limit, long address) {
        boolean wrapped = header.oldest() > header.next() && place >= header.oldest();
        int lap = wrapped ? header.lap() - 1 & 0xff_ffff : header.lap();
        return RecordFrame.isFrame(address, place, tag)
                && RecordFrame.lap(address) == lap
                && endsWithin(address, place, limit);
    }

    private static boolean endsWithin(long address, long place, long limit) {
        return place + RecordFrame.size(RecordFrame.length(address)) <= limit;
    }

    /** Makes everything up to the next readable record one discarded record; returns its size. */
    private long bridge(long place, long limit, int slab) {
        damaged++;
        long to = place + RecordFrame.BYTES;
        while (to < limit && (limit - to < RecordFrame.BYTES || !isRecordOfLap(to, limit, addressOf(to, slab)))) {
            to += STEP;
        }
        boolean wrapped = header.oldest() > header.next() && place >= header.oldest();
        int lap = wrapped ? header.lap() - 1 & 0xff_ffff : header.lap();
        int length = (int) (to - place - RecordFrame.BYTES);
        RecordFrame.write(addressOf(place, slab), RecordFrame.DISCARDED, length, lap, place, tag);
        return to - place;
    }

    private void visit(int slab, long address) {
        long seqno = RecordFrame.seqno(address);
        if (seqno == RecordFrame.DISCARDED) {
            return;
        }
        if (seqno == RecordFrame.UNORDERED) {
            unordered++;
            RecordFrame.discard(address);
        } else if (seqno < 0 || !RecordFrame.isRecord(address, tag) || !isPayloadWhole(slab, address)) {
            damaged++;
            RecordFrame.discard(address);
        } else {
            add(slab, seqno, address);
        }
    }

    private boolean isPayloadWhole(int slab, long address) {
        int from = (int) (address + RecordFrame.BYTES - slabAddress[slab]);
        ByteBuffer payload = slabBytes[slab];
        payload.limit(from + RecordFrame.length(address)).position(from);
        crc.reset();
        crc.update(payload);
        payload.clear();
        return (int) crc.getValue() == RecordFrame.payloadCheck(address);
    }

    private void add(int slab, long seqno, long address) {
        long known = table.address(seqno);
        if (known != 0) {
            contradiction(seqno, known, address);
            return;
        }
        if (!table.isNear(seqno)) {
            if (seqno < table.highest()) {
                drop(address);
                return;
            }
            removeThrough(table.highest());
        }
        int length = RecordFrame.length(address);
        int flags = RecordFrame.flags(address);
        table.put(seqno, address + RecordFrame.BYTES, slab, length, RecordFrame.kind(address), flags);
    }

    /** The same seqno twice: one of two equal ones is enough; two different ones make everything up to them doubtful. */
    private void contradiction(long seqno, long knownPayload, long address) {
        long known = knownPayload - RecordFrame.BYTES;
        drop(address);
        if (!isSame(known, address)) {
            contradictedUpTo = Math.max(contradictedUpTo, seqno);
        }
    }

    private static boolean isSame(long a, long b) {
        int length = RecordFrame.length(a);
        if (length != RecordFrame.length(b)
                || RecordFrame.flags(a) != RecordFrame.flags(b)
                || RecordFrame.kind(a) != RecordFrame.kind(b)) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (MEMORY.readByte(a + RecordFrame.BYTES + i) != MEMORY.readByte(b + RecordFrame.BYTES + i)) {
                return false;
            }
        }
        return true;
    }

    private void keepNewestRun() {
        long low = table.highest();
        while (low > table.lowest() && table.address(low - 1) != 0) {
            low--;
        }
        removeThrough(Math.max(low - 1, contradictedUpTo));
    }

    private void removeThrough(long seqno) {
        while (table.count() > 0 && table.lowest() <= seqno) {
            long low = table.lowest();
            drop(table.address(low) - RecordFrame.BYTES);
            table.remove(low);
        }
    }

    private void drop(long address) {
        dropped++;
        RecordFrame.discard(address);
    }

    private long addressOf(long place, int slab) {
        return slabAddress[slab] + (place - slab * slabSize);
    }
}

package io.wsrep4j.gcomm.paxos.message;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.function.LongConsumer;

/**
 * Slots first, first + stride, ... up to last, which is one of them (docs/spec/paxos.md 21.3).
 *
 * @param first from 1
 * @param last not below first
 * @param stride from 1
 */
public record SlotRange(long first, long last, int stride) {

    static final int BYTES = 20;

    public static SlotRange one(long slot) {
        return new SlotRange(slot, slot, 1);
    }

    public static SlotRange of(long first, long last) {
        return new SlotRange(first, last, 1);
    }

    public long count() {
        return (last - first) / stride + 1;
    }

    public boolean contains(long slot) {
        return slot >= first && slot <= last && (slot - first) % stride == 0;
    }

    public void forEach(LongConsumer action) {
        for (long slot = first; slot <= last; slot += stride) {
            action.accept(slot);
        }
    }

    /** These slots, in whatever order and number they come, as few ranges that may be sent. */
    public static List<SlotRange> covering(Collection<Long> slots) {
        List<SlotRange> ranges = new ArrayList<>();
        long first = 0;
        long last = 0;
        long stride = 0;
        for (long slot : new TreeSet<>(slots)) {
            boolean fits = first != 0 && slot - first <= WireReader.MAX_SLOTS_OF_RANGE;
            if (fits && stride == 0) {
                stride = slot - last;
            } else if (!fits || slot - last != stride) {
                add(ranges, first, last, stride);
                first = slot;
                stride = 0;
            }
            last = slot;
        }
        add(ranges, first, last, stride);
        return ranges;
    }

    private static void add(List<SlotRange> ranges, long first, long last, long stride) {
        if (first != 0) {
            ranges.add(new SlotRange(first, last, stride == 0 ? 1 : (int) stride));
        }
    }

    void write(WireWriter out) {
        out.u64(first);
        out.u64(last);
        out.u32(stride);
    }

    static SlotRange read(WireReader in) {
        long first = in.slot("range's first slot");
        long last = in.slot("range's last slot");
        int stride = in.intIn("range's stride", 1, WireReader.MAX_SLOTS_OF_RANGE);
        if (last < first || last - first > WireReader.MAX_SLOTS_OF_RANGE || (last - first) % stride != 0) {
            throw new MalformedFrameException("range of slots " + first + " to " + last + " by " + stride);
        }
        SlotRange range = new SlotRange(first, last, stride);
        in.charge(range.count());
        return range;
    }

    static void writeAll(WireWriter out, List<SlotRange> ranges) {
        out.u16(ranges.size());
        ranges.forEach(range -> range.write(out));
    }

    static List<SlotRange> readAll(WireReader in) {
        return in.list("ranges", BYTES, SlotRange::read);
    }
}

package io.wsrep4j.gcomm.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.frame.Frame;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Puts messages together from their datagrams. Of each sender it keeps the few latest messages that miss parts; an older one is dropped, and
 * the layer above asks for it again over TCP. Not thread-safe.
 */
final class Reassembly {

    /** Messages of one sender that may be incomplete at a time. */
    static final int MAX_PARTIAL = 16;

    private final ByteBufAllocator allocator;
    private final Map<Uuid, Map<Integer, Partial>> senders = new HashMap<>();

    Reassembly(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    private static final class Partial {
        final ByteBuf bytes;
        final int length;
        final int partLength;
        final BitSet have = new BitSet();

        Partial(ByteBuf bytes, int length, int partLength) {
            this.bytes = bytes;
            this.length = length;
            this.partLength = partLength;
        }

        int parts() {
            return (length + partLength - 1) / partLength;
        }

        boolean fits(ByteBuf datagram, int part, int content) {
            boolean last = part == parts() - 1;
            return DatagramFormat.length(datagram) == length
                    && DatagramFormat.partLength(datagram) == partLength
                    && part < parts()
                    && content == (last ? length - part * partLength : partLength);
        }
    }

    /**
     * Takes a datagram of kind part, whose checksum is right; its reader index stays.
     *
     * @return the whole message, which the caller releases, or null
     */
    ByteBuf add(ByteBuf datagram) {
        int length = DatagramFormat.length(datagram);
        int part = DatagramFormat.part(datagram);
        int content = datagram.readableBytes() - DatagramFormat.HEADER_LENGTH;
        int start = datagram.readerIndex() + DatagramFormat.HEADER_LENGTH;
        if (length > Frame.MAX_PAYLOAD_LENGTH
                || content <= 0
                || content > length
                || DatagramFormat.partLength(datagram) == 0) {
            return null;
        }
        if (content == length) {
            return part == 0 ? datagram.retainedSlice(start, content) : null;
        }
        Map<Integer, Partial> partials =
                senders.computeIfAbsent(DatagramFormat.sender(datagram), any -> new LinkedHashMap<>());
        int message = DatagramFormat.message(datagram);
        Partial partial = partials.get(message);
        if (partial == null) {
            partial = new Partial(allocator.buffer(length), length, DatagramFormat.partLength(datagram));
            dropOldest(partials);
            partials.put(message, partial);
        }
        if (!partial.fits(datagram, part, content)) {
            partials.remove(message).bytes.release();
            return null;
        }
        partial.bytes.setBytes(part * partial.partLength, datagram, start, content);
        partial.have.set(part);
        if (partial.have.cardinality() < partial.parts()) {
            return null;
        }
        partials.remove(message);
        return partial.bytes.setIndex(0, partial.length);
    }

    private static void dropOldest(Map<Integer, Partial> partials) {
        if (partials.size() >= MAX_PARTIAL) {
            Iterator<Partial> oldest = partials.values().iterator();
            oldest.next().bytes.release();
            oldest.remove();
        }
    }

    /** Drops what senders left behind that are not wanted any more. */
    void retain(Predicate<Uuid> wanted) {
        senders.entrySet().removeIf(sender -> {
            if (wanted.test(sender.getKey())) {
                return false;
            }
            sender.getValue().values().forEach(partial -> partial.bytes.release());
            return true;
        });
    }

    void clear() {
        retain(any -> false);
    }
}

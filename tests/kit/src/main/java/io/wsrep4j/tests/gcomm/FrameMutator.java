package io.wsrep4j.tests.gcomm;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.wsrep4j.gcomm.frame.Checksum;
import io.wsrep4j.gcomm.frame.Frame;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;

/**
 * Changes what one member of a group says on the way to the others: every frame that goes by may be altered, in whatever layer lies at the place that is
 * hit, and gets its right length and checksum again, so that it is the protocols that have to cope. The same frame is changed in the same way for all who
 * get it: a member may lie, but group communication of this family has no remedy against one that tells each of the others something else. So a
 * message that has a place in the order keeps its place, and is the same when it is sent again; what is passed on in another's name is left as it is.
 * Made from a seed; thread-safe.
 */
public final class FrameMutator {

    private static final int REMEMBERED = 256;
    private static final int DECISIONS = 16_384;
    private static final List<byte[]> AS_IT_IS = List.of(new byte[0]);
    private static final int UUID_BYTES = 16;
    /** The headers of all layers lie in so many bytes; beyond them are the lists and the payload. */
    private static final int HEADERS = 112;

    /** Where GMCast's header has its type, and that of a message of the layer above it. */
    private static final int GMCAST_TYPE = 1;

    private static final int GMCAST_USER = 8;

    /** Where it has who speaks: in a message that is passed on, and only there, another than the member. */
    private static final int SOURCE = 4;

    /** Where EVS's header begins, if GMCast carries one; its first byte has its type, its second its flags. */
    private static final int EVS = 20;

    private static final int EVS_USER = 1;
    private static final int EVS_DELEGATE = 2;
    private static final int EVS_RETRANS = 0x02;
    /** A message that has a place in the order: its header, and where in it the place is; the order and the kind lie outside of that. */
    private static final int USER_HEADER = 52;

    private static final int PLACE_FROM = 1;
    private static final int USER_TYPE = 32;

    private static final long[] EXTREMES = {
        0,
        1,
        -1,
        2,
        127,
        128,
        255,
        256,
        32767,
        65535,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        1L << 32,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        1L << 62
    };

    private final Random random;
    private final int member;
    private final AtomicInteger mutations = new AtomicInteger();
    private final List<byte[]> remembered = new ArrayList<>();
    private int oneIn;
    private byte[] own = {};

    /** What was made of messages that have a place in the order, by their place. */
    private final Map<ByteBuffer, List<byte[]>> told = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, List<byte[]>> eldest) {
            return size() > DECISIONS;
        }
    };

    /** What was made of the last frames, by their content. */
    private final Map<Long, List<byte[]>> decided = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, List<byte[]>> eldest) {
            return size() > DECISIONS;
        }
    };

    /** @param member whose words are changed: its number in the network */
    public FrameMutator(long seed, int member) {
        this.random = new Random(seed);
        this.member = member;
    }

    /** From now on one frame in so many is changed; 0 for none. */
    public synchronized void oneIn(int frames) {
        oneIn = frames;
        decided.clear();
    }

    /** How many frames were changed so far. */
    public int mutations() {
        return mutations.get();
    }

    /** The wire to give to a {@link CuttingNetwork}. */
    public OutputStream between(int from, int to, OutputStream destination) {
        return from == member ? new Mutated(destination) : destination;
    }

    /** The payloads to send instead of this one. */
    private synchronized List<byte[]> said(byte[] payload) {
        byte[] source = payload.length < EVS ? own : Arrays.copyOfRange(payload, SOURCE, EVS);
        if (payload.length >= EVS && payload[GMCAST_TYPE] < GMCAST_USER) {
            own = source;
        } else if (!Arrays.equals(source, own)) {
            return List.of(payload);
        }
        if (evsType(payload) == EVS_USER) {
            return ordered(payload);
        }
        if (oneIn == 0 || evsType(payload) == EVS_DELEGATE) {
            remember(payload);
            return List.of(payload);
        }
        return decided.computeIfAbsent(content(payload), content -> {
            remember(payload);
            return random.nextInt(oneIn) == 0 ? changed(payload) : List.of(payload);
        });
    }

    private List<byte[]> changed(byte[] payload) {
        List<byte[]> said = mutate(payload);
        if (said.stream().anyMatch(one -> evsType(one) == EVS_USER || evsType(one) == EVS_DELEGATE)) {
            return List.of(payload);
        }
        mutations.incrementAndGet();
        return said;
    }

    /** Decided once for each slot: GMCast's flags differ between those who get it, and so do EVS's when it is sent again. */
    private List<byte[]> ordered(byte[] payload) {
        boolean again = (payload[EVS + 1] & EVS_RETRANS) != 0;
        List<byte[]> made = told.get(slot(payload));
        if (made == null) {
            remember(payload);
            made = AS_IT_IS;
            if (oneIn > 0 && !again && random.nextInt(oneIn) == 0) {
                made = onlyFirst(mutate(payload));
                mutations.incrementAndGet();
            }
            told.put(slot(payload), made);
        }
        boolean unchanged = made == AS_IT_IS || made.isEmpty() && again;
        return unchanged
                ? List.of(payload)
                : made.stream().map(one -> inItsPlace(payload, one)).toList();
    }

    /** It may be said twice; but something else behind it would be another message in the same place. */
    private static List<byte[]> onlyFirst(List<byte[]> said) {
        return said.stream().map(one -> said.get(0)).toList();
    }

    /** What was made of a message, with the place that it had. */
    private static byte[] inItsPlace(byte[] original, byte[] made) {
        byte[] message = Arrays.copyOf(made, Math.max(made.length, Math.min(original.length, EVS + USER_HEADER)));
        System.arraycopy(original, 0, message, 0, EVS);
        System.arraycopy(original, EVS + PLACE_FROM, message, EVS + PLACE_FROM, USER_TYPE - PLACE_FROM);
        System.arraycopy(original, EVS + USER_TYPE + 1, message, EVS + USER_TYPE + 1, USER_HEADER - USER_TYPE - 1);
        message[EVS] = (byte) (made.length > EVS ? original[EVS] & 0x1F | made[EVS] & 0xE0 : original[EVS]);
        return message;
    }

    /** The view and the slot of a message that has a place in the order. */
    private static ByteBuffer slot(byte[] payload) {
        byte[] place = Arrays.copyOfRange(payload, EVS + 12, EVS + USER_HEADER - Long.BYTES);
        place[USER_TYPE - 12] = 0;
        return ByteBuffer.wrap(place);
    }

    /** The type of the EVS message in a frame; -1 if there is none. */
    private static int evsType(byte[] payload) {
        return payload.length > EVS + 1 && payload[GMCAST_TYPE] == GMCAST_USER ? payload[EVS] >>> 2 & 7 : -1;
    }

    private static long content(byte[] payload) {
        CRC32C checksum = new CRC32C();
        checksum.update(payload);
        return checksum.getValue() << 32 | Arrays.hashCode(payload) & 0xFFFF_FFFFL;
    }

    private List<byte[]> mutate(byte[] payload) {
        return switch (random.nextInt(12)) {
            case 0 -> List.of();
            case 1 -> List.of(payload, payload);
            case 2 -> List.of(payload, earlier());
            case 3 -> List.of(cut(payload));
            case 4 -> List.of(extended(payload));
            case 5 -> List.of(spliced(payload));
            case 6 -> List.of(inAnothersName(payload));
            case 7 -> List.of(bitFlipped(payload));
            default -> List.of(fieldChanged(payload));
        };
    }

    private void remember(byte[] payload) {
        if (remembered.size() < REMEMBERED) {
            remembered.add(payload);
        } else if (random.nextInt(4) == 0) {
            remembered.set(random.nextInt(REMEMBERED), payload);
        }
    }

    private byte[] earlier() {
        return remembered.get(random.nextInt(remembered.size()));
    }

    private byte[] cut(byte[] payload) {
        byte[] shorter = new byte[1 + random.nextInt(payload.length)];
        System.arraycopy(payload, 0, shorter, 0, shorter.length);
        return shorter;
    }

    private byte[] extended(byte[] payload) {
        byte[] longer = new byte[Math.min(Frame.MAX_PAYLOAD_LENGTH, payload.length + 1 + random.nextInt(64))];
        random.nextBytes(longer);
        System.arraycopy(payload, 0, longer, 0, Math.min(payload.length, longer.length));
        return longer;
    }

    /** The beginning of this one and the end of an earlier one. */
    private byte[] spliced(byte[] payload) {
        byte[] other = earlier();
        int at = random.nextInt(Math.min(payload.length, other.length));
        byte[] both = other.clone();
        System.arraycopy(payload, 0, both, 0, at);
        return both;
    }

    /** A UUID's length of bytes as they stood at the same place of an earlier one. */
    private byte[] inAnothersName(byte[] payload) {
        byte[] other = earlier();
        byte[] changed = payload.clone();
        int room = Math.min(changed.length, other.length) - UUID_BYTES;
        if (room > 0) {
            int at = random.nextInt(Math.min(room, HEADERS));
            System.arraycopy(other, at, changed, at, UUID_BYTES);
        }
        return changed;
    }

    private byte[] bitFlipped(byte[] payload) {
        byte[] changed = payload.clone();
        changed[place(changed.length)] ^= (byte) (1 << random.nextInt(8));
        return changed;
    }

    private byte[] fieldChanged(byte[] payload) {
        byte[] changed = payload.clone();
        int at = place(changed.length);
        ByteBuffer field = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        int bytes = Math.min(1 << random.nextInt(4), changed.length - at);
        field.put(changed, at, bytes).rewind();
        long value = random.nextInt(3) == 0
                ? field.getLong(0) + random.nextInt(5) - 2
                : EXTREMES[random.nextInt(EXTREMES.length)];
        field.putLong(0, value).rewind();
        field.get(changed, at, bytes);
        return changed;
    }

    private int place(int length) {
        return random.nextInt(random.nextInt(4) == 0 ? length : Math.min(length, HEADERS));
    }

    /** One direction of one connection. Written to by one thread. */
    private final class Mutated extends FilterOutputStream {

        private final Frame frame = new Frame(Checksum.CRC32C);
        private final ByteBuf waiting = Unpooled.buffer();

        Mutated(OutputStream destination) {
            super(destination);
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            waiting.writeBytes(bytes, offset, length);
            while (waiting.readableBytes() >= Frame.HEADER_LENGTH) {
                int next = waiting.getIntLE(waiting.readerIndex()) & 0x00FF_FFFF;
                if (waiting.readableBytes() < Frame.HEADER_LENGTH + next) {
                    break;
                }
                waiting.skipBytes(Frame.HEADER_LENGTH);
                byte[] payload = new byte[next];
                waiting.readBytes(payload);
                waiting.discardSomeReadBytes();
                for (byte[] heard : said(payload)) {
                    send(heard);
                }
            }
        }

        private void send(byte[] payload) throws IOException {
            ByteBuf message = Unpooled.buffer(Frame.HEADER_LENGTH + payload.length);
            message.writeZero(Frame.HEADER_LENGTH).writeBytes(payload).skipBytes(Frame.HEADER_LENGTH);
            frame.sealUnshared(message);
            out.write(message.array(), 0, Frame.HEADER_LENGTH + payload.length);
        }
    }
}

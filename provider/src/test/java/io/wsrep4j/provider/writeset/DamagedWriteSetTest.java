package io.wsrep4j.provider.writeset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever the bytes are, reading them ends in a write set or in a {@link CorruptWriteSetException}, within the bytes given; and bytes that
 * are covered by a checksum are never accepted with a bit flipped.
 */
class DamagedWriteSetTest {

    private static final int GUARD = 64;
    private static final boolean LONG_EFFORT = "long".equals(System.getProperty("wsrep4j.effort"));
    private static final int MUTATIONS = LONG_EFFORT ? 1_000_000 : 150_000;

    private final WriteSetReader reader = new WriteSetReader();
    private final WriteSet writeSet = new WriteSet();
    private final KeyCursor cursor = new KeyCursor();

    static List<GoldenWriteSet> small() {
        return GoldenWriteSet.all().filter(w -> w.bytes().length < 600).toList();
    }

    @ParameterizedTest
    @MethodSource("small")
    void everySingleFlippedBitIsRefused(GoldenWriteSet golden) throws CorruptWriteSetException {
        byte[] bytes = golden.bytes();
        WriteSet intact = golden.read();
        RecordSet annotation = intact.annotationSet();
        // nobody checks the checksum of an annotation, nor therefore its text; its header is checked
        int uncheckedFrom = annotation.count() == 0 ? intact.length() : annotation.records() - RecordSet.CHECKSUM_BYTES;
        ByteBuffer memory = GoldenWriteSet.direct(bytes);
        for (int bit = 0; bit < 8 * intact.length(); bit++) {
            memory.put(bit / 8, (byte) (bytes[bit / 8] ^ 1 << bit % 8));
            boolean accepted = accepts(memory, 0, bytes.length);
            memory.put(bit / 8, bytes[bit / 8]);
            assertThat(accepted).as("bit %d of byte %d", bit % 8, bit / 8).isEqualTo(bit / 8 >= uncheckedFrom);
        }
    }

    @ParameterizedTest
    @MethodSource("small")
    void everyTruncationIsRefused(GoldenWriteSet golden) throws CorruptWriteSetException {
        WriteSet intact = golden.read();
        ByteBuffer memory = GoldenWriteSet.direct(golden.bytes());
        int required =
                intact.annotationSet().count() > 0 ? intact.annotationSet().start() : intact.length();
        for (int length = 0; length < intact.length(); length++) {
            // an annotation that is announced but missing altogether is passed over, as Galera does
            assertThat(accepts(memory, 0, length)).as("cut to %d bytes", length).isEqualTo(length == required);
        }
    }

    @Test
    void randomMutationsAreRefusedOrReadWithinTheirBounds() {
        long seed = RandomGenerator.getDefault().nextLong();
        Random random = new Random(seed);
        List<byte[]> originals = new ArrayList<>();
        GoldenWriteSet.all().filter(w -> w.bytes().length < 2_000).forEach(w -> originals.add(w.bytes()));
        int accepted = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] original = originals.get(random.nextInt(originals.size()));
            byte[] damaged = Mutations.damage(original, random);
            boolean repaired = random.nextBoolean();
            if (repaired) {
                Mutations.repair(damaged);
            }
            try {
                // alone, where a read beyond the bytes throws, and in the midst of others, which must make no
                // difference
                Long content = content(ByteBuffer.wrap(damaged), 0, damaged.length);
                assertThat(content(guarded(damaged), GUARD, damaged.length)).isEqualTo(content);
                if (content != null) {
                    accepted++;
                    if (!repaired) {
                        assertSameMeaning(original, damaged);
                    }
                }
            } catch (RuntimeException | AssertionError e) {
                fail("seed " + seed + ", mutation " + i + ": " + Arrays.toString(damaged), e);
            }
        }
        assertThat(accepted).as("mutations that hit nothing that matters").isPositive();
    }

    private static ByteBuffer guarded(byte[] bytes) {
        byte[] memory = new byte[bytes.length + 2 * GUARD];
        Arrays.fill(memory, (byte) -1);
        System.arraycopy(bytes, 0, memory, GUARD, bytes.length);
        return ByteBuffer.wrap(memory);
    }

    /** A digest of all that can be read; null if it is refused. */
    private Long content(ByteBuffer memory, int offset, int length) {
        return accepts(memory, offset, length) ? useEverything(length) : null;
    }

    private boolean accepts(ByteBuffer memory, int offset, int length) {
        try {
            reader.read(writeSet, memory, offset, length, 7, GoldenWriteSet.SOMEBODY);
            return true;
        } catch (CorruptWriteSetException e) {
            assertThat(e.offset()).isBetween(0, length);
            assertThat(e.seqno()).isEqualTo(7);
            return false;
        }
    }

    private long useEverything(int length) {
        assertThat(writeSet.length()).isBetween(WriteSetHeader.SIZE, length);
        long digest = writeSet.toString().hashCode();
        cursor.wrap(writeSet);
        int keys = 0;
        while (cursor.next()) {
            digest = 31 * digest + cursor.hash();
            digest = 31 * digest + cursor.wideHash();
            digest = 31 * digest + cursor.typeOrdinal();
            digest = 31 * digest + cursor.record().hashCode();
            digest = 31 * digest + cursor.toString().hashCode();
            keys++;
        }
        assertThat(keys).isEqualTo(writeSet.keyCount());
        for (ByteBuffer part : List.of(writeSet.data(), writeSet.unordered(), writeSet.annotation())) {
            digest = 31 * digest + part.hashCode();
        }
        return digest;
    }

    /** Not repaired and still accepted: then what was damaged is the annotation or what follows the write set. */
    private void assertSameMeaning(byte[] original, byte[] damaged) {
        WriteSet intact = new WriteSet();
        ByteBuffer memory = ByteBuffer.wrap(original);
        try {
            reader.read(intact, memory, 0, original.length, 7, GoldenWriteSet.SOMEBODY);
        } catch (CorruptWriteSetException e) {
            throw new AssertionError(e);
        }
        int covered = Math.max(
                Math.max(intact.keySet().end(), intact.dataSet().end()),
                Math.max(intact.unorderedSet().end(), intact.headerBytes()));
        assertThat(Arrays.copyOf(damaged, covered)).isEqualTo(Arrays.copyOf(original, covered));
    }
}

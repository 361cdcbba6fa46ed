package io.wsrep4j.gcache;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcache.RecoveryReport.Outcome;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Files that are not as the cache left them: whatever is kept is right and reaches to the newest readable record (issue "GCache", Bad input). */
final class DamageTest {

    private static final boolean LONG =
            System.getProperty("wsrep4j.effort", "ci").equals("long");
    private static final Uuid HISTORY = new Uuid(1, 2);
    private static final int RING = 64 << 10;
    private static final int COUNT = 150;

    @TempDir
    Path directory;

    private Path ring;
    private byte[] whole;
    private long oldest;

    @BeforeAll
    static void warningsAreExpectedByTheHundred() {
        ((Logger) LoggerFactory.getLogger("io.wsrep4j.gcache")).setLevel(Level.ERROR);
    }

    @AfterAll
    static void warningsAreNewsAgain() {
        ((Logger) LoggerFactory.getLogger("io.wsrep4j.gcache")).setLevel(null);
    }

    @BeforeEach
    void aWrappedRing() throws IOException {
        ring = directory.resolve(CacheSettings.DEFAULT_NAME);
        try (WriteSetCache cache = open()) {
            cache.reset(HISTORY, 0);
            for (int seqno = 1; seqno <= COUNT; seqno++) {
                Payload.appendReleased(cache, seqno, lengthOf(seqno));
            }
            oldest = cache.oldest();
        }
        whole = Files.readAllBytes(ring);
    }

    private static int lengthOf(int seqno) {
        return 1 + seqno * 7919 % 2000;
    }

    private WriteSetCache open() {
        return WriteSetCache.open(CacheSettings.in(directory).ringSize(RING).build(), HostCipher.NONE);
    }

    /** The newest record that is in these bytes as it was written; -1 if they have none, or no header. */
    private int newestIntact(byte[] bytes, int[] places) {
        int header = headerPlace();
        boolean readable =
                isIntact(bytes, header, RingHeader.COPY) || isIntact(bytes, header + RingHeader.COPY, RingHeader.COPY);
        int seqno = readable ? COUNT : -1;
        while (seqno > 0 && !isIntact(bytes, places[seqno] - RecordFrame.BYTES, RecordFrame.BYTES + lengthOf(seqno))) {
            seqno = seqno > oldest ? seqno - 1 : -1;
        }
        return seqno;
    }

    private boolean isIntact(byte[] bytes, int from, int length) {
        return from + length <= bytes.length && Arrays.equals(bytes, from, from + length, whole, from, from + length);
    }

    private int[] places() {
        int[] places = new int[COUNT + 1];
        for (int seqno = (int) oldest; seqno <= COUNT; seqno++) {
            places[seqno] = placeOf(seqno);
        }
        return places;
    }

    private int placeOf(int seqno) {
        byte[] payload = Payload.of(seqno, lengthOf(seqno));
        for (int at = 0; at + payload.length <= whole.length; at++) {
            if (Arrays.equals(whole, at, at + payload.length, payload, 0, payload.length)) {
                return at;
            }
        }
        throw new AssertionError("seqno " + seqno + " is not in the file");
    }

    private void flip(long position, int mask) throws IOException {
        Files.write(ring, whole);
        try (RandomAccessFile file = new RandomAccessFile(ring.toFile(), "rw")) {
            file.seek(position);
            int value = file.read();
            file.seek(position);
            file.write(value ^ mask);
        }
    }

    private void assertRightAndContiguous(WriteSetCache cache, String what) {
        if (cache.newest() < 0) {
            return;
        }
        assertThat(cache.history()).as(what).isEqualTo(HISTORY);
        Payload.assertWhole(cache, cache.oldest(), cache.newest());
        // It can be used.
        Payload.appendReleased(cache, cache.newest() + 1, 30_000);
        Payload.appendReleased(cache, cache.newest() + 1, 30_000);
        Payload.appendReleased(cache, cache.newest() + 1, 1000);
        Payload.assertWhole(cache, cache.oldest(), cache.newest());
    }

    @Test
    void aFlippedBitInAPayloadCostsThatWriteSetAndWhatIsOlder() throws IOException {
        int victim = COUNT - 10;
        flip(placeOf(victim) + lengthOf(victim) / 2, 4);
        try (WriteSetCache cache = open()) {
            assertThat(cache.oldest()).isEqualTo(victim + 1);
            assertThat(cache.newest()).isEqualTo(COUNT);
            assertThat(cache.recovery().damaged()).isEqualTo(1);
            assertRightAndContiguous(cache, "payload");
        }
    }

    @Test
    void aFlippedBitInAFrameCostsAtMostThatWriteSetAndWhatIsOlder() throws IOException {
        int victim = COUNT - 10;
        int frame = placeOf(victim) - RecordFrame.BYTES;
        for (int at = 0; at < RecordFrame.BYTES; at++) {
            flip(frame + at, 0x41);
            try (WriteSetCache cache = open()) {
                assertThat(cache.oldest()).as("byte %d of the frame", at).isIn(oldest, (long) victim + 1);
                assertThat(cache.newest()).as("byte %d of the frame", at).isEqualTo(COUNT);
                assertRightAndContiguous(cache, "frame byte " + at);
            }
        }
    }

    @Test
    void aFlippedBitInTheRingsHeaderLosesNothing() throws IOException {
        int header = headerPlace();
        for (int at = 0; at < 320; at++) {
            flip(header + at, 1 << at % 8);
            try (WriteSetCache cache = open()) {
                assertThat(cache.newest()).as("header byte %d", at).isEqualTo(COUNT);
                assertThat(cache.oldest()).as("header byte %d", at).isEqualTo(oldest);
                assertRightAndContiguous(cache, "header byte " + at);
            }
        }
    }

    private int headerPlace() {
        for (int at = 0; at + 8 < whole.length; at += 8) {
            if (java.nio.ByteBuffer.wrap(whole)
                            .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                            .getLong(at)
                    == RingHeader.MAGIC) {
                return at;
            }
        }
        throw new AssertionError("no header");
    }

    @Test
    void randomDamageNeverYieldsAWrongByteAndKeepsTheNewestThatIsWhole() throws IOException {
        long seed = Long.getLong("wsrep4j.seed", System.nanoTime());
        Random random = new Random(seed);
        int[] places = places();
        for (int round = 0; round < (LONG ? 3000 : 100); round++) {
            byte[] damaged = whole.clone();
            int stretch = 1 + random.nextInt(1 << random.nextInt(13));
            int from = random.nextInt(damaged.length - stretch);
            for (int i = 0; i < stretch; i++) {
                damaged[from + i] = (byte) random.nextInt();
            }
            Files.write(ring, damaged);
            try (WriteSetCache cache = open()) {
                assertThat(cache.newest())
                        .as("seed %d round %d", seed, round)
                        .isGreaterThanOrEqualTo(newestIntact(damaged, places));
                assertRightAndContiguous(cache, "seed " + seed + " round " + round);
            }
        }
    }

    @Test
    void aTruncatedFileKeepsTheNewestThatIsLeft() throws IOException {
        long seed = Long.getLong("wsrep4j.seed", System.nanoTime());
        Random random = new Random(seed);
        int[] places = places();
        int newestEnd = places[COUNT] + lengthOf(COUNT);
        for (int round = 0; round < (LONG ? 500 : 40); round++) {
            int length = round == 0 ? 0 : round == 1 ? 1 : round == 2 ? newestEnd : random.nextInt(whole.length);
            byte[] left = Arrays.copyOf(whole, length);
            Files.write(ring, left);
            try (WriteSetCache cache = open()) {
                assertThat(cache.newest())
                        .as("length %d, seed %d", length, seed)
                        .isGreaterThanOrEqualTo(newestIntact(left, places));
                assertRightAndContiguous(cache, "seed " + seed + " length " + length);
                assertThat(Files.size(ring)).isGreaterThanOrEqualTo(RING);
            }
        }
    }

    @Test
    void aFileOfAnotherVersionIsSetAsideAndNamed() throws IOException {
        byte[] newer = whole.clone();
        for (int copy : new int[] {0, RingHeader.COPY}) {
            newer[headerPlace() + copy + 8] = 2;
        }
        Files.write(ring, newer);
        try (WriteSetCache cache = open()) {
            assertThat(cache.recovery().outcome()).isEqualTo(Outcome.SET_ASIDE);
            assertThat(directory.resolve("galera.cache.unrecognised")).exists();
            assertThat(cache.newest()).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @CsvSource({"Version: 2\\nGID: x\\n,galera.cache.galera", "garbage,galera.cache.unrecognised"})
    void aFileOfSomebodyElseIsSetAsideNotOverwritten(String content, String aside) throws IOException {
        byte[] bytes = content.replace("\\n", "\n").getBytes(StandardCharsets.US_ASCII);
        Files.write(ring, bytes);
        try (WriteSetCache cache = open()) {
            assertThat(cache.recovery().outcome()).isEqualTo(Outcome.SET_ASIDE);
            assertThat(directory.resolve(aside)).hasBinaryContent(bytes);
            cache.reset(HISTORY, 0);
            Payload.append(cache, 1, 10);
            Payload.assertWhole(cache, 1, 1);
        }
    }
}

package io.wsrep4j.gcache;

import io.wsrep4j.api.Uuid;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * The process that is killed: reopens the cache, checks what the one before it reported, then appends for ever. What it has published it reports in
 * a mapped file, which survives it as the ring does. Ends by itself, with an exception, only if something is missing.
 */
final class CrashingAppender {

    static final long RING = 4 << 20;
    static final int LARGEST = 20_000;
    static final Uuid HISTORY = new Uuid(7, 7);
    /** How many of the newest stay unreleased. */
    static final int UNRELEASED = 20;

    private static final String REPORT = "reported";

    private CrashingAppender() {}

    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        MappedByteBuffer report = report(directory);
        WriteSetCache cache = open(directory);
        verify(cache, report.getLong(0));
        if (cache.newest() < 0) {
            cache.reset(HISTORY, 0);
        }
        WriteSetBuffer buffer = cache.newBuffer();
        WriteSetBuffer halfFilled = cache.newBuffer();
        for (long seqno = Math.max(0, cache.newest()) + 1; ; seqno++) {
            Payload.reserveAndFill(buffer, seqno, lengthOf(seqno));
            if (seqno % 5 == 0) {
                // Born before its neighbour is published, given up after: an action that a view change cut off.
                halfFilled.reserve(lengthOf(seqno + 3));
            }
            buffer.publish(seqno, WriteSetKind.WRITE_SET, false);
            report.putLong(0, seqno);
            if (seqno % 5 == 0) {
                halfFilled.discard();
            }
            cache.release(seqno - UNRELEASED);
        }
    }

    static MappedByteBuffer report(Path directory) throws IOException {
        try (FileChannel file = FileChannel.open(
                directory.resolve(REPORT),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            return file.map(FileChannel.MapMode.READ_WRITE, 0, Long.BYTES);
        }
    }

    static WriteSetCache open(Path directory) {
        return WriteSetCache.open(CacheSettings.in(directory).ringSize(RING).build(), HostCipher.NONE);
    }

    static int lengthOf(long seqno) {
        int hash = Long.hashCode(seqno * 0x9E3779B97F4A7C15L) >>> 8;
        return 1 + (hash % 50 == 0 ? hash % LARGEST : hash % 1000);
    }

    /** Everything reported is there, without a hole, with the right bytes, and as far back as the ring can hold. */
    static void verify(WriteSetCache cache, long reported) {
        RecoveryReport recovery = cache.recovery();
        if (reported == 0) {
            return;
        }
        require(cache.newest() >= reported, "newest is " + cache.newest() + ", reported was " + reported);
        require(recovery.damaged() == 0 && recovery.dropped() == 0, "recovery lost something: " + recovery);
        long bytes = 0;
        try (WriteSetCursor cursor = cache.newCursor()) {
            for (long seqno = cache.newest(); seqno >= cache.oldest(); seqno--) {
                require(cursor.seek(seqno), "hole at " + seqno + " in " + recovery);
                byte[] expected = Payload.of(seqno, lengthOf(seqno));
                require(Arrays.equals(expected, Payload.read(cursor)), "wrong bytes of " + seqno);
                bytes += RecordFrame.size(expected.length);
            }
        }
        require(
                cache.oldest() == 1 || bytes > RING * 8 / 10 - 4 * LARGEST,
                "only " + bytes + " bytes from " + cache.oldest() + " to " + cache.newest());
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }
}

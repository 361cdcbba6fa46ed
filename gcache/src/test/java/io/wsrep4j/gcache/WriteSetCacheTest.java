package io.wsrep4j.gcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrep4j.api.Uuid;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The life of a write set in the cache (docs/spec/gcache.md 3 and 4). */
final class WriteSetCacheTest {

    private static final Uuid HISTORY = new Uuid(1, 2);

    @TempDir
    Path directory;

    private WriteSetCache open(long ringSize) {
        WriteSetCache cache = WriteSetCache.open(
                CacheSettings.in(directory).ringSize(ringSize).pageSize(1 << 20).build(), HostCipher.NONE);
        if (cache.history().isUndefined()) {
            cache.reset(HISTORY, 0);
        }
        return cache;
    }

    @Test
    void aPublishedWriteSetIsFoundBySeqnoWithItsBytesKindAndSkipMark() {
        try (WriteSetCache cache = open(1 << 20);
                WriteSetCursor cursor = cache.newCursor()) {
            Payload.append(cache, 1, 1000);
            WriteSetBuffer buffer = cache.newBuffer();
            Payload.reserveAndFill(buffer, 2, 77);
            buffer.publish(2, WriteSetKind.CONFIGURATION_CHANGE, true);

            assertThat(cursor.seek(1)).isTrue();
            assertThat(Payload.read(cursor)).isEqualTo(Payload.of(1, 1000));
            assertThat(cursor.kind()).isEqualTo(WriteSetKind.WRITE_SET);
            assertThat(cursor.isSkipped()).isFalse();
            assertThat(cursor.next()).isTrue();
            assertThat(Payload.read(cursor)).isEqualTo(Payload.of(2, 77));
            assertThat(cursor.kind()).isEqualTo(WriteSetKind.CONFIGURATION_CHANGE);
            assertThat(cursor.isSkipped()).isTrue();
            assertThat(cursor.next()).isFalse();
            assertThat(cursor.seqno()).isEqualTo(2);
            assertThat(cache.oldest()).isEqualTo(1);
            assertThat(cache.newest()).isEqualTo(2);
        }
    }

    @Test
    void aBufferIsFilledPieceByPieceAndReadWhereItLies() {
        try (WriteSetCache cache = open(1 << 20)) {
            WriteSetBuffer buffer = cache.newBuffer();
            buffer.reserve(12);
            buffer.put(8, ByteBuffer.wrap(new byte[] {9, 10, 11, 12}));
            buffer.put(0, ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}));
            buffer.publish(1, WriteSetKind.WRITE_SET, false);

            assertThat(buffer.getLong(0)).isEqualTo(0x0807060504030201L);
            assertThat(buffer.getInt(8)).isEqualTo(0x0c0b0a09);
            assertThat(buffer.getShort(0)).isEqualTo((short) 0x0201);
            assertThat(buffer.getByte(11)).isEqualTo((byte) 12);
            assertThat(buffer.address() % 8).isZero();
            assertThat(buffer.window().remaining()).isEqualTo(12);
            assertThat(buffer.bytes().getInt(8)).isEqualTo(0x0c0b0a09);
            assertThat(buffer.bytes().isReadOnly()).isFalse();
            assertThatThrownBy(() -> buffer.getLong(5)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> buffer.getLong(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void everythingPublishedIsThereAfterACleanStop() {
        try (WriteSetCache cache = open(1 << 20)) {
            for (int seqno = 1; seqno <= 100; seqno++) {
                Payload.append(cache, seqno, seqno * 10);
            }
        }
        try (WriteSetCache cache = open(1 << 20)) {
            assertThat(cache.recovery().cleanStop()).isTrue();
            assertThat(cache.history()).isEqualTo(HISTORY);
            assertThat(cache.oldest()).isEqualTo(1);
            Payload.assertWhole(cache, 1, 100);
        }
    }

    @Test
    void theOldestGoFirstWhenSpaceIsWanted() {
        try (WriteSetCache cache = open(64 << 10)) {
            for (int seqno = 1; seqno <= 1000; seqno++) {
                Payload.appendReleased(cache, seqno, 1000);
            }
            assertThat(cache.newest()).isEqualTo(1000);
            assertThat(cache.oldest()).isBetween(930L, 945L);
            assertThat(cache.statistics().pageCount()).isZero();
            Payload.assertWhole(cache, cache.oldest(), 1000);
        }
    }
}

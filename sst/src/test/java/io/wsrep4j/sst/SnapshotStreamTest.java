package io.wsrep4j.sst;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.wsrep4j.api.Gtid;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a joiner takes for whole, and what it does not: messages in, the host's data or a refusal out. */
final class SnapshotStreamTest {

    private static final Gtid POSITION = Gtid.parse("6b6b6b6b-0000-1111-2222-333344445555:77");

    private final MemorySink sink = new MemorySink();
    private final List<Long> told = new ArrayList<>();
    private final IncomingSnapshot incoming =
            new IncomingSnapshot(sink, new ProgressMeter((bytes, total) -> told.add(bytes), 0, System::nanoTime));

    @AfterEach
    void close() throws Exception {
        incoming.close();
    }

    private void accept(SnapshotMessage... messages) throws Exception {
        for (SnapshotMessage message : messages) {
            incoming.accept(message);
        }
    }

    private void refused(SnapshotMessage message, String reason) {
        assertThatThrownBy(() -> incoming.accept(message))
                .isInstanceOf(SnapshotException.class)
                .hasMessageContaining(reason);
        assertThat(incoming.isWhole()).isFalse();
    }

    private static SnapshotMessage begin() {
        return new SnapshotMessage.Begin(false, 3);
    }

    private static SnapshotMessage entry(long size) {
        return new SnapshotMessage.Entry("a/b", size);
    }

    private static SnapshotMessage chunk(String content) {
        byte[] bytes = content.getBytes(StandardCharsets.US_ASCII);
        return new SnapshotMessage.Chunk(bytes.length, false, Unpooled.wrappedBuffer(bytes));
    }

    private static SnapshotMessage entryEnd(String content) {
        java.util.zip.CRC32C sum = new java.util.zip.CRC32C();
        sum.update(content.getBytes(StandardCharsets.US_ASCII));
        return new SnapshotMessage.EntryEnd(content.length(), (int) sum.getValue());
    }

    private static SnapshotMessage end(long bytes, long entries) {
        return new SnapshotMessage.End(POSITION, bytes, entries);
    }

    @Test
    void aWholeSnapshotIsCompleteAtItsPosition() throws Exception {
        accept(begin(), entry(3), chunk("xy"), chunk("z"), entryEnd("xyz"));
        assertThat(incoming.isWhole()).isFalse();
        assertThat(sink.completed).isNull();
        accept(end(3, 1));
        assertThat(incoming.isWhole()).isTrue();
        assertThat(incoming.complete()).isEqualTo(POSITION);

        assertThat(sink.texts()).isEqualTo(Map.of("a/b", "xyz"));
        assertThat(sink.completed).isEqualTo(POSITION);
        assertThat(sink.stillOpen()).isZero();
        assertThat(told).startsWith(0L).endsWith(3L).isSorted();
    }

    @Test
    void aBypassCarriesOnlyThePosition() throws Exception {
        accept(new SnapshotMessage.Begin(true, 0), end(0, 0));
        incoming.complete();

        assertThat(sink.bypassed).isEqualTo(POSITION);
        assertThat(sink.completed).isNull();
    }

    @Test
    void aBypassWithDataIsRefused() throws Exception {
        accept(new SnapshotMessage.Begin(true, 0));
        refused(entry(3), "Entry between entries of a bypass");
    }

    @Test
    void nothingComesBeforeTheBeginning() throws Exception {
        refused(entry(3), "Entry before the beginning");
        refused(chunk("x"), "Chunk before the beginning");
        refused(end(0, 0), "End before the beginning");
        refused(new SnapshotMessage.Accepted(), "Accepted before the beginning");
    }

    @Test
    void nothingBeginsTwice() throws Exception {
        accept(begin());
        refused(begin(), "Begin between entries");
        accept(entry(3));
        refused(entry(3), "Entry inside entry 'a/b'");
    }

    @Test
    void anEntryMustHaveTheBytesThatItsEndSays() throws Exception {
        accept(begin(), entry(-1), chunk("xy"));
        refused(entryEnd("xyz"), "entry 'a/b' came with 2 bytes, but should have 3");
    }

    @Test
    void anEntryMustHaveTheBytesThatItsBeginningSaid() throws Exception {
        accept(begin(), entry(3), chunk("xy"));
        refused(entryEnd("xy"), "entry 'a/b' came with 2 bytes");
    }

    @Test
    void anEntryWithMoreBytesThanAnnouncedIsStoppedBeforeTheyAreWritten() throws Exception {
        accept(begin(), entry(3), chunk("xy"));
        refused(chunk("zz"), "more than the 3 bytes");
        assertThat(sink.bytes("a/b")).hasSize(2);
    }

    @Test
    void aDamagedEntryIsRefused() throws Exception {
        accept(begin(), entry(3), chunk("xyz"));
        refused(entryEnd("xyy"), "the checksum of entry 'a/b' is wrong");
    }

    @Test
    void aLostEntryIsNoticed() throws Exception {
        accept(begin(), entry(3), chunk("xyz"), entryEnd("xyz"));
        refused(end(6, 2), "came with 3 bytes in 1 entries, but should have 6 in 2");
    }

    @Test
    void theEndInsideAnEntryIsRefused() throws Exception {
        accept(begin(), entry(3), chunk("xyz"));
        refused(end(3, 1), "End inside entry 'a/b'");
    }

    @Test
    void aSnapshotOfNoPositionIsRefused() throws Exception {
        accept(begin());
        refused(new SnapshotMessage.End(Gtid.UNDEFINED, 0, 0), "which is none");
    }

    @Test
    void whatTheDonorSaysOfItsFailureIsHandedOn() throws Exception {
        accept(begin());
        refused(new SnapshotMessage.Failed("disk is gone"), "it gave up: disk is gone");
    }

    @Test
    void compressedNoiseIsRefused() throws Exception {
        accept(begin(), entry(-1));
        byte[] noise = new byte[500];
        new Random(1).nextBytes(noise);
        refused(new SnapshotMessage.Chunk(1000, true, Unpooled.wrappedBuffer(noise)), "zstd cannot decompress");
    }

    @Test
    void aChunkThatGrowsBeyondItsClaimIsRefused() throws Exception {
        accept(begin(), entry(-1));
        SnapshotMessage.Chunk honest = compressed(5000);
        refused(new SnapshotMessage.Chunk(4999, true, honest.data()), "4999");
        honest = compressed(5000);
        refused(new SnapshotMessage.Chunk(5001, true, honest.data()), "a chunk of 5000 bytes that claims 5001");
    }

    private static SnapshotMessage.Chunk compressed(int length) throws Exception {
        try (ChunkPacker packer = new ChunkPacker(1)) {
            ByteBuf frame = packer.pack(Frames.ALLOCATOR, java.nio.ByteBuffer.allocateDirect(length));
            return (SnapshotMessage.Chunk) Frames.decode(frame).get(0);
        }
    }

    @Test
    void whatADonorSendsIsWhatAJoinerTakes() throws Exception {
        Map<String, byte[]> data = new TreeMap<>();
        Random random = new Random(5);
        byte[] noise = new byte[3_500_000];
        random.nextBytes(noise);
        data.put("noise", noise);
        data.put("zeros", new byte[2_097_152]);
        data.put("empty", new byte[0]);
        data.put("one", new byte[] {1});
        List<ByteBuf> frames = new ArrayList<>();
        try (OutgoingSnapshot outgoing = new OutgoingSnapshot(
                Frames.ALLOCATOR, frames::add, new ProgressMeter(SnapshotProgress.NONE, 0, System::nanoTime), 1)) {
            outgoing.send(new MemorySource(data), POSITION);
        }
        assertThat(frames.stream().mapToLong(ByteBuf::readableBytes).sum()).isBetween(3_500_000L, 3_510_000L);
        for (ByteBuf frame : frames) {
            for (SnapshotMessage message : Frames.decode(frame)) {
                incoming.accept(message);
            }
        }
        incoming.complete();

        assertThat(sink.content()).containsOnlyKeys(data.keySet());
        data.forEach((name, bytes) -> assertThat(sink.bytes(name)).isEqualTo(bytes));
    }

    @Test
    void aHostThatMiscountsItsEntryIsToldSo() {
        try (OutgoingSnapshot outgoing = new OutgoingSnapshot(
                Frames.ALLOCATOR, ByteBuf::release, new ProgressMeter(SnapshotProgress.NONE, 0, System::nanoTime), 1)) {
            SnapshotSource wrong =
                    MemorySource.of(() -> SnapshotEntry.of("a", 4, new ByteArrayInputStream(new byte[3])));
            assertThatThrownBy(() -> outgoing.send(wrong, POSITION))
                    .hasMessage("entry 'a' has 3 bytes, but the host said 4");
        }
    }

    @Test
    void namesThatLeadOutOfADirectoryAreRefusedOnBothSides() throws Exception {
        for (String name :
                List.of("", "/etc/passwd", "../x", "a/../../x", "a//b", "a\\b", "a\0b", ".", "x".repeat(1025))) {
            assertThatThrownBy(() -> SnapshotEntry.of(name, 1, new ByteArrayInputStream(new byte[1])))
                    .isInstanceOf(IllegalArgumentException.class);
            if (!name.isEmpty() && name.length() < 1025) {
                ByteBuf frame = SnapshotWire.encode(Frames.ALLOCATOR, new SnapshotMessage.Entry(name, 1));
                assertThatThrownBy(() -> Frames.decode(frame))
                        .hasRootCauseInstanceOf(SnapshotException.class)
                        .hasMessageContaining("is refused");
            }
        }
    }
}

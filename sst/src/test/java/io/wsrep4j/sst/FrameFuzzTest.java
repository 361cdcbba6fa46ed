package io.wsrep4j.sst;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.wsrep4j.api.Gtid;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** Streams cut anywhere, bent, and made of noise: they are taken as they were sent, or refused. A million inputs in the long profile. */
final class FrameFuzzTest {

    private static final int TRIES = 100;
    private static final boolean LONG = "long".equals(System.getProperty("wsrep4j.effort", "ci"));
    private static final int STREAMS = LONG ? 500 : 20;
    private static final int FRAMES = LONG ? 9_000 : 20;
    private static final Gtid POSITION = Gtid.parse("6b6b6b6b-0000-1111-2222-333344445555:77");

    private static Map<String, byte[]> data(Random random) {
        byte[] noise = new byte[random.nextInt(300)];
        random.nextBytes(noise);
        return Map.of("noise", noise, "zeros", new byte[random.nextInt(3000)]);
    }

    /** A little snapshot as bytes. */
    private static byte[] stream(Map<String, byte[]> data) throws Exception {
        List<ByteBuf> frames = new ArrayList<>();
        try (OutgoingSnapshot outgoing = new OutgoingSnapshot(
                Frames.ALLOCATOR, frames::add, new ProgressMeter(SnapshotProgress.NONE, 0, System::nanoTime), 1)) {
            outgoing.send(new MemorySource(data), POSITION);
        }
        ByteBuf all = Unpooled.wrappedBuffer(frames.toArray(new ByteBuf[0]));
        byte[] bytes = new byte[all.readableBytes()];
        all.readBytes(bytes).release();
        return bytes;
    }

    /** Feeds it in random pieces. True if it was taken for whole; false if it was refused or is not at its end. */
    private static boolean taken(byte[] bytes, Random random, MemorySink sink) throws IOException {
        EmbeddedChannel channel = new EmbeddedChannel(new FrameDecoder(FrameDecoder.FROM_DONOR));
        try (IncomingSnapshot incoming = new IncomingSnapshot(
                sink, new ProgressMeter(SnapshotProgress.NONE, Long.MAX_VALUE, System::nanoTime))) {
            int at = 0;
            while (at < bytes.length) {
                int length = Math.min(bytes.length - at, 1 + random.nextInt(random.nextBoolean() ? 3 : 500));
                channel.writeInbound(Unpooled.copiedBuffer(bytes, at, length));
                at += length;
                for (SnapshotMessage next = channel.readInbound(); next != null; next = channel.readInbound()) {
                    if (!(next instanceof SnapshotMessage.Alive)) {
                        incoming.accept(next);
                    }
                }
            }
            return incoming.isWhole();
        } catch (SnapshotException refused) {
            assertThat(refused).hasMessageMatching("(?s).{10,}");
            return false;
        } catch (DecoderException refused) {
            assertThat(refused).hasCauseInstanceOf(SnapshotException.class);
            return false;
        } finally {
            for (SnapshotMessage next = channel.readInbound(); next != null; next = channel.readInbound()) {
                next.release();
            }
            channel.finishAndReleaseAll();
        }
    }

    @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
    void aStreamIsTheSameHoweverItIsCut(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        for (int i = 0; i < STREAMS; i++) {
            MemorySink sink = new MemorySink();
            Map<String, byte[]> data = data(random);
            assertThat(taken(stream(data), random, sink)).isTrue();
            assertThat(sink.content()).containsOnlyKeys("noise", "zeros");
            data.forEach((name, sent) -> assertThat(sink.bytes(name)).as(name).isEqualTo(sent));
            assertThat(sink.stillOpen()).isZero();
        }
    }

    @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
    void aBentOrTruncatedStreamIsNeverTakenForWhole(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        for (int i = 0; i < STREAMS; i++) {
            byte[] bytes = stream(data(random));
            if (random.nextBoolean()) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            } else {
                bytes = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length));
            }
            MemorySink sink = new MemorySink();
            assertThat(taken(bytes, random, sink)).isFalse();
            assertThat(sink.stillOpen()).isZero();
        }
    }

    @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
    void framesOfNoiseWithRightChecksumsAreRefusedOrRead(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        for (int i = 0; i < FRAMES; i++) {
            List<FrameType> types = new ArrayList<>(EnumSet.allOf(FrameType.class));
            FrameType type = types.get(random.nextInt(types.size()));
            int length = Math.min(type.longest, type.shortest + random.nextInt(200));
            ByteBuf frame = SnapshotWire.open(Frames.ALLOCATOR, length);
            byte[] noise = new byte[length];
            random.nextBytes(noise);
            if (random.nextBoolean()) {
                // let the first integer be a small one, and the flag a flag
                for (int at = 1; at < Math.min(length, 5); at++) {
                    noise[at] = (byte) (at == 4 ? random.nextInt(3) : 0);
                }
            }
            SnapshotWire.seal(type, frame.writeBytes(noise));
            try {
                for (SnapshotMessage message : Frames.decode(frame)) {
                    message.release();
                }
            } catch (DecoderException refused) {
                assertThat(refused).hasCauseInstanceOf(SnapshotException.class);
            }
        }
    }

    @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
    void nothingIsKeptForALengthThatIsNotAllowed(@ForAll long seed) {
        Random random = new Random(seed);
        FrameType type = FrameType.values()[random.nextInt(FrameType.values().length)];
        long length = type.longest + 1L + (random.nextLong() >>> 33);
        EmbeddedChannel channel = new EmbeddedChannel(new FrameDecoder(EnumSet.allOf(FrameType.class)));
        ByteBuf header =
                Unpooled.buffer().writeIntLE((int) length).writeIntLE(type.code).writeIntLE(random.nextInt());
        try {
            channel.writeInbound(header);
            throw new AssertionError(type + " of " + length + " bytes was not refused");
        } catch (DecoderException refused) {
            assertThat(refused).hasMessageContaining("a frame " + type + " claims " + length + " bytes; allowed are ");
        } finally {
            channel.finishAndReleaseAll();
        }
    }
}

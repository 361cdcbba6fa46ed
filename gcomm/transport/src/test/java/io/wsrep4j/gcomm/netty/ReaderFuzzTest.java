package io.wsrep4j.gcomm.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.frame.Checksum;
import io.wsrep4j.gcomm.frame.Frame;
import io.wsrep4j.gcomm.frame.MalformedFrameException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** Streams cut anywhere, streams of noise, datagrams lost, doubled, out of order and bent. */
final class ReaderFuzzTest {

    private static final boolean LONG = "long".equals(System.getProperty("wsrep4j.effort", "ci"));
    private static final int TRIES = 100;
    private static final int STREAM_INPUTS = LONG ? 1000 : 8;
    private static final int DATAGRAM_INPUTS = LONG ? 11_000 : 50;

    /** Writes down what comes. */
    private static final class Record implements FrameReader.Sink {
        final List<String> payloads = new ArrayList<>();
        String malformed;
        int entered;

        @Override
        public void enter() {
            entered++;
        }

        @Override
        public boolean onPayload(ByteBuf payload) {
            assertThat(entered).isPositive();
            payloads.add(ByteBufUtil.hexDump(payload));
            return true;
        }

        @Override
        public void onMalformed(MalformedFrameException e) {
            malformed = e.getMessage();
        }

        @Override
        public void leave() {
            entered--;
        }
    }

    private static ByteBuf frame(Checksum checksum, byte[] payload) {
        ByteBuf frame = Unpooled.buffer(8 + payload.length).setIndex(8, 8).writeBytes(payload);
        new Frame(checksum).seal(frame);
        return frame.readerIndex(0);
    }

    private static byte[] noise(Random random, int most) {
        byte[] bytes = new byte[1 + random.nextInt(most)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static void feed(EmbeddedChannel channel, ByteBuf stream, Random random) {
        while (stream.isReadable()) {
            int length = Math.min(stream.readableBytes(), 1 + random.nextInt(random.nextBoolean() ? 3 : 500));
            channel.writeInbound(stream.readBytes(length));
        }
        stream.release();
    }

    @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
    void framesAreTheSameHoweverTheStreamIsCut(@ForAll long seed) {
        Random random = new Random(seed);
        Record record = new Record();
        EmbeddedChannel channel = new EmbeddedChannel(new FrameReader(Checksum.CRC32C, record));
        List<String> sent = new ArrayList<>();
        ByteBuf stream = Unpooled.buffer();
        for (int i = 0; i < STREAM_INPUTS; i++) {
            byte[] payload = noise(random, random.nextInt(10) == 0 ? 2000 : 60);
            sent.add(ByteBufUtil.hexDump(payload));
            stream.writeBytes(frame(Checksum.values()[random.nextInt(3)], payload));
        }
        feed(channel, stream, random);

        assertThat(record.payloads).isEqualTo(sent);
        assertThat(record.malformed).isNull();
        assertThat(record.entered).isZero();
        assertThat(channel.finish()).isFalse();
    }

    @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
    void aBentStreamIsCutOffAtTheBentFrame(@ForAll long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < STREAM_INPUTS; i++) {
            Record record = new Record();
            EmbeddedChannel channel = new EmbeddedChannel(new FrameReader(Checksum.CRC32C, record));
            ByteBuf good = frame(Checksum.CRC32C, noise(random, 50));
            ByteBuf bent = frame(Checksum.CRC32C, noise(random, 50));
            // not the length: a longer frame is only waited for
            int at = 3 + random.nextInt(bent.readableBytes() - 3);
            bent.setByte(at, bent.getByte(at) ^ 1 << random.nextInt(8));
            boolean harmless = at == 3 && (bent.getByte(3) & 0xFF) == 3;
            ByteBuf stream = Unpooled.wrappedBuffer(good, bent, frame(Checksum.CRC32C, noise(random, 50)))
                    .copy();
            feed(channel, stream, random);

            assertThat(record.payloads).hasSize(harmless ? 3 : 1);
            assertThat(record.malformed == null).isEqualTo(harmless);
            assertThat(channel.finish()).isFalse();
        }
    }

    @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
    void messagesComeTogetherFromPartsInAnyOrderAndBentPartsAreRefused(@ForAll long seed) {
        Random random = new Random(seed);
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
        Reassembly reassembly = new Reassembly(allocator);
        Reassembly liars = new Reassembly(allocator);
        DatagramFormat sender = new DatagramFormat(new Uuid(1, 1), "group");
        DatagramFormat receiver = new DatagramFormat(new Uuid(2, 2), "group");
        for (int i = 0; i < DATAGRAM_INPUTS; i++) {
            byte[] message = noise(random, 3000);
            int partLength = 1 + random.nextInt(1500);
            List<ByteBuf> parts = parts(sender, i, message, partLength);
            boolean lossy = random.nextInt(3) == 0;
            if (lossy) {
                parts.remove(random.nextInt(parts.size()));
            } else if (random.nextBoolean()) {
                parts.add(parts.get(0).duplicate());
            }
            Collections.shuffle(parts, random);
            List<String> whole = new ArrayList<>();
            for (ByteBuf part : parts) {
                assertThat(receiver.isOurs(part)).isTrue();
                take(reassembly, part, whole);
            }
            if (lossy) {
                assertThat(whole).isEmpty();
            } else {
                assertThat(whole).isNotEmpty().containsOnly(ByteBufUtil.hexDump(message));
            }
            bend(receiver, liars, random, parts);
        }
        assertThat(allocator.metric().usedHeapMemory()).isLessThanOrEqualTo(2L * Reassembly.MAX_PARTIAL * 32768);
        reassembly.clear();
        liars.clear();
        assertThat(allocator.metric().usedHeapMemory()).isZero();
    }

    private static List<ByteBuf> parts(DatagramFormat format, int number, byte[] message, int partLength) {
        List<ByteBuf> parts = new ArrayList<>();
        for (int part = 0, at = 0; at < message.length; part++, at += partLength) {
            ByteBuf datagram = Unpooled.buffer();
            format.begin(datagram, DatagramFormat.KIND_PART, part, number, message.length, partLength);
            datagram.writeBytes(message, at, Math.min(partLength, message.length - at));
            format.seal(datagram);
            parts.add(datagram);
        }
        return parts;
    }

    private static void take(Reassembly reassembly, ByteBuf part, List<String> whole) {
        ByteBuf message = reassembly.add(part);
        if (message != null) {
            whole.add(ByteBufUtil.hexDump(message));
            message.release();
        }
    }

    /** A changed bit is noticed; and even if it were not (a sender that lies), nothing breaks. */
    private static void bend(DatagramFormat receiver, Reassembly reassembly, Random random, List<ByteBuf> parts) {
        if (parts.isEmpty()) {
            return;
        }
        ByteBuf bent = parts.get(random.nextInt(parts.size())).copy();
        int at = random.nextInt(bent.readableBytes());
        bent.setByte(at, bent.getByte(at) ^ 1 << random.nextInt(8));
        assertThat(receiver.isOurs(bent)).isFalse();
        if (at < 16) {
            take(reassembly, bent, new ArrayList<>());
        }
        ByteBuf noise = Unpooled.wrappedBuffer(noise(random, 100));
        assertThat(receiver.isOurs(noise)).isFalse();
    }
}

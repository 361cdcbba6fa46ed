package io.wsrep4j.ist;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Streams of donors that lie: an honest stream, changed message by message (with right checksums) or byte by byte, from fixed seeds. Whatever comes,
 * the receiver takes nothing but one whole ascending run inside what was asked for, and ends well only if that run is complete.
 */
final class StreamMutationTest {

    private static final int SEEDS = "long".equals(System.getProperty("wsrep4j.effort")) ? 1_000_000 : 20_000;
    private static final int VERSION = 11;

    /** One message and its payload; {@code honest} until something is changed in it. */
    private record Part(IstMessage message, byte[] payload) {

        Part with(IstMessage changed) {
            return new Part(changed, payload);
        }

        void write(ByteBuf out) {
            IstWire.ofVersion(VERSION).write(message, out);
            out.writeBytes(payload);
        }
    }

    /** What is asked for, and what an honest donor answers. */
    private record Scene(IstNeed need, long firstToApply, long end, List<Part> honest) {

        static Scene of(Random random) {
            long last = 20 + random.nextInt(20);
            long end = last + random.nextInt(3);
            long first = random.nextInt(8) == 0 ? Long.MAX_VALUE : 1 + random.nextInt((int) last);
            long firstToApply = first == Long.MAX_VALUE ? end + 1 : Math.min(end + 1, first + random.nextInt(2));
            long preloadStart = 1 + random.nextInt((int) last);
            List<Part> parts = new ArrayList<>();
            for (long seqno = Math.min(first, preloadStart); seqno <= end; seqno++) {
                parts.add(event(random, seqno, seqno >= preloadStart));
            }
            return new Scene(new IstNeed(first, last), firstToApply, end, parts);
        }

        private static Part event(Random random, long seqno, boolean preload) {
            IstMessageType type =
                    switch (random.nextInt(6)) {
                        case 0 -> IstMessageType.SKIP;
                        case 1 -> IstMessageType.CONFIGURATION_CHANGE;
                        default -> IstMessageType.WRITE_SET;
                    };
            byte[] payload = new byte[type == IstMessageType.SKIP ? 0 : 8 * (1 + random.nextInt(20))];
            random.nextBytes(payload);
            return new Part(IstMessage.ordered(type, preload, payload.length, seqno, -1), payload);
        }
    }

    private static void mutate(Random random, List<Part> parts) {
        int at = random.nextInt(parts.size());
        Part part = parts.get(at);
        IstMessage message = part.message();
        switch (random.nextInt(9)) {
            case 0 -> parts.remove(at);
            case 1 -> parts.add(at, part);
            case 2 -> Collections.swap(parts, at, random.nextInt(parts.size()));
            case 3 -> parts.set(at, part.with(withSeqno(message, message.seqno() + random.nextInt(5) - 2)));
            case 4 -> parts.set(at, part.with(withSeqno(message, random.nextLong())));
            case 5 -> parts.set(at, part.with(flipped(message)));
            case 6 -> parts.add(at, new Part(IstMessage.control(random.nextInt(4) - 2), new byte[0]));
            case 7 -> parts.set(at, part.with(withLength(message, random.nextInt())));
            default -> beyond(random, parts);
        }
    }

    /** Goes on after the end. */
    private static void beyond(Random random, List<Part> parts) {
        IstMessage last = parts.get(parts.size() - 1).message();
        int more = 1 + random.nextInt(5);
        for (long seqno = last.seqno() + 1; seqno <= last.seqno() + more; seqno++) {
            parts.add(Scene.event(random, seqno, true));
        }
    }

    private static IstMessage withSeqno(IstMessage message, long seqno) {
        return new IstMessage(message.type(), message.preload(), message.control(), message.payloadLength(), seqno, -1);
    }

    private static IstMessage flipped(IstMessage message) {
        return new IstMessage(
                message.type(), !message.preload(), message.control(), message.payloadLength(), message.seqno(), -1);
    }

    private static IstMessage withLength(IstMessage message, int length) {
        return new IstMessage(message.type(), message.preload(), message.control(), length, message.seqno(), -1);
    }

    private static ByteBuf stream(List<Part> parts) {
        ByteBuf out = Unpooled.buffer();
        IstWire.ofVersion(VERSION).write(IstMessage.HANDSHAKE_RESPONSE, out);
        parts.forEach(part -> part.write(out));
        IstWire.ofVersion(VERSION).write(IstMessage.EOF, out);
        return out;
    }

    @Test
    void whateverADonorSendsIsRefusedOrIsOneWholeRunOfWhatWasAskedFor() {
        int refused = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            Scene scene = Scene.of(random);
            List<Part> parts = new ArrayList<>(scene.honest());
            int mutations = random.nextInt(4);
            for (int i = 0; i < mutations && !parts.isEmpty(); i++) {
                mutate(random, parts);
            }
            ByteBuf stream = stream(parts);
            if (random.nextInt(8) == 0) {
                int at = random.nextInt(stream.readableBytes());
                stream.setByte(at, stream.getByte(at) ^ 1 << random.nextInt(8));
                mutations++;
            }
            if (!isTaken(scene, stream, random, "seed " + seed)) {
                assertThat(mutations)
                        .as("an honest stream is taken, seed %d", seed)
                        .isPositive();
                refused++;
            }
        }
        assertThat(refused).as("refused").isBetween(SEEDS / 2, SEEDS * 9 / 10);
    }

    private static boolean isTaken(Scene scene, ByteBuf stream, Random random, String where) {
        RecordingSink sink = new RecordingSink();
        ReceiverSession session = new ReceiverSession(IstWire.ofVersion(VERSION), scene.need(), sink, message -> {});
        boolean whole = false;
        try {
            ByteBuf arrived = Unpooled.buffer();
            while (stream.isReadable() && !session.hasEnded()) {
                arrived.writeBytes(stream, Math.min(stream.readableBytes(), 1 + random.nextInt(900)));
                session.received(arrived);
                if (session.isWaitingForStart()) {
                    session.ready(scene.firstToApply(), scene.end());
                    session.received(arrived);
                }
            }
            whole = session.hasEnded();
            if (!whole) {
                assertThat(session.closedEarly()).as(where).isNotNull();
            }
        } catch (IstException refused) {
            assertThat(refused.getMessage()).as(where).isNotBlank();
        }
        session.dispose();
        assertOneRun(scene, sink, where);
        if (whole) {
            assertThat(session.lastReceived()).as(where).isBetween(scene.need().last(), scene.end());
            assertThat(sink.entries).as(where).isNotEmpty();
        }
        return whole;
    }

    private static void assertOneRun(Scene scene, RecordingSink sink, String where) {
        long expected = -1;
        boolean preloading = false;
        for (RecordingSink.Entry entry : sink.entries) {
            long seqno = entry.event().seqno();
            if (expected < 0) {
                assertThat(seqno).as(where).isBetween(1L, scene.firstToApply());
            } else {
                assertThat(seqno).as(where).isEqualTo(expected);
            }
            assertThat(seqno).as(where).isLessThanOrEqualTo(scene.end());
            assertThat(entry.mustApply()).as(where).isEqualTo(seqno >= scene.firstToApply());
            assertThat(entry.preload() || seqno >= scene.need().first())
                    .as(where)
                    .isTrue();
            assertThat(preloading && !entry.preload()).as(where).isFalse();
            ByteBuffer bytes = entry.event().bytes();
            assertThat(bytes == null).as(where).isEqualTo(entry.event().kind() == IstEvent.Kind.SKIPPED);
            preloading = entry.preload();
            expected = seqno + 1;
        }
    }
}

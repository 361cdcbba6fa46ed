package io.wsrep4j.ist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The joiner's side against captured streams, and against every bad one of docs/spec/replicator-state-transfer.md 21.3. */
final class ReceiverSessionTest {

    private final RecordingSink sink = new RecordingSink();
    private final List<IstMessage> sent = new ArrayList<>();

    private ReceiverSession session(int version, long expectedLast) {
        return new ReceiverSession(IstWire.ofVersion(version), new IstNeed(1, expectedLast), sink, sent::add);
    }

    private static ByteBuf golden(String name) {
        return Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(
                Vectors.named("streams", name).get("hex").asText()));
    }

    private void receiveAll(ReceiverSession session, ByteBuf stream, long first) throws IstException {
        session.received(stream);
        session.ready(first, 0);
        session.received(stream);
    }

    @Test
    void aCapturedTransferIsTakenWhole() throws IstException {
        ReceiverSession session = session(11, 6);
        receiveAll(session, golden("whole small IST, protocol 11, donor"), 4);

        assertThat(session.hasEnded()).isTrue();
        assertThat(session.lastReceived()).isEqualTo(6);
        assertThat(sent).containsExactly(IstMessage.HANDSHAKE, IstMessage.OK);
        assertThat(sink.entries).hasSize(3);
        assertThat(sink.entries.get(0).event().kind()).isEqualTo(IstEvent.Kind.CONFIGURATION_CHANGE);
        assertThat(sink.entries.get(0).preload()).isFalse();
        assertThat(sink.entries.get(1).event().bytes().remaining()).isEqualTo(272);
        assertThat(sink.entries.get(1).preload()).isTrue();
        assertThat(sink.entries).allMatch(RecordingSink.Entry::mustApply);
    }

    @Test
    void whatTheJoinerSaysIsByteForByteWhatARealOneSays() {
        ByteBuf out = Unpooled.buffer();
        IstWire wire = IstWire.ofVersion(11);
        wire.write(IstMessage.HANDSHAKE, out);
        wire.write(IstMessage.OK, out);
        assertThat(out).isEqualTo(golden("whole small IST, protocol 11, joiner"));
    }

    @Test
    void aStreamCutIntoAnyPiecesIsTheSame() throws IstException {
        ByteBuf stream = golden("preload stream of a full SST");
        ReceiverSession session = session(11, 15);
        ByteBuf arrived = Unpooled.buffer();
        Random random = new Random(7);
        boolean told = false;
        while (stream.isReadable()) {
            arrived.writeBytes(stream, Math.min(stream.readableBytes(), 1 + random.nextInt(40)));
            session.received(arrived);
            if (!told && session.isEstablished()) {
                session.ready(16, 0);
                told = true;
            }
        }
        session.received(arrived);
        assertThat(session.hasEnded()).isTrue();
        assertThat(sink.seqnos()).containsExactly(2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L, 13L, 14L, 15L);
        assertThat(sink.entries).allMatch(RecordingSink.Entry::preload).noneMatch(RecordingSink.Entry::mustApply);
    }

    @Test
    void versions9And10AreTakenToo() throws IstException {
        ReceiverSession nine = session(9, 8);
        receiveAll(nine, golden("v9 stream of four skips"), 5);
        assertThat(nine.hasEnded()).isTrue();
        assertThat(sink.seqnos()).containsExactly(5L, 6L, 7L, 8L);
        assertThat(sink.entries).allMatch(entry -> entry.event().kind() == IstEvent.Kind.SKIPPED);

        ReceiverSession ten = session(10, 2);
        ByteBuf stream = golden("protocol 10 stream");
        ten.received(stream);
        ten.ready(100, 100); // the donor had seen later changes before the request came
        ten.received(stream);
        assertThat(ten.hasEnded()).isTrue();
    }

    @Test
    void nothingIsReadBeforeItIsKnownWhereApplyingStarts() throws IstException {
        ByteBuf stream = golden("whole small IST, protocol 11, donor");
        ReceiverSession session = session(11, 6);
        session.received(stream);
        assertThat(session.isEstablished()).isTrue();
        assertThat(stream.readableBytes()).isEqualTo(688 - 24);
        assertThat(sink.entries).isEmpty();
    }

    @Test
    void aPreloadedSeqnoThatIsCachedIsReadAndThrownAway() throws IstException {
        sink.cached.add(5L);
        receiveAll(session(11, 6), golden("whole small IST, protocol 11, donor"), 4);
        assertThat(sink.entries.get(1).event().bytes()).isNull();
        assertThat(sink.entries.get(2).event().bytes().remaining()).isEqualTo(176);
    }

    @Test
    void withoutThePreloadFlagACachedSeqnoIsAnError() {
        sink.cached.add(4L);
        assertThatThrownBy(() -> receiveAll(session(11, 6), golden("whole small IST, protocol 11, donor"), 4))
                .hasMessageContaining("Attempt to reuse the same seqno: 4");
    }

    @ParameterizedTest
    @CsvSource({
        "handshake-of-another-version, 'invalid protocol version 10, expected 11', 71",
        "control-eof-in-handshake, 'ended the connection in the handshake', 71",
        "corrupted-second-header, 'Corrupted IST message header', 22",
        "control-error, 'peer reported error: 5', 71",
        "control-2, 'unexpected ctrl code: 2', 71",
        "early-eof, 'IST didn''t contain all write sets, expected last: 6 last received: 4', 71",
        "gap, 'Unexpected action seqno: 6 expected: 5', 22",
        "late-start, 'IST started with wrong seqno: 4', 22",
        "unknown-type, 'unexpected message type: 9', 71",
    })
    void aBadStreamFailsAsTheRealOneDoes(String what, String message, int errno) {
        assertThatThrownBy(() -> receiveAll(
                        session(11, 6),
                        BadStreams.make(what, golden("whole small IST, protocol 11, donor")),
                        what.equals("late-start") ? 3 : 4))
                .isInstanceOfSatisfying(
                        IstException.class, e -> assertThat(e.errno()).isEqualTo(errno))
                .hasMessageContaining(message);
    }

    private static IstMessage message(long seqno, boolean preload) {
        return IstMessage.ordered(IstMessageType.SKIP, preload, 0, seqno, -1);
    }

    /** Asked for 4 to 6, of which the snapshot brought 4; the group's last change before the request was 8. */
    private ReceiverSession asked(IstMessage... messages) throws IstException {
        ReceiverSession session = new ReceiverSession(IstWire.ofVersion(11), new IstNeed(4, 6), sink, sent::add);
        ByteBuf stream = Unpooled.buffer();
        IstWire wire = IstWire.ofVersion(11);
        wire.write(IstMessage.HANDSHAKE_RESPONSE, stream);
        for (IstMessage message : messages) {
            wire.write(message, stream);
        }
        session.received(stream);
        session.ready(5, 8);
        session.received(stream);
        return session;
    }

    @Test
    void aStreamMayEndAnywhereFromTheNeededChangeToTheLastOneBeforeTheRequest() throws IstException {
        assertThat(asked(message(4, false), message(5, true), message(6, true), IstMessage.EOF)
                        .hasEnded())
                .isTrue();
        assertThat(asked(
                                message(2, true),
                                message(3, true),
                                message(4, true),
                                message(5, true),
                                message(6, true),
                                message(7, true),
                                message(8, true),
                                IstMessage.EOF)
                        .hasEnded())
                .isTrue();
    }

    @Test
    void nothingBeyondTheEndIsTaken() {
        assertThatThrownBy(() -> asked(
                        message(4, true),
                        message(5, true),
                        message(6, true),
                        message(7, true),
                        message(8, true),
                        message(9, true)))
                .hasMessageContaining("beyond what was asked for: seqno 9, expected last: 8");
        assertThat(sink.seqnos()).containsExactly(4L, 5L, 6L, 7L, 8L);
    }

    @Test
    void nothingBeforeTheBeginningIsTakenExceptForTheIndex() {
        assertThatThrownBy(() -> asked(message(3, false))).hasMessageContaining("seqno 3 was not asked for");
        assertThatThrownBy(() -> asked(message(0, true))).hasMessageContaining("wrong seqno: 0");
        assertThatThrownBy(() -> asked(message(-5, true))).hasMessageContaining("wrong seqno: -5");
        assertThatThrownBy(() -> asked(message(Long.MIN_VALUE, true))).hasMessageContaining("wrong seqno");
        assertThat(sink.entries).isEmpty();
    }

    @Test
    void theIndexIsFilledWithoutHoles() {
        assertThatThrownBy(() -> asked(message(4, false), message(5, true), message(6, false)))
                .hasMessageContaining("seqno 6 leaves a hole in the certification index");
        assertThat(sink.seqnos()).containsExactly(4L, 5L);
    }

    @Test
    void noSeqnoComesTwice() {
        assertThatThrownBy(() -> asked(message(4, false), message(4, false)))
                .hasMessageContaining("Unexpected action seqno: 4 expected: 5");
    }

    @Test
    void aJoinerOfAnotherHistoryTakesNothingButWhatIsForTheIndex() {
        assertThatThrownBy(() -> {
                    ReceiverSession session =
                            new ReceiverSession(IstWire.ofVersion(11), new IstNeed(Long.MAX_VALUE, 6), sink, sent::add);
                    receiveAll(session, golden("whole small IST, protocol 11, donor"), 7);
                })
                .hasMessageContaining("nothing else is");
    }

    @Test
    void aConnectionThatClosesEarlyIsAnError() throws IstException {
        ReceiverSession session = session(11, 6);
        assertThat(session.closedEarly()).hasMessageContaining("error receiving handshake");
        ReceiverSession established = session(11, 6);
        ByteBuf stream = golden("whole small IST, protocol 11, donor");
        receiveAll(established, stream.slice(0, 300), 4);
        assertThat(established.closedEarly())
                .hasMessageContaining("error receiving trx header")
                .hasMessageContaining("after seqno 5");
    }

    @Test
    void aClaimedLengthReservesNothingBeforeBytesCome() throws IstException {
        ByteBuf stream = Unpooled.buffer();
        IstWire wire = IstWire.ofVersion(11);
        wire.write(IstMessage.HANDSHAKE_RESPONSE, stream);
        wire.write(IstMessage.ordered(IstMessageType.WRITE_SET, false, Integer.MAX_VALUE, 4, -1), stream);
        stream.writeZero(1000);
        ReceiverSession session = session(11, 6);
        receiveAll(session, stream, 4);
        assertThat(sink.reserved).isEmpty();
        session.dispose();
    }

    @Test
    void aLargeEventIsWhole() throws IstException {
        byte[] content = new byte[9 << 20];
        new Random(3).nextBytes(content);
        ByteBuf stream = Unpooled.buffer();
        IstWire wire = IstWire.ofVersion(11);
        wire.write(IstMessage.HANDSHAKE_RESPONSE, stream);
        wire.write(IstMessage.ordered(IstMessageType.WRITE_SET, false, content.length, 6, -1), stream);
        stream.writeBytes(content);
        wire.write(IstMessage.EOF, stream);
        ReceiverSession session = session(11, 6);
        session.received(stream);
        session.ready(6, 0);
        while (stream.isReadable()) {
            ByteBuf piece = stream.readSlice(Math.min(100_000, stream.readableBytes()));
            ByteBuf carry = Unpooled.copiedBuffer(piece);
            session.received(carry);
            assertThat(carry.isReadable() && !session.hasEnded()).isFalse();
        }
        assertThat(session.hasEnded()).isTrue();
        byte[] taken = new byte[content.length];
        sink.entries.get(0).event().bytes().get(taken);
        assertThat(taken).isEqualTo(content);
    }

    @Test
    void noFlippedByteDoesWorseThanAnError() {
        Random random = new Random(11);
        byte[] good = ByteBufUtil.getBytes(golden("seqnos 315..323"));
        int tries = "long".equals(System.getProperty("wsrep4j.effort")) ? 1_000_000 : 20_000;
        for (int i = 0; i < tries; i++) {
            ByteBuf whole = Unpooled.buffer();
            IstWire.ofVersion(11).write(IstMessage.HANDSHAKE_RESPONSE, whole);
            whole.writeBytes(good);
            int at = random.nextInt(whole.readableBytes());
            whole.setByte(at, whole.getByte(at) ^ 1 << random.nextInt(8));
            ReceiverSession session = session(11, 323);
            try {
                session.received(whole);
                if (session.isEstablished()) {
                    session.ready(315, 0);
                    session.received(whole);
                }
            } catch (IstException refused) {
                assertThat(refused.getMessage()).isNotBlank();
            }
            session.dispose();
            sink.entries.clear();
            sink.reserved.clear();
            sent.clear();
        }
    }
}

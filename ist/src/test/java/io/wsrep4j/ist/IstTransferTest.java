package io.wsrep4j.ist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.wsrep4j.kit.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Sender and receiver over real sockets. */
@Timeout(120)
final class IstTransferTest {

    private static final ByteBuffer NOISE = noise(128 << 10);

    private final RecordingSink sink = new RecordingSink();
    private Duration reach = Duration.ofSeconds(60);
    private Duration patience = Duration.ofMinutes(5);
    private final AtomicInteger closedSources = new AtomicInteger();

    private IstReceiver receiver(long expectedLast) throws IstException {
        return receiver(11, expectedLast);
    }

    private IstReceiver receiver(int version, long expectedLast) throws IstException {
        return IstReceiver.listen(
                new IstReceiver.Settings(
                        "n2",
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        version,
                        new IstNeed(1, expectedLast),
                        patience,
                        null,
                        LoggerFactory.getLogger(IstReceiver.class)),
                sink);
    }

    private IstSender sender(int port, long preloadStart, IstSource source) throws IstException {
        return sender(11, port, preloadStart, source);
    }

    private IstSender sender(int version, int port, long preloadStart, IstSource source) throws IstException {
        return IstSender.start(
                new IstSender.Settings(
                        "n1",
                        new IstAddress(false, "127.0.0.1", port),
                        version,
                        preloadStart,
                        reach,
                        patience,
                        null,
                        LoggerFactory.getLogger(IstSender.class)),
                source);
    }

    private static ByteBuffer noise(int length) {
        byte[] bytes = new byte[length];
        new Random(1).nextBytes(bytes);
        return ByteBuffer.allocateDirect(length).put(bytes).flip();
    }

    /** Every seventh is skipped; size, content and dependency of the others come from the seqno. */
    private static IstEvent event(long seqno, int largest) {
        if (seqno % 7 == 0) {
            return new IstEvent(seqno, IstEvent.Kind.SKIPPED, -1, null);
        }
        Random random = new Random(seqno);
        int length = 8 + random.nextInt(largest);
        ByteBuffer bytes = NOISE.slice(random.nextInt(NOISE.capacity() - length), length);
        return new IstEvent(seqno, IstEvent.Kind.WRITE_SET, Math.max(0, seqno - 1 - random.nextInt(1000)), bytes);
    }

    private IstSource source(long first, long last, int largest) {
        return new IstSource() {
            private long next = first;

            @Override
            public IstEvent next() {
                if (next > last) {
                    return null;
                }
                return event(next++, largest);
            }

            @Override
            public void close() {
                closedSources.incrementAndGet();
            }
        };
    }

    @ParameterizedTest
    @CsvSource({"11, 20000", "9, 2000"})
    void everyEventArrivesOnceWholeAndInOrder(int version, int last) throws Exception {
        int preloadStart = last / 4;
        IstReceiver receiver = receiver(version, last);
        IstSender sender = sender(version, receiver.port(), preloadStart, source(1, last, 40_000));
        receiver.ready(101, 0);
        assertThat(receiver.await()).isEqualTo(last);
        sender.end().get(30, TimeUnit.SECONDS);

        assertThat(sink.ended.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(sink.entries).hasSize(last);
        for (int i = 0; i < last; i++) {
            RecordingSink.Entry entry = sink.entries.get(i);
            long seqno = i + 1;
            IstEvent sent = event(seqno, 40_000);
            long depends = version < 10 ? sent.dependsSeqno() : -1;
            assertThat(entry.event()).isEqualTo(new IstEvent(seqno, sent.kind(), depends, sent.bytes()));
            assertThat(entry.preload()).isEqualTo(version >= 10 && seqno >= preloadStart);
            assertThat(entry.mustApply()).isEqualTo(seqno >= 101);
        }
        assertThat(closedSources).hasValue(1);
    }

    @Test
    void theSenderSendsWhatARealDonorSent() throws Exception {
        byte[] golden = ByteBufUtil.decodeHexDump(Vectors.named("streams", "whole small IST, protocol 11, donor")
                .get("hex")
                .asText());
        ReceiverSession reading = new ReceiverSession(IstWire.ofVersion(11), new IstNeed(1, 6), sink, message -> {});
        ByteBuf captured = Unpooled.wrappedBuffer(golden);
        reading.received(captured);
        reading.ready(4, 0);
        reading.received(captured);

        try (ServerSocket joiner = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            IstSource replay = new IstSource() {
                private int next;

                @Override
                public IstEvent next() {
                    return next < sink.entries.size() ? sink.entries.get(next++).event() : null;
                }

                @Override
                public void close() {
                    closedSources.incrementAndGet();
                }
            };
            CompletableFuture<IstSender> starting = starting(joiner.getLocalPort(), 5, replay);
            try (Socket socket = joiner.accept()) {
                socket.getOutputStream()
                        .write(ByteBufUtil.decodeHexDump(
                                Vectors.named("streams", "whole small IST, protocol 11, joiner")
                                        .get("hex")
                                        .asText()));
                assertThat(socket.getInputStream().readNBytes(golden.length)).isEqualTo(golden);
            }
            starting.get(30, TimeUnit.SECONDS).end().get(30, TimeUnit.SECONDS);
        }
        assertThat(closedSources).hasValue(1);
    }

    private CompletableFuture<IstSender> starting(int port, long preloadStart, IstSource source) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return sender(port, preloadStart, source);
            } catch (IstException e) {
                throw new CompletionException(e);
            }
        });
    }

    private static byte[] joinersWords() {
        ByteBuf out = Unpooled.buffer();
        IstWire.ofVersion(11).write(IstMessage.HANDSHAKE, out);
        IstWire.ofVersion(11).write(IstMessage.OK, out);
        return ByteBufUtil.getBytes(out);
    }

    private static ServerSocket joinersListener() throws IOException {
        return new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    }

    @Test
    void manySilentConnectionsDoNotKeepTheDonorOut() throws Exception {
        IstReceiver receiver = receiver(10);
        List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 5 * IstReceiver.CANDIDATES; i++) {
                silent.add(new Socket(InetAddress.getLoopbackAddress(), receiver.port()));
            }
            sender(receiver.port(), -1, source(1, 10, 100));
            receiver.ready(1, 0);
            assertThat(receiver.await()).isEqualTo(10);
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
    }

    @Test
    void aDonorThatIsTurnedAwayTriesAgain() throws Exception {
        try (ServerSocket joiner = joinersListener()) {
            CompletableFuture<IstSender> starting = starting(joiner.getLocalPort(), -1, source(1, 3, 100));
            for (int i = 0; i < 3; i++) {
                joiner.accept().close();
            }
            try (Socket socket = joiner.accept()) {
                socket.getOutputStream().write(joinersWords());
                IstSender sender = starting.get(30, TimeUnit.SECONDS);
                assertThat(sender.end()).isNotDone();
                assertThat(closedSources).as("by the attempts before").hasValueLessThanOrEqualTo(1);
            }
        }
    }

    @Test
    void aDonorThatIsAlwaysTurnedAwayReportsThat() throws Exception {
        reach = Duration.ofSeconds(1);
        CompletableFuture<Void> turning;
        try (ServerSocket joiner = joinersListener()) {
            turning = CompletableFuture.runAsync(() -> {
                try {
                    while (true) {
                        joiner.accept().close();
                    }
                } catch (IOException closed) {
                    // the test is over
                }
            });
            assertThatThrownBy(() -> sender(joiner.getLocalPort(), -1, source(1, 3, 100)))
                    .isInstanceOfSatisfying(
                            IstException.class, e -> assertThat(e.errno()).isEqualTo(104));
            assertThat(closedSources).hasValue(1);
        }
        turning.get(30, TimeUnit.SECONDS);
    }

    @Test
    void aPeerThatSaysNothingIsReportedInTime() throws Exception {
        reach = Duration.ofSeconds(1);
        try (ServerSocket nobody = joinersListener()) {
            assertThatThrownBy(() -> sender(nobody.getLocalPort(), -1, source(1, 3, 100)))
                    .isInstanceOfSatisfying(
                            IstException.class, e -> assertThat(e.errno()).isEqualTo(110))
                    .hasMessageContaining("127.0.0.1:" + nobody.getLocalPort());
            assertThat(closedSources).hasValue(1);
        }
    }

    @Test
    void aJoinerThatNeverClosesHoldsNoHistoryAndIsGivenUp() throws Exception {
        patience = Duration.ofSeconds(2);
        try (ServerSocket joiner = joinersListener()) {
            CompletableFuture<IstSender> starting = starting(joiner.getLocalPort(), -1, source(1, 3, 100));
            try (Socket socket = joiner.accept()) {
                socket.getOutputStream().write(joinersWords());
                IstSender sender = starting.get(30, TimeUnit.SECONDS);
                Await.until("the cache is let go", Duration.ofSeconds(30), () -> closedSources.get() > 0);
                assertThat(sender.end()).isNotDone();
                sender.watch();
                assertThatThrownBy(() -> sender.end().get(30, TimeUnit.SECONDS))
                        .hasMessageContaining("did not close within PT2S after the end");
                assertThat(closedSources).hasValue(1);
            }
        }
    }

    @Test
    void aJoinerThatTakesNextToNothingIsGivenUpOnceItHasNoReason() throws Exception {
        patience = Duration.ofSeconds(2);
        try (ServerSocket joiner = joinersListener()) {
            CompletableFuture<IstSender> starting =
                    starting(joiner.getLocalPort(), -1, source(1, Long.MAX_VALUE, 100_000));
            try (Socket socket = joiner.accept()) {
                socket.getOutputStream().write(joinersWords());
                IstSender sender = starting.get(30, TimeUnit.SECONDS);
                assertThatThrownBy(() -> sender.end().get(2 * patience.toMillis(), TimeUnit.MILLISECONDS))
                        .as("while its snapshot lasts")
                        .isInstanceOf(TimeoutException.class);
                sender.watch();
                assertThatThrownBy(() -> sender.end().get(60, TimeUnit.SECONDS))
                        .hasMessageContaining("took less than 65536 bytes in PT2S");
                assertThat(closedSources).hasValue(1);
            }
        }
    }

    @Test
    void aJoinerToWhomNobodyComesSaysSo() throws Exception {
        patience = Duration.ofSeconds(1);
        IstReceiver receiver = receiver(10);
        try (Socket stranger = new Socket(InetAddress.getLoopbackAddress(), receiver.port())) {
            assertThat(stranger.isConnected()).isTrue();
            receiver.ready(1, 0);
            assertThatThrownBy(receiver::await)
                    .isInstanceOfSatisfying(
                            IstException.class, e -> assertThat(e.errno()).isEqualTo(110))
                    .hasMessageContaining("no donor has got through to")
                    .hasMessageContaining("ist.silence_timeout");
        }
    }

    @Test
    void aDonorThatFallsSilentIsNamed() throws Exception {
        patience = Duration.ofSeconds(1);
        IstReceiver receiver = receiver(10);
        try (Socket donor = new Socket(InetAddress.getLoopbackAddress(), receiver.port())) {
            ByteBuf out = Unpooled.buffer();
            IstWire.ofVersion(11).write(IstMessage.HANDSHAKE_RESPONSE, out);
            IstWire.ofVersion(11).write(IstMessage.ordered(IstMessageType.SKIP, false, 0, 1, -1), out);
            donor.getOutputStream().write(ByteBufUtil.getBytes(out));
            receiver.ready(1, 0);
            assertThatThrownBy(receiver::await)
                    .hasMessageContaining("donor /127.0.0.1:" + donor.getLocalPort())
                    .hasMessageContaining("nothing after seqno");
        }
    }

    @Test
    void aStrayConnectionDoesNotUseTheListenerUp() throws Exception {
        IstReceiver receiver = receiver(10);
        try (Socket stray = new Socket(InetAddress.getLoopbackAddress(), receiver.port())) {
            stray.getOutputStream()
                    .write("GET / HTTP/1.1\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            readToEnd(stray.getInputStream());
        }
        try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), receiver.port())) {
            assertThat(silent.isConnected()).isTrue();
            sender(receiver.port(), -1, source(1, 10, 100));
            receiver.ready(1, 0);
            assertThat(receiver.await()).isEqualTo(10);
        }
    }

    private static void readToEnd(InputStream in) throws IOException {
        while (in.read() >= 0) {
            // until the receiver closes
        }
    }

    @Test
    void aRefusedConnectionIsTheErrnoOfTheJoin() throws Exception {
        int port;
        try (ServerSocket taken = new ServerSocket(0)) {
            port = taken.getLocalPort();
        }
        assertThatThrownBy(() -> sender(port, -1, source(1, 2, 10)))
                .isInstanceOfSatisfying(
                        IstException.class, e -> assertThat(e.errno()).isEqualTo(111))
                .hasMessageContaining("127.0.0.1:" + port);
        assertThat(closedSources).hasValue(1);
    }

    @Test
    void aBusyPortIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> IstReceiver.listen(
                            new IstReceiver.Settings(
                                    "n2",
                                    new InetSocketAddress(InetAddress.getLoopbackAddress(), taken.getLocalPort()),
                                    11,
                                    new IstNeed(1, 1),
                                    patience,
                                    null,
                                    LoggerFactory.getLogger(IstReceiver.class)),
                            sink))
                    .hasMessageContaining("Failed to open IST listener")
                    .hasMessageContaining(Integer.toString(taken.getLocalPort()));
        }
    }

    @Test
    void aDonorThatDiesIsAnErrorAndNotAHang() throws Exception {
        IstReceiver receiver = receiver(1_000_000);
        CountDownLatch half = new CountDownLatch(1);
        IstSource endless = source(1, Long.MAX_VALUE, 1000);
        IstSender sender = sender(receiver.port(), -1, new IstSource() {
            private int given;

            @Override
            public IstEvent next() throws IstException {
                if (++given == 1000) {
                    half.countDown();
                }
                return endless.next();
            }

            @Override
            public void close() {
                endless.close();
            }
        });
        receiver.ready(1, 0);
        half.await();
        sender.cancel();
        assertThatThrownBy(receiver::await).hasMessageContaining("the donor closed the connection");
        assertThat(sink.ended.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(sink.error).isNotNull();
        assertThatThrownBy(() -> sender.end().get(10, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
        assertThat(closedSources).hasValue(1);
    }

    /** A peer whose cable was pulled closes nothing; the kernel's own probes find out, and not after the default of two hours only. */
    @Test
    void bothSidesLetTheKernelAskForASilentPeer() throws Exception {
        IstReceiver receiver = receiver(10);
        IstSender sender = sender(receiver.port(), 1, source(1, 10, 100));
        try {
            Pattern probe = Pattern.compile("timer:\\(keepalive,(\\d+(?:\\.\\d+)?sec|\\d+ms),");
            AtomicReference<List<String>> seen = new AtomicReference<>();
            Await.until(
                    "both probe",
                    Duration.ofSeconds(60),
                    () -> {
                        seen.set(connections(receiver.port()));
                        return seen.get().size() == 2
                                && seen.get().stream()
                                        .allMatch(line -> probe.matcher(line).find());
                    },
                    () -> "seen: " + seen.get());
        } finally {
            sender.cancel();
            receiver.cancel();
        }
    }

    /** What the system says of the two ends of each connection to a port. */
    private static List<String> connections(int port) throws IOException {
        Process ss = new ProcessBuilder(
                        "ss", "-Htno", "state", "established", "( sport = :" + port + " or dport = :" + port + " )")
                .redirectErrorStream(true)
                .start();
        try (BufferedReader lines = ss.inputReader()) {
            return lines.lines().toList();
        }
    }

    /** While a snapshot is taken, which may last for hours, the stream must not pile up in the joiner's memory. */
    @Test
    void aJoinerThatDoesNotKnowWhereToStartHoldsTheDonorBack() throws Exception {
        IstReceiver receiver = receiver(5000);
        AtomicInteger asked = new AtomicInteger();
        IstSource whole = source(1, 5000, 80_000);
        IstSender sender = sender(receiver.port(), 1, new IstSource() {
            @Override
            public IstEvent next() throws IstException {
                asked.incrementAndGet();
                return whole.next();
            }

            @Override
            public void close() {
                whole.close();
            }
        });
        int before;
        do {
            before = asked.get();
            TimeUnit.SECONDS.sleep(2); // it has stopped when nothing moves for so long
        } while (asked.get() != before || before == 0);
        // some 40 MB of 200 fit into the largest buffers that the system gives a connection
        assertThat(asked).hasValueLessThan(2500);
        receiver.ready(1, 0);
        assertThat(receiver.await()).isEqualTo(5000);
        sender.end().get(30, TimeUnit.SECONDS);
        assertThat(sink.entries).hasSize(5000);
    }

    @Test
    void aReceiverThatNobodyCallsCanBeStopped() throws Exception {
        IstReceiver receiver = receiver(10);
        receiver.cancel();
        assertThatThrownBy(receiver::await).isInstanceOfSatisfying(IstException.class, e -> assertThat(e.errno())
                .isEqualTo(125));
        receiver.cancel();
    }

    @Test
    void aDonorWithAHoleInItsCacheSendsNoEnd() throws Exception {
        IstReceiver receiver = receiver(10);
        IstSource whole = source(1, 10, 100);
        IstSender sender = sender(receiver.port(), -1, new IstSource() {
            @Override
            public IstEvent next() throws IstException {
                IstEvent event = whole.next();
                return event != null && event.seqno() == 5 ? whole.next() : event;
            }

            @Override
            public void close() {
                whole.close();
            }
        });
        receiver.ready(1, 0);
        assertThatThrownBy(receiver::await).isInstanceOf(IstException.class);
        assertThatThrownBy(() -> sender.end().get(10, TimeUnit.SECONDS)).hasMessageContaining("the range is not whole");
    }

    /** A donor's host may report, or its node leave, just when the joiner has taken everything. */
    @Test
    void aSenderThatHasEndedMayBeWatchedAndCancelled() throws Exception {
        IstReceiver receiver = receiver(3);
        receiver.ready(1, 3);
        IstSender sender = sender(receiver.port(), 0, source(1, 3, 10));
        sender.end().get(60, TimeUnit.SECONDS);
        receiver.await();
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(300);
        while (System.nanoTime() < end) {
            sender.watch();
            sender.cancel();
            receiver.cancel();
        }
    }
}

package io.wsrep4j.sst;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.ssl.SslContext;
import io.wsrep4j.api.Errno;
import io.wsrep4j.api.Gtid;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A donor and a joiner over real sockets. */
@Timeout(180)
final class SnapshotTransferTest {

    private static final Gtid POSITION = Gtid.parse("6b6b6b6b-0000-1111-2222-333344445555:77");
    private static final Duration SHORT_IDLE = Duration.ofSeconds(1);

    /** Where silence would be a failure of the test: this machine may be busy. */
    private static final Duration LONGER_IDLE = Duration.ofSeconds(5);

    private static final long POLL_NANOS = Duration.ofMillis(10).toNanos();

    private final MemorySink sink = new MemorySink();
    private final List<SnapshotReceiver> receivers = new ArrayList<>();
    private final List<SnapshotSender> senders = new ArrayList<>();

    @AfterEach
    void stop() {
        receivers.forEach(receiver -> receiver.cancel("the test is over"));
        senders.forEach(sender -> sender.cancel("the test is over"));
    }

    private static SnapshotSettings settings(String name) {
        return SnapshotSettings.of(name, (SslContext) null);
    }

    private SnapshotReceiver receiver(SnapshotSettings settings, SnapshotSink into) throws SnapshotException {
        SnapshotReceiver receiver = SnapshotReceiver.listen(
                settings,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                null,
                into,
                SnapshotProgress.NONE);
        receivers.add(receiver);
        return receiver;
    }

    private SnapshotReceiver receiver() throws SnapshotException {
        return receiver(settings("n2"), sink);
    }

    private SnapshotSender sender(SnapshotRequest request, SnapshotSource source) throws Exception {
        return sender(settings("n1"), request, source);
    }

    private SnapshotSender sender(SnapshotSettings settings, SnapshotRequest request, SnapshotSource source)
            throws Exception {
        SnapshotSender sender = SnapshotSender.send(settings, request, POSITION, () -> source, SnapshotProgress.NONE);
        senders.add(sender);
        return sender;
    }

    private static SnapshotRequest request(SnapshotReceiver receiver) {
        return SnapshotRequest.parse(receiver.request());
    }

    private static <T> T get(CompletableFuture<T> end) throws Exception {
        return end.get(60, TimeUnit.SECONDS);
    }

    private static SnapshotException failure(CompletableFuture<?> end) {
        try {
            throw new AssertionError("it ended well, with " + get(end));
        } catch (ExecutionException e) {
            return (SnapshotException) e.getCause();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static Map<String, byte[]> data(int bytes) {
        Random random = new Random(bytes);
        Map<String, byte[]> data = new TreeMap<>();
        byte[] noise = new byte[bytes / 2];
        random.nextBytes(noise);
        data.put("db/noise", noise);
        byte[] text = new byte[bytes / 2];
        for (int i = 0; i < text.length; i++) {
            text[i] = (byte) ('a' + random.nextInt(3));
        }
        data.put("db/text", text);
        data.put("empty", new byte[0]);
        return data;
    }

    /** One entry without end. */
    private static final class Endless implements SnapshotSource {
        final AtomicLong given = new AtomicLong();
        final CountDownLatch closed = new CountDownLatch(1);
        private final Random random = new Random(1);
        private boolean begun;

        @Override
        public long totalBytes() {
            return -1;
        }

        @Override
        public SnapshotEntry next() {
            assertThat(begun).isFalse();
            begun = true;
            return SnapshotEntry.of("endless", -1, new InputStream() {
                @Override
                public int read() {
                    given.incrementAndGet();
                    return random.nextInt(256);
                }

                @Override
                public int read(byte[] to, int from, int length) {
                    byte[] bytes = new byte[length];
                    random.nextBytes(bytes);
                    System.arraycopy(bytes, 0, to, from, length);
                    given.addAndGet(length);
                    return length;
                }
            });
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }

    /** Lets a test look when the first bytes have come, and can make its host slow. */
    private static final class Watched implements SnapshotSink {
        final CountDownLatch begun = new CountDownLatch(1);
        final CountDownLatch goOn;
        final CountDownLatch discarded = new CountDownLatch(1);
        private final MemorySink sink;

        Watched(MemorySink sink, int holds) {
            this.sink = sink;
            goOn = new CountDownLatch(holds);
        }

        @Override
        public WritableByteChannel open(String name, long size) {
            WritableByteChannel inner = sink.open(name, size);
            return new WritableByteChannel() {
                @Override
                public int write(ByteBuffer source) throws IOException {
                    begun.countDown();
                    try {
                        goOn.await();
                    } catch (InterruptedException e) {
                        throw new IOException("interrupted", e);
                    }
                    return inner.write(source);
                }

                @Override
                public boolean isOpen() {
                    return inner.isOpen();
                }

                @Override
                public void close() throws IOException {
                    inner.close();
                }
            };
        }

        @Override
        public void complete(Gtid position) throws IOException {
            sink.complete(position);
        }

        @Override
        public void bypass(Gtid position) {
            sink.bypass(position);
        }

        @Override
        public void discard() {
            sink.discard();
            discarded.countDown();
        }
    }

    private void assertNothingTaken() {
        assertThat(sink.completed).isNull();
        assertThat(sink.bypassed).isNull();
        assertThat(sink.discarded).isEqualTo(1);
        assertThat(sink.stillOpen()).isZero();
    }

    // ---- what works

    @Test
    void everyByteArrives() throws Exception {
        Map<String, byte[]> data = data(24 << 20);
        SnapshotReceiver receiver = receiver();
        MemorySource source = new MemorySource(data);
        SnapshotSender sender = sender(request(receiver), source);

        assertThat(get(receiver.end())).isEqualTo(POSITION);
        get(sender.end());
        assertThat(sink.completed).isEqualTo(POSITION);
        assertThat(sink.discarded).isZero();
        assertThat(sink.stillOpen()).isZero();
        assertThat(source.closed).hasValue(1);
        assertThat(sink.content()).containsOnlyKeys(data.keySet());
        data.forEach((name, bytes) -> assertThat(sink.bytes(name)).isEqualTo(bytes));
    }

    @RepeatedTest(100) // the joiner's answer comes while the donor still is about to wait for it
    void aBypassCarriesThePositionAndOpensNothing() throws Exception {
        SnapshotReceiver receiver = receiver();
        SnapshotSender sender = SnapshotSender.sendBypass(settings("n1"), request(receiver), POSITION);

        assertThat(get(receiver.end())).isEqualTo(POSITION);
        get(sender.end());
        assertThat(sink.bypassed).isEqualTo(POSITION);
        assertThat(sink.content()).isEmpty();
    }

    @Test
    void ipv6IsAsGood() throws Exception {
        SnapshotReceiver receiver = SnapshotReceiver.listen(
                settings("n2"), new InetSocketAddress("::1", 0), "::1", sink, SnapshotProgress.NONE);
        receivers.add(receiver);
        assertThat(request(receiver).address()).startsWith("tcp://[::1]:");
        sender(request(receiver), new MemorySource(data(1000)));
        assertThat(get(receiver.end())).isEqualTo(POSITION);
    }

    @Test
    void bothSidesSeeTheProgress() throws Exception {
        List<Long> received = new ArrayList<>();
        List<Long> sent = new ArrayList<>();
        List<Long> totals = new ArrayList<>();
        SnapshotReceiver receiver = SnapshotReceiver.listen(
                settings("n2"), new InetSocketAddress("127.0.0.1", 0), null, sink, (bytes, total) -> {
                    received.add(bytes);
                    totals.add(total);
                });
        Map<String, byte[]> data = data(6 << 20);
        SnapshotSender sender = SnapshotSender.send(
                settings("n1"),
                request(receiver),
                POSITION,
                () -> new MemorySource(data),
                (bytes, total) -> sent.add(bytes));
        get(receiver.end());
        get(sender.end());

        assertThat(received).isSorted().startsWith(0L).endsWith(6L << 20);
        assertThat(sent).isSorted().startsWith(0L).endsWith(6L << 20);
        assertThat(totals).containsOnly(6L << 20);
    }

    @Test
    void progressIsToldNoMoreOftenThanAskedFor() {
        AtomicLong now = new AtomicLong(1000);
        List<Long> told = new ArrayList<>();
        ProgressMeter meter = new ProgressMeter((bytes, total) -> told.add(bytes), 100, now::get);
        meter.begin(50);
        for (int i = 0; i < 25; i++) {
            now.addAndGet(10);
            meter.add(2);
        }
        meter.end();
        assertThat(told).containsExactly(0L, 20L, 40L, 50L);
    }

    @Test
    void theDonorIsHeldUpOnlyForTheOpening() throws Exception {
        SnapshotReceiver receiver = receiver();
        Pipe slowDisk = Pipe.open();
        // nothing can be read yet, but the donor goes on at once
        SnapshotSender sender =
                sender(request(receiver), MemorySource.of(() -> new SnapshotEntry("slow", -1, slowDisk.source())));
        assertThat(sender.end()).isNotDone();
        slowDisk.sink().write(ByteBuffer.wrap("late".getBytes(StandardCharsets.US_ASCII)));
        slowDisk.sink().close();
        get(receiver.end());
        assertThat(sink.texts()).containsEntry("slow", "late");
    }

    @Test
    void aSnapshotThatCannotBeOpenedFailsAtOnce() throws Exception {
        SnapshotReceiver receiver = receiver();
        assertThatThrownBy(() -> SnapshotSender.send(
                        settings("n1"),
                        request(receiver),
                        POSITION,
                        () -> {
                            throw new IOException("no space for a snapshot");
                        },
                        SnapshotProgress.NONE))
                .isInstanceOf(IOException.class)
                .hasMessage("no space for a snapshot");
        assertThat(receiver.end()).isNotDone();
    }

    @Test
    void aSlowJoinerHoldsTheDonorBackAndIsNotTakenForDead() throws Exception {
        Watched slow = new Watched(sink, 1);
        SnapshotReceiver receiver = receiver(settings("n2").withIdleTimeout(LONGER_IDLE), slow);
        Endless source = new Endless();
        SnapshotSender sender = sender(settings("n1").withIdleTimeout(LONGER_IDLE), request(receiver), source);
        slow.begun.await();
        // it reads on until everything between is full, and then stands still for longer than the idle timeout
        long before = -1;
        long since = System.nanoTime();
        while (System.nanoTime() - since < LONGER_IDLE.toNanos() * 2) {
            if (source.given.get() != before) {
                before = source.given.get();
                since = System.nanoTime();
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        assertThat(before).isLessThan(64L << 20);
        assertThat(sender.end()).isNotDone();
        assertThat(receiver.end()).isNotDone();
        slow.goOn.countDown();
        while (source.given.get() <= before) {
            assertThat(sender.end()).isNotDone();
            LockSupport.parkNanos(POLL_NANOS);
        }
        sender.cancel("seen enough");
        assertThat(failure(receiver.end())).hasMessageContaining("seen enough");
    }

    // ---- what fails

    @Test
    void aDonorThatStopsTellsTheJoinerWhy() throws Exception {
        Watched watched = new Watched(sink, 0);
        SnapshotReceiver receiver = receiver(settings("n2"), watched);
        Endless source = new Endless();
        SnapshotSender sender = sender(request(receiver), source);
        watched.begun.await();
        sender.cancel("the server shuts down");

        assertThat(failure(sender.end()).errno()).isEqualTo(Errno.ECANCELED);
        source.closed.await();
        assertThat(failure(receiver.end()))
                .hasMessageContaining("snapshot transfer from donor /127.0.0.1:")
                .hasMessageContaining("it gave up: ")
                .hasMessageContaining("the server shuts down");
        assertNothingTaken();
    }

    @Test
    void aJoinerThatStopsTellsTheDonorWhy() throws Exception {
        Watched watched = new Watched(sink, 0);
        SnapshotReceiver receiver = receiver(settings("n2"), watched);
        Endless source = new Endless();
        SnapshotSender sender = sender(request(receiver), source);
        watched.begun.await();
        receiver.cancel("the disk is full");

        assertThat(failure(receiver.end()).errno()).isEqualTo(Errno.ECANCELED);
        assertThat(failure(sender.end()))
                .hasMessageContaining("joiner at " + request(receiver).address())
                .hasMessageContaining("the joiner gave up: ")
                .hasMessageContaining("the disk is full");
        source.closed.await();
        assertNothingTaken();
    }

    @Test
    void aJoinerNobodyComesToCanBeStopped() throws Exception {
        SnapshotReceiver receiver = receiver();
        receiver.cancel("no donor");
        receiver.cancel("again");
        assertThat(failure(receiver.end())).hasMessage("receiving the snapshot was stopped: no donor");
        assertNothingTaken();
    }

    @Test
    void aHostThatCannotReadItsSnapshotFailsBothSides() throws Exception {
        SnapshotReceiver receiver = receiver();
        MemorySource broken = MemorySource.of(() -> SnapshotEntry.of("broken", -1, new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("bad sector");
            }
        }));
        SnapshotSender sender = sender(request(receiver), broken);
        assertThat(failure(sender.end())).hasMessageContaining("bad sector").hasMessageContaining("127.0.0.1");
        assertThat(failure(receiver.end())).hasMessageContaining("bad sector");
        assertThat(broken.closed).hasValue(1);
        assertNothingTaken();
    }

    @Test
    void aHostThatCannotTakeTheWholeSnapshotFailsBothSides() throws Exception {
        sink.refusal = new IOException("cannot rename");
        SnapshotReceiver receiver = receiver();
        SnapshotSender sender = sender(request(receiver), new MemorySource(data(1000)));
        assertThat(failure(receiver.end())).hasMessageContaining("cannot rename");
        assertThat(failure(sender.end()))
                .hasMessageContaining("the joiner gave up: ")
                .hasMessageContaining("cannot rename");
        assertNothingTaken();
    }

    @Test
    void aHostThatThrowsAnErrorIsNoHang() throws Exception {
        SnapshotReceiver receiver = receiver();
        SnapshotSender sender = sender(request(receiver), MemorySource.of(() -> {
            throw new AssertionError("a defect");
        }));
        assertThat(failure(sender.end())).hasMessageContaining("a defect");
        assertThat(failure(receiver.end())).hasMessageContaining("a defect");
    }

    @Test
    void aRequestThatIsNotThisJoinersIsRefusedAndTheRightDonorStillComesIn() throws Exception {
        SnapshotReceiver receiver = receiver();
        SnapshotRequest right = request(receiver);
        SnapshotRequest foreign =
                new SnapshotRequest(right.tls(), right.host(), right.port(), Secret.random(new SecureRandom()));
        MemorySource source = new MemorySource(data(1000));
        SnapshotSender stranger = sender(foreign, source);
        assertThat(failure(stranger.end()))
                .hasMessageContaining(right.address())
                .hasMessageContaining("its proof does not fit")
                .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EACCES));
        assertThat(source.closed).hasValue(1);

        sender(right, new MemorySource(data(1000)));
        assertThat(get(receiver.end())).isEqualTo(POSITION);
    }

    @Test
    void strangersDoNotUseTheListenerUp() throws Exception {
        SnapshotReceiver receiver = receiver();
        SnapshotRequest request = request(receiver);
        try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), request.port());
                Socket web = new Socket(InetAddress.getLoopbackAddress(), request.port())) {
            web.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            web.getInputStream().readAllBytes();
            assertThat(silent.isConnected()).isTrue();
            sender(request, new MemorySource(data(1000)));
            assertThat(get(receiver.end())).isEqualTo(POSITION);
        }
    }

    @Test
    void aSnapshotGoesToOneJoinerOnce() throws Exception {
        SnapshotReceiver receiver = receiver();
        get(sender(request(receiver), new MemorySource(data(1000))).end());
        MemorySource again = new MemorySource(data(1000));
        assertThat(failure(sender(request(receiver), again).end()).getMessage())
                .contains(request(receiver).address());
        assertThat(again.closed).hasValue(1);
    }

    @Test
    void aJoinerThatIsNotThereIsNamed() throws Exception {
        int port;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
        }
        MemorySource source = new MemorySource(data(1000));
        SnapshotSender sender =
                sender(new SnapshotRequest(false, "127.0.0.1", port, Secret.random(new SecureRandom())), source);
        assertThat(failure(sender.end()))
                .hasMessageContaining("joiner at tcp://127.0.0.1:" + port)
                .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ECONNREFUSED));
        assertThat(source.closed).hasValue(1);
    }

    @Test
    void anImpostorWhoListensThereGetsNothing() throws Exception {
        try (ServerSocket impostor = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            MemorySource source = new MemorySource(data(1000));
            SnapshotSender sender = sender(
                    new SnapshotRequest(false, "127.0.0.1", impostor.getLocalPort(), Secret.random(new SecureRandom())),
                    source);
            try (Socket socket = impostor.accept()) {
                OutputStream out = socket.getOutputStream();
                out.write(bytes(new SnapshotMessage.Challenge(1, new byte[32])));
                out.write(bytes(new SnapshotMessage.Welcome(new byte[32])));
                // the donor's answer to the challenge and nothing else
                assertThat(socket.getInputStream().readAllBytes()).hasSize(SnapshotWire.HEADER + 64);
            }
            assertThat(failure(sender.end())).hasMessageContaining("does not have the request's secret");
            assertThat(source.closed).hasValue(1);
        }
    }

    private static byte[] bytes(SnapshotMessage message) {
        io.netty.buffer.ByteBuf frame = SnapshotWire.encode(Frames.ALLOCATOR, message);
        byte[] bytes = new byte[frame.readableBytes()];
        frame.readBytes(bytes).release();
        return bytes;
    }

    @Test
    void aBusyPortIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            InetSocketAddress busy = new InetSocketAddress("127.0.0.1", taken.getLocalPort());
            assertThatThrownBy(() -> SnapshotReceiver.listen(settings("n2"), busy, null, sink, SnapshotProgress.NONE))
                    .isInstanceOf(SnapshotException.class)
                    .hasMessageContaining("cannot listen for a snapshot at /127.0.0.1:" + taken.getLocalPort());
        }
    }

    @Test
    void allAddressesAreNoAddressToTell() {
        assertThatThrownBy(() -> SnapshotReceiver.listen(
                        settings("n2"), new InetSocketAddress(0), null, sink, SnapshotProgress.NONE))
                .hasMessageContaining("give the one at which donors find this node");
    }

    // ---- a donor between whom and the joiner somebody stands

    /** A relay of one connection that does to the donor's bytes what a test wants. */
    private static final class Relay implements AutoCloseable {
        private final ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        private final int target;
        final CompletableFuture<Void> cut = new CompletableFuture<>();

        Relay(int target, long bytes, boolean bend, boolean stall) throws IOException {
            this.target = target;
            Thread thread = new Thread(() -> {
                try {
                    run(bytes, bend, stall);
                } catch (IOException e) {
                    cut.completeExceptionally(e);
                }
            });
            thread.setDaemon(true);
            thread.start();
        }

        SnapshotRequest instead(SnapshotRequest request) {
            return new SnapshotRequest(request.tls(), request.host(), listener.getLocalPort(), request.secret());
        }

        private void run(long bytes, boolean bend, boolean stall) throws IOException {
            try (Socket donor = listener.accept();
                    Socket joiner = new Socket(InetAddress.getLoopbackAddress(), target)) {
                Thread back = new Thread(() -> {
                    try {
                        joiner.getInputStream().transferTo(donor.getOutputStream());
                    } catch (IOException closed) {
                        // the forward direction tells
                    }
                });
                back.setDaemon(true);
                back.start();
                byte[] some = new byte[64 << 10];
                for (long left = bytes; left > 0; ) {
                    int length = donor.getInputStream().read(some, 0, (int) Math.min(left, some.length));
                    assertThat(length).isPositive();
                    left -= length;
                    if (bend && left == 0) {
                        some[length - 1] ^= 4;
                    }
                    joiner.getOutputStream().write(some, 0, length);
                }
                if (bend) {
                    donor.getInputStream().transferTo(joiner.getOutputStream());
                } else if (stall) {
                    // until both have given up
                    back.join();
                }
                cut.complete(null);
            } catch (InterruptedException e) {
                cut.completeExceptionally(e);
            }
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {76, 100, 5_000, 3_000_000})
    void aConnectionThatBreaksIsAnErrorOnBothSides(long bytes) throws Exception {
        SnapshotReceiver receiver = receiver();
        try (Relay relay = new Relay(request(receiver).port(), bytes, false, false)) {
            Endless source = new Endless();
            SnapshotSender sender = sender(relay.instead(request(receiver)), source);
            assertThat(failure(receiver.end()))
                    .hasMessageContaining("donor /127.0.0.1:")
                    .hasMessageContaining("closed the connection before the snapshot was whole");
            assertThat(failure(sender.end())).hasMessageContaining("127.0.0.1:");
            source.closed.await();
            assertNothingTaken();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {100, 5_000, 3_000_000})
    void aBitThatFlipsOnTheWayIsAnErrorOnBothSides(long bytes) throws Exception {
        SnapshotReceiver receiver = receiver(settings("n2").withIdleTimeout(SHORT_IDLE), sink);
        try (Relay relay = new Relay(request(receiver).port(), bytes, true, false)) {
            Endless source = new Endless();
            SnapshotSender sender = sender(relay.instead(request(receiver)), source);
            assertThat(failure(receiver.end())).hasMessageContaining("donor /127.0.0.1:");
            assertThat(failure(sender.end())).hasMessageContaining("127.0.0.1:");
            source.closed.await();
            assertNothingTaken();
        }
    }

    @Test
    void aPeerThatFallsSilentIsGivenUp() throws Exception {
        SnapshotReceiver receiver = receiver(settings("n2").withIdleTimeout(SHORT_IDLE), sink);
        try (Relay relay = new Relay(request(receiver).port(), 3_000_000, false, true)) {
            Endless source = new Endless();
            SnapshotSender sender = sender(settings("n1"), relay.instead(request(receiver)), source);
            assertThat(failure(receiver.end()))
                    .hasMessageContaining("it said nothing for 1000 ms")
                    .hasMessageContaining("donor /127.0.0.1:");
            assertThat(failure(sender.end())).hasMessageContaining("it said nothing for 1000 ms");
            assertNothingTaken();
        }
    }

    @Test
    void aJoinerThatFallsSilentIsGivenUp() throws Exception {
        // the joiner shows signs of life seldom, and takes nothing any more
        SnapshotReceiver receiver = receiver(settings("n2").withIdleTimeout(SHORT_IDLE.multipliedBy(6)), sink);
        try (Relay relay = new Relay(request(receiver).port(), 3_000_000, false, true)) {
            Endless source = new Endless();
            SnapshotSender sender =
                    sender(settings("n1").withIdleTimeout(SHORT_IDLE), relay.instead(request(receiver)), source);
            assertThat(failure(sender.end()))
                    .hasMessageContaining("it said nothing for 1000 ms")
                    .hasMessageContaining("joiner at tcp://127.0.0.1:");
            source.closed.await();
            assertThat(failure(receiver.end())).hasMessageContaining("donor /127.0.0.1:");
            assertNothingTaken();
        }
    }

    @Test
    void aRecordedTransferIsWorthNothing() throws Exception {
        byte[] recording;
        SnapshotReceiver first = receiver();
        try (ServerSocket tap = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            SnapshotRequest request = request(first);
            sender(
                    new SnapshotRequest(false, "127.0.0.1", tap.getLocalPort(), request.secret()),
                    new MemorySource(data(1000)));
            try (Socket donor = tap.accept();
                    Socket joiner = new Socket(InetAddress.getLoopbackAddress(), request.port())) {
                OutputStream recorded = new java.io.ByteArrayOutputStream();
                Thread back = new Thread(() -> {
                    try {
                        joiner.getInputStream().transferTo(donor.getOutputStream());
                        donor.shutdownOutput();
                    } catch (IOException closed) {
                        // the forward direction tells
                    }
                });
                back.start();
                byte[] some = new byte[10_000];
                for (int n = donor.getInputStream().read(some);
                        n > 0;
                        n = donor.getInputStream().read(some)) {
                    recorded.write(some, 0, n);
                    joiner.getOutputStream().write(some, 0, n);
                }
                recording = ((java.io.ByteArrayOutputStream) recorded).toByteArray();
            }
        }
        assertThat(get(first.end())).isEqualTo(POSITION);

        SnapshotReceiver second = receiver();
        try (Socket replay =
                new Socket(InetAddress.getLoopbackAddress(), request(second).port())) {
            replay.getOutputStream().write(recording);
            InputStream answer = replay.getInputStream();
            answer.skipNBytes(SnapshotWire.HEADER + SnapshotWire.MAGIC.length + 4 + 32);
            byte[] refusal = answer.readNBytes(SnapshotWire.HEADER + 16);
            assertThat(new String(refusal, StandardCharsets.ISO_8859_1)).contains("its proof");
        }
        assertThat(second.end()).isNotDone();
    }

    @Test
    void theHostsFileIsReadOnAThreadOfTheTransfer() throws Exception {
        SnapshotReceiver receiver = receiver();
        CompletableFuture<String> reader = new CompletableFuture<>();
        sender(request(receiver), MemorySource.of(() -> {
            reader.complete(Thread.currentThread().getName());
            return new SnapshotEntry("x", 0, Channels.newChannel(InputStream.nullInputStream()));
        }));
        get(receiver.end());
        assertThat(get(reader)).isEqualTo("wsrep4j-snapshot-giver-n1");
    }
}

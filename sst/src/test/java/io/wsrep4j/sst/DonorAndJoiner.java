package io.wsrep4j.sst;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.SslContext;
import io.wsrep4j.api.Gtid;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** A donor and a joiner over real sockets: what the tests of the transfer share. Both are stopped after each test. */
@Timeout(180)
abstract class DonorAndJoiner {

    static final Gtid POSITION = Gtid.parse("6b6b6b6b-0000-1111-2222-333344445555:77");

    final MemorySink sink = new MemorySink();
    private final List<SnapshotReceiver> receivers = new ArrayList<>();
    private final List<SnapshotSender> senders = new ArrayList<>();

    @AfterEach
    void stop() {
        receivers.forEach(receiver -> receiver.cancel("the test is over"));
        senders.forEach(sender -> sender.cancel("the test is over"));
    }

    static SnapshotSettings settings(String name) {
        return SnapshotSettings.of(name, (SslContext) null);
    }

    SnapshotReceiver receiver() throws SnapshotException {
        return receiver(settings("n2"), sink);
    }

    SnapshotReceiver receiver(SnapshotSettings settings, SnapshotSink into) throws SnapshotException {
        return receiver(settings, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null, into);
    }

    SnapshotReceiver receiver(SnapshotSettings settings, InetSocketAddress bind, String told, SnapshotSink into)
            throws SnapshotException {
        SnapshotReceiver receiver = SnapshotReceiver.listen(settings, bind, told, into, SnapshotProgress.NONE);
        receivers.add(receiver);
        return receiver;
    }

    SnapshotSender sender(SnapshotRequest request, SnapshotSource source) throws Exception {
        return sender(settings("n1"), request, source);
    }

    SnapshotSender sender(SnapshotSettings settings, SnapshotRequest request, SnapshotSource source) throws Exception {
        SnapshotSender sender = SnapshotSender.send(settings, request, POSITION, () -> source, SnapshotProgress.NONE);
        senders.add(sender);
        return sender;
    }

    static SnapshotRequest request(SnapshotReceiver receiver) {
        return SnapshotRequest.parse(receiver.request());
    }

    static <T> T get(CompletableFuture<T> end) throws Exception {
        return end.get(60, TimeUnit.SECONDS);
    }

    static SnapshotException failure(CompletableFuture<?> end) {
        try {
            throw new AssertionError("it ended well, with " + get(end));
        } catch (ExecutionException e) {
            return (SnapshotException) e.getCause();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    static Map<String, byte[]> data(int bytes) {
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

    void assertNothingTaken() {
        assertThat(sink.completed).isNull();
        assertThat(sink.bypassed).isNull();
        assertThat(sink.discarded).isEqualTo(1);
        assertThat(sink.stillOpen()).isZero();
    }
}

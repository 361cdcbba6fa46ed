package io.wsrep4j.sst;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Errno;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Donors and joiners that are not each other's, or no longer: nothing is given to them, and nothing taken from them. */
final class SnapshotStrangerTest extends DonorAndJoiner {

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
    void manySilentStrangersDoNotKeepTheDonorOut() throws Exception {
        SnapshotReceiver receiver = receiver();
        SnapshotRequest request = request(receiver);
        List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 5 * SnapshotReceiver.MOST_CANDIDATES; i++) {
                silent.add(new Socket(InetAddress.getLoopbackAddress(), request.port()));
            }
            sender(request, new MemorySource(data(1000)));
            assertThat(get(receiver.end())).isEqualTo(POSITION);
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
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
                ByteArrayOutputStream recorded = new ByteArrayOutputStream();
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
                recording = recorded.toByteArray();
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
        get(sender(request(second), new MemorySource(data(1000))).end());
        assertThat(get(second.end())).isEqualTo(POSITION);
    }

    private static byte[] bytes(SnapshotMessage message) {
        ByteBuf frame = SnapshotWire.encode(Frames.ALLOCATOR, message);
        byte[] bytes = new byte[frame.readableBytes()];
        frame.readBytes(bytes).release();
        return bytes;
    }
}

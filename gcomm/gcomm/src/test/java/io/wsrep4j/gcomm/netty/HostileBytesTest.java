package io.wsrep4j.gcomm.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.frame.Checksum;
import io.wsrep4j.gcomm.frame.Frame;
import io.wsrep4j.kit.Await;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** docs/spec/gcomm-transport-pc.md checklist 5 to 7, 19, 60 on a real socket: what a stranger may send, and that a bystander notices nothing. */
final class HostileBytesTest {

    private TestNode node;
    private TestNode bystander;

    @BeforeEach
    void start() throws Exception {
        node = new TestNode("node", Map.of());
        bystander = new TestNode("bystander", Map.of(), node.address);
        Await.until("bystander", () -> node.isConnectedTo(bystander) && bystander.isConnectedTo(node));
    }

    @AfterEach
    void theGroupGoesOn() {
        try {
            int before = bystander.received.size();
            node.broadcast(new byte[] {1, 2, 3}, false);
            Await.until("delivery", () -> bystander.received.size() > before);
            assertThat(node.broken).isNull();
            assertThat(node.failures).isEmpty();
            assertThat(node.isConnectedTo(bystander)).isTrue();
        } finally {
            bystander.close();
            node.close();
        }
    }

    private Socket dial() throws IOException {
        Socket socket = new Socket(node.address.host(), node.address.port());
        socket.setSoTimeout(60_000);
        return socket;
    }

    private static byte[] frame(byte[] payload) {
        ByteBuf frame = Unpooled.buffer(8 + payload.length).setIndex(8, 8).writeBytes(payload);
        new Frame(Checksum.CRC32C).seal(frame);
        return ByteBufUtil.getBytes(frame.readerIndex(0));
    }

    private static byte[] read(DataInputStream in) throws IOException {
        int length = Integer.reverseBytes(in.readInt()) & 0xFFFFFF;
        in.readInt();
        byte[] payload = new byte[length];
        in.readFully(payload);
        return payload;
    }

    private static boolean isClosed(Socket socket) throws IOException {
        try {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            while (true) {
                read(in);
            }
        } catch (EOFException | SocketException e) {
            return true;
        }
    }

    private static byte[] response(Uuid id, String group) {
        ByteBuf out = Unpooled.buffer();
        out.writeBytes(new byte[] {0, 2, 0x15, 0})
                .writeLong(id.mostSignificant())
                .writeLong(id.leastSignificant());
        out.writeZero(16);
        out.writeBytes(ByteBufUtil.getBytes(Unpooled.copiedBuffer("tcp://127.0.0.1:9", StandardCharsets.US_ASCII)
                .capacity(64)
                .setIndex(0, 64)));
        out.writeBytes(ByteBufUtil.getBytes(Unpooled.copiedBuffer(group, StandardCharsets.US_ASCII)
                .capacity(32)
                .setIndex(0, 32)));
        return ByteBufUtil.getBytes(out);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00000000ffffffff", // empty
                "ffffff0000000000", // 16 MiB
                "01800000000000000000", // 32769
                "2400000400000000", // reserved flag
                "2400001000000000", // version 1
                "0100000200000000aa", // checksum
                "474554202f20485454502f312e310d0a0d0a", // GET / HTTP/1.1
                "16030100ca010000c60303", // a TLS ClientHello
                "ffffffffffffffffffffffffffffffff"
            })
    void whatIsNoFrameClosesTheConnection(String hex) throws Exception {
        try (Socket socket = dial()) {
            socket.getOutputStream().write(ByteBufUtil.decodeHexDump(hex));
            assertThat(isClosed(socket)).isTrue();
        }
    }

    @Test
    void aForeignClientThatClosesAtOnceIsNoTrouble() throws Exception {
        for (int i = 0; i < 50; i++) {
            dial().close();
        }
    }

    @Test
    void aPeerThatSendsOneByteAtATimeIsUnderstood() throws Exception {
        try (Socket socket = dial()) {
            socket.setTcpNoDelay(true);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            assertThat(read(in)).as("HANDSHAKE").hasSize(36);
            OutputStream out = socket.getOutputStream();
            for (byte b : frame(response(new Uuid(77, 1), "spec_grp"))) {
                out.write(b);
                out.flush();
            }
            assertThat(read(in)).as("OK").hasSize(20);
        }
    }

    @Test
    void aPeerThatDribblesBytesIsClosedWhenTheHandshakeTimeIsOver() throws Exception {
        try (Socket socket = dial()) {
            socket.setSoTimeout(500);
            byte[] frame = frame(response(new Uuid(78, 1), "spec_grp"));
            DataInputStream in = new DataInputStream(socket.getInputStream());
            read(in);
            boolean closed = false;
            long start = System.nanoTime();
            for (int i = 0; i < frame.length - 1 && !closed; i++) {
                try {
                    socket.getOutputStream().write(frame[i]);
                    closed = in.read() < 0;
                } catch (java.net.SocketTimeoutException e) {
                    closed = false;
                } catch (SocketException e) {
                    closed = true;
                }
            }
            assertThat(closed).isTrue();
            assertThat((System.nanoTime() - start) / 1_000_000).isBetween(2_500L, 30_000L);
        }
    }

    @Test
    void aWrongGroupGetsAnAnswerAndIsClosed() throws Exception {
        try (Socket socket = dial()) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            read(in);
            socket.getOutputStream().write(frame(response(new Uuid(79, 1), "other")));
            assertThat(new String(read(in), 20, 13, StandardCharsets.US_ASCII)).isEqualTo("invalid group");
            assertThat(isClosed(socket)).isTrue();
        }
    }

    @Test
    void aKeepalivePaddedTo32768BytesIsAcceptedAndOneMoreByteIsNot() throws Exception {
        byte[] keepalive = new byte[32768];
        System.arraycopy(response(new Uuid(80, 1), ""), 0, keepalive, 0, 20);
        keepalive[1] = 6;
        keepalive[2] = 0;
        try (Socket socket = dial()) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            read(in);
            socket.getOutputStream().write(frame(keepalive));
            assertThat(read(in)[1]).as("OK").isEqualTo((byte) 3);
        }
    }

    @Test
    void aFloodOfStrangersLeavesRoomForAPeer() throws Exception {
        List<Socket> strangers = new ArrayList<>();
        try {
            for (int i = 0; i < 300; i++) {
                strangers.add(dial());
            }
            try (TestNode friend = new TestNode("friend", Map.of(), node.address)) {
                Await.until("friend", () -> node.isConnectedTo(friend));
            }
        } finally {
            for (Socket stranger : strangers) {
                stranger.close();
            }
        }
    }

    @Test
    void aMessageThatTheLayerAboveRefusesCostsTheConnection() throws Exception {
        try (TestNode liar = new TestNode("liar", Map.of(), node.address)) {
            Await.until("liar", () -> node.isConnectedTo(liar) && liar.isConnectedTo(node));
            node.accepts = false;
            liar.broadcast(new byte[] {0}, false);
            Await.until("closed", () -> node.received.size() == 1 && !node.isConnectedTo(liar));
            node.accepts = true;
        }
    }

    @Test
    void theAllowListDecides() throws Exception {
        List<String> asked = new java.util.concurrent.CopyOnWriteArrayList<>();
        try (TestNode strict = new TestNode(
                "strict",
                Map.of(),
                List.of(),
                (kind, value) -> {
                    asked.add(kind + " " + value);
                    return asked.size() > 1;
                },
                SocketFamily.best())) {
            try (Socket refused = new Socket(strict.address.host(), strict.address.port())) {
                refused.setSoTimeout(60_000);
                assertThat(refused.getInputStream().read())
                        .as("no byte is sent")
                        .isEqualTo(-1);
            }
            try (Socket allowed = new Socket(strict.address.host(), strict.address.port())) {
                allowed.setSoTimeout(60_000);
                assertThat(allowed.getInputStream().read()).isEqualTo(36);
            }
            assertThat(asked).containsExactly("IP 127.0.0.1", "IP 127.0.0.1");
        }
    }
}

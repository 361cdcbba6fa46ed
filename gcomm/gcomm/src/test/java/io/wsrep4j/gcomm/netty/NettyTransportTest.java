package io.wsrep4j.gcomm.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBufUtil;
import io.wsrep4j.gcomm.gmcast.Gmcast;
import io.wsrep4j.gcomm.netty.TestNode.Received;
import io.wsrep4j.gcomm.transport.NodeAddress;
import io.wsrep4j.gcomm.transport.TransportException;
import io.wsrep4j.kit.Await;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes on real sockets. */
final class NettyTransportTest {

    private static byte[] message(int length, int seed) {
        byte[] bytes = new byte[length];
        new java.util.Random(seed).nextBytes(bytes);
        return bytes;
    }

    @ParameterizedTest
    @EnumSource(SocketFamily.class)
    void nodesThatKnowOnePeerEndUpConnectedToAll(SocketFamily family) throws Exception {
        try (TestNode first = new TestNode("a", Map.of(), List.of(), null, family);
                TestNode second = new TestNode("b", Map.of(), List.of(first.address), null, family);
                TestNode third = new TestNode("c", Map.of(), List.of(first.address), null, family)) {
            List<TestNode> nodes = List.of(first, second, third);
            Await.until("full mesh", () -> nodes.stream()
                    .allMatch(x -> nodes.stream().allMatch(y -> x == y || x.isConnectedTo(y))));

            byte[] small = message(1, 1);
            byte[] large = message(Gmcast.MAX_MESSAGE_LENGTH, 2);
            first.broadcast(small, false);
            first.broadcast(large, false);

            Received one = new Received(first.id(), 0, ByteBufUtil.hexDump(small));
            Received two = new Received(first.id(), 0, ByteBufUtil.hexDump(large));
            Await.until("delivery", () -> second.received.size() + third.received.size() >= 4);
            assertThat(second.received).containsExactly(one, two);
            assertThat(third.received).containsExactly(one, two);
            assertThat(first.received).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(SocketFamily.class)
    void nodesTalkOverIpv6(SocketFamily family) throws Exception {
        Map<String, String> options = Map.of("gmcast.listen_addr", "tcp://[::1]:0");
        try (TestNode a = new TestNode("a", options, List.of(), null, family);
                TestNode b = new TestNode("b", options, List.of(a.address), null, family)) {
            Await.until("connection", () -> a.isConnectedTo(b) && b.isConnectedTo(a));
            assertThat(a.is(() -> a.gmcast.addressOf(b.id()).equals("tcp://[::1]:" + b.address.port())))
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void nodesWithDifferentChecksumsUnderstandEachOther(int checksum) throws Exception {
        try (TestNode a = new TestNode("a", Map.of("socket.checksum", Integer.toString(checksum)));
                TestNode b = new TestNode("b", Map.of(), a.address)) {
            Await.until("connection", () -> a.isConnectedTo(b) && b.isConnectedTo(a));
        }
    }

    @Test
    void aTakenPortIsRefusedWithItsAddress() throws Exception {
        try (TestNode a = new TestNode("a", Map.of())) {
            assertThatThrownBy(() -> new TestNode("b", Map.of("gmcast.listen_addr", a.address.toString()), a.address))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("names no peer");
            assertThatThrownBy(() -> new TestNode(
                            "b",
                            Map.of("gmcast.listen_addr", a.address.toString()),
                            NodeAddress.parse("tcp://127.0.0.2:1")))
                    .isInstanceOf(TransportException.class)
                    .hasMessageContainingAll(a.address.toString(), "check gmcast.listen_addr");
        }
    }

    @Test
    void whatTheStackThrowsEndsTheStackAndNothingElse() throws Exception {
        try (TestNode a = new TestNode("a", Map.of());
                TestNode b = new TestNode("b", Map.of(), a.address);
                TestNode c = new TestNode("c", Map.of(), a.address)) {
            Await.until("mesh", () -> a.isConnectedTo(b) && b.isConnectedTo(a) && c.isConnectedTo(b));
            b.bug = new IllegalStateException("a bug");
            a.broadcast(new byte[] {1}, false);
            Await.until("broken", () -> b.broken != null);
            assertThat(b.broken).hasMessage("a bug");
            Await.until("delivery to the other", () -> !c.received.isEmpty());
        }
    }

    @Test
    void messagesOfManyThreadsArriveWholeAndInTheOrderOfEachThread() throws Exception {
        int threads = 4;
        int each = 500;
        // nothing repairs a loss here, so a busy machine must not look like a silent peer
        Map<String, String> patient = Map.of("gmcast.peer_timeout", "PT5M");
        try (TestNode a = new TestNode("a", patient);
                TestNode b = new TestNode("b", patient, a.address)) {
            Await.until("connection", () -> a.isConnectedTo(b) && b.isConnectedTo(a));
            List<Thread> senders = new java.util.ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int thread = t;
                Thread sender = new Thread(() -> {
                    for (int i = 0; i < each; i++) {
                        byte[] bytes = new byte[200 + i];
                        bytes[0] = (byte) thread;
                        bytes[1] = (byte) (i >> 8);
                        bytes[2] = (byte) i;
                        a.broadcast(bytes, false);
                    }
                });
                senders.add(sender);
                sender.start();
            }
            for (Thread sender : senders) {
                sender.join();
            }
            Await.until("all", () -> b.received.size() == threads * each);
            int[] next = new int[threads];
            for (Received message : b.received) {
                byte[] bytes = ByteBufUtil.decodeHexDump(message.bytes());
                int number = (bytes[1] & 0xFF) << 8 | bytes[2] & 0xFF;
                assertThat(number).isEqualTo(next[bytes[0]]++);
                assertThat(bytes).hasSize(200 + number);
            }
        }
    }
}

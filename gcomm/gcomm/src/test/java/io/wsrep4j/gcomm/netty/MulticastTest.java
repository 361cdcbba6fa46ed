package io.wsrep4j.gcomm.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufUtil;
import io.wsrep4j.gcomm.gmcast.Gmcast;
import io.wsrep4j.gcomm.netty.TestNode.Received;
import io.wsrep4j.kit.Await;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** UDP multicast on the loopback interface (docs/spec/gcomm-transport-pc.md 10.3). */
final class MulticastTest {

    private static final String GROUP = "239.192.7.7";

    private static int freePort() throws IOException {
        try (DatagramSocket probe = new DatagramSocket(0)) {
            return probe.getLocalPort();
        }
    }

    private static Map<String, String> options(int port) {
        return Map.of("gmcast.mcast_addr", GROUP, "gmcast.mcast_port", Integer.toString(port));
    }

    private static void awaitMulticast(TestNode... nodes) {
        for (TestNode node : nodes) {
            Await.until("everybody hears " + node.address, () -> node.multicastPeers() == nodes.length - 1);
        }
    }

    @ParameterizedTest
    @EnumSource(SocketFamily.class)
    void messagesOfAnyLengthGoByMulticastOnceEverybodyHearsIt(SocketFamily family) throws Exception {
        Map<String, String> options = options(freePort());
        try (TestNode a = new TestNode("a", options, List.of(), null, family);
                TestNode b = new TestNode("b", options, List.of(a.address), null, family);
                TestNode c = new TestNode("c", options, List.of(a.address), null, family)) {
            Await.until(
                    "mesh",
                    () -> a.isConnectedTo(b)
                            && a.isConnectedTo(c)
                            && b.isConnectedTo(a)
                            && b.isConnectedTo(c)
                            && c.isConnectedTo(a)
                            && c.isConnectedTo(b));
            awaitMulticast(a, b, c);

            Random random = new Random(5);
            for (int length : new int[] {1, 1000, 9000, 20_000, Gmcast.MAX_MESSAGE_LENGTH}) {
                byte[] message = new byte[length];
                random.nextBytes(message);
                Received wanted = new Received(a.id(), 0, ByteBufUtil.hexDump(message));
                AtomicInteger polls = new AtomicInteger();
                long before = a.multicasts();
                Await.until("delivery of " + length + " bytes", () -> {
                    // the loopback may lose datagrams when the machine is busy; then this sender repeats
                    if (polls.getAndIncrement() % 1000 == 0) {
                        awaitMulticast(a, b, c);
                        a.broadcast(message, true);
                    }
                    return b.received.contains(wanted) && c.received.contains(wanted);
                });
                assertThat(a.multicasts()).as("%s bytes", length).isGreaterThan(before);
            }
            assertThat(a.received).as("own datagrams are not heard").isEmpty();
        }
    }

    @Test
    void aNodeWithoutMulticastGetsTheSameOverTcp() throws Exception {
        Map<String, String> options = options(freePort());
        try (TestNode a = new TestNode("a", options);
                TestNode b = new TestNode("b", options, a.address);
                TestNode plain = new TestNode("p", Map.of(), a.address)) {
            Await.until("mesh", () -> a.isConnectedTo(b) && a.isConnectedTo(plain) && plain.isConnectedTo(a));
            Await.until("b hears a", () -> a.multicastPeers() == 1);

            a.broadcast(new byte[] {7}, true);

            Await.until("delivery", () -> plain.received.contains(new Received(a.id(), 0, "07")));
        }
    }

    @Test
    void nodesThatDoNotHearEachOtherUseTcp() throws Exception {
        try (TestNode a = new TestNode("a", options(freePort()));
                TestNode b = new TestNode("b", options(freePort()), a.address)) {
            Await.until("mesh", () -> a.isConnectedTo(b) && b.isConnectedTo(a));
            a.broadcast(new byte[] {7}, true);
            Await.until("delivery", () -> b.received.contains(new Received(a.id(), 0, "07")));
            assertThat(a.multicastPeers()).isZero();
        }
    }

    @Test
    void whenTheMulticastPathBreaksTheNodesGoBackToTcp() throws Exception {
        Map<String, String> options = options(freePort());
        try (TestNode a = new TestNode("a", options);
                TestNode b = new TestNode("b", options, a.address)) {
            Await.until("mesh", () -> a.isConnectedTo(b) && b.isConnectedTo(a));
            awaitMulticast(a, b);

            b.transport.cutMulticast();
            Await.until("a notices", () -> a.multicastPeers() == 0);

            a.broadcast(new byte[] {7}, true);
            Await.until("delivery", () -> b.received.contains(new Received(a.id(), 0, "07")));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                // what Galera puts there
                "000800006a39aca5e53911f18d1d7f3682de9985050001000b000000000000006a39aca5e53911f18d1d7f3682de998501000000"
                        + "ff00000006000000000000000600000000000000",
                "776a346d0102",
                "776a346d01020000000000000001000100000000000000000000000000000000000000000000000000"
            })
    void foreignDatagramsAreIgnored(String hex) throws Exception {
        int port = freePort();
        Map<String, String> options = options(port);
        try (TestNode a = new TestNode("a", options);
                TestNode b = new TestNode("b", options, a.address);
                MulticastSocket stranger = new MulticastSocket()) {
            Await.until("mesh", () -> a.isConnectedTo(b) && b.isConnectedTo(a));
            awaitMulticast(a, b);
            stranger.setNetworkInterface(NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress()));
            byte[] bytes = ByteBufUtil.decodeHexDump(hex);
            for (int i = 0; i < 20; i++) {
                stranger.send(new DatagramPacket(bytes, bytes.length, new InetSocketAddress(GROUP, port)));
            }
            AtomicInteger polls = new AtomicInteger();
            Await.until("a message after them", () -> {
                if (polls.getAndIncrement() % 1000 == 0) {
                    a.broadcast(new byte[] {9}, true);
                }
                return b.received.contains(new Received(a.id(), 0, "09"));
            });
            assertThat(b.received).allMatch(received -> received.bytes().equals("09"));
            assertThat(b.broken).isNull();
        }
    }

    @Test
    void anotherGroupOnTheSameAddressIsNotHeard() throws Exception {
        Map<String, String> options = options(freePort());
        Map<String, String> others = new java.util.HashMap<>(options);
        others.put("gmcast.group", "other");
        try (TestNode a = new TestNode("a", options);
                TestNode b = new TestNode("b", options, a.address);
                TestNode other = new TestNode("o", others)) {
            Await.until("mesh", () -> a.isConnectedTo(b) && b.isConnectedTo(a));
            awaitMulticast(a, b);
            a.broadcast(new byte[] {9}, true);
            assertThat(other.multicastPeers()).isZero();
            assertThat(other.received).isEmpty();
        }
    }
}

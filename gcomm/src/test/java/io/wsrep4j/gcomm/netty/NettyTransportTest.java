package io.wsrep4j.gcomm.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufUtil;
import io.wsrep4j.gcomm.gmcast.Gmcast;
import io.wsrep4j.gcomm.netty.TestNode.Received;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
}

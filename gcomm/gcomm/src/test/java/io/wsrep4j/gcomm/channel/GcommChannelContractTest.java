package io.wsrep4j.gcomm.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.gcomm.ChannelEnvironment;
import io.wsrep4j.gcomm.GroupChannel;
import io.wsrep4j.gcomm.GroupChannel.SendResult;
import io.wsrep4j.gcomm.GroupChannelContract;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.gcomm.GroupListener;
import io.wsrep4j.gcomm.GroupView;
import io.wsrep4j.gcomm.RecordedGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gcomm backend keeps the contract, over TCP on the loopback interface. */
class GcommChannelContractTest extends GroupChannelContract {

    private static final Duration SUSPICION = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<Integer> ports = new ArrayList<>();

    @TempDir
    private Path directory;

    @Override
    protected GroupChannel newChannel(String nodeName, Duration suspicion) throws IOException, GroupException {
        int port = freePort();
        List<String> peers = new ArrayList<>();
        ports.forEach(peer -> peers.add("127.0.0.1:" + peer));
        ports.add(port);
        return channel(nodeName, "gcomm://" + String.join(",", peers), port, suspicion);
    }

    private GroupChannel channel(String nodeName, String address, int port, Duration suspicion)
            throws IOException, GroupException {
        Map<String, String> options = new TreeMap<>();
        options.put("gmcast.listen_addr", "tcp://127.0.0.1:" + port);
        // in the same proportion as the defaults
        options.put("evs.suspect_timeout", suspicion.toString());
        options.put("evs.inactive_timeout", suspicion.multipliedBy(3).toString());
        Path home = Files.createDirectory(directory.resolve(nodeName));
        return new GcommChannelFactory()
                .create(new ChannelEnvironment(address, options, home, nodeName, "127.0.0.1", null));
    }

    /** It ends at the next connection that it would make. */
    @Override
    protected void breakDown(GroupChannel channel) throws IOException {
        channel.setOption("gmcast.isolate", "2");
        channel.setOption("gmcast.peer_addr", "add:tcp://127.0.0.1:" + freePort());
    }

    /** Of two equal nodes the one that stays is primary only if the other has left in order. */
    @Test
    void aNodeInWhoseStackSomethingIsThrownLeavesInOrderAndSaysWhy() throws Exception {
        RecordedGroup whole = new RecordedGroup();
        RecordedGroup torn = new RecordedGroup();
        GroupChannel stays = newChannel("stays", SUSPICION);
        GroupChannel breaks = newChannel("breaks", SUSPICION);
        try {
            stays.join("group", true, whole);
            breaks.join("group", false, new Throwing(torn));

            assertThat(stays.send(1, ByteBuffer.allocate(0), ByteBuffer.allocate(1)))
                    .isEqualTo(SendResult.ACCEPTED);

            torn.await(
                    "the end",
                    PATIENCE,
                    events -> !events.isEmpty() && events.get(events.size() - 1) instanceof RecordedGroup.Left);
            assertThat(torn.events().get(torn.events().size() - 1))
                    .isInstanceOfSatisfying(RecordedGroup.Left.class, left -> assertThat(left.error())
                            .hasRootCauseMessage("for a test"));
            assertThat(breaks.send(1, ByteBuffer.allocate(0), ByteBuffer.allocate(1)))
                    .isEqualTo(SendResult.ABORTED);
            whole.await(
                    "to be alone", PATIENCE, events -> whole.view().members().size() == 1);
            assertThat(whole.view().primary()).isTrue();
            assertThat(whole.viewsFromFirstPrimary()).allMatch(GroupView::primary);
        } finally {
            breaks.leave();
            stays.leave();
        }
    }

    /** Hears of everything, and cannot bear the first message. */
    private record Throwing(RecordedGroup record) implements GroupListener {

        @Override
        public void onView(GroupView view) {
            record.onView(view);
        }

        @Override
        public void onMessage(int senderIndex, int type, ByteBuffer payload) {
            throw new OutOfMemoryError("for a test");
        }

        @Override
        public void onCausal(long token) {
            record.onCausal(token);
        }

        @Override
        public void onLeft(GroupException error) {
            record.onLeft(error);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}

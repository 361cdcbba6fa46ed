package io.wsrep4j.gcomm.channel;

import io.wsrep4j.gcomm.ChannelEnvironment;
import io.wsrep4j.gcomm.GroupChannel;
import io.wsrep4j.gcomm.GroupChannelContract;
import io.wsrep4j.gcomm.GroupException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;

/** The gcomm backend keeps the contract, over TCP on the loopback interface. */
class GcommChannelContractTest extends GroupChannelContract {

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
        channel.control().setOption("gmcast.isolate", "2");
        channel.control().setOption("gmcast.peer_addr", "add:tcp://127.0.0.1:" + freePort());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}

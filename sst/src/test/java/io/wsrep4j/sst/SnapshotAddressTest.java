package io.wsrep4j.sst;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrep4j.api.Errno;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

/** Where a joiner listens, and what both sides say of an address that is no good. */
final class SnapshotAddressTest extends DonorAndJoiner {

    @Test
    void ipv6IsAsGood() throws Exception {
        SnapshotReceiver receiver = receiver(settings("n2"), new InetSocketAddress("::1", 0), "::1", sink);
        assertThat(request(receiver).address()).startsWith("tcp://[::1]:");
        sender(request(receiver), new MemorySource(data(1000)));
        assertThat(get(receiver.end())).isEqualTo(POSITION);
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
}

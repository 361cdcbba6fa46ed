package io.wsrep4j.gcomm.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrep4j.gcomm.frame.Checksum;
import io.wsrep4j.gcomm.gmcast.GmcastOptions;
import io.wsrep4j.gcomm.netty.TransportOptions;
import io.wsrep4j.gcomm.options.ClusterAddress;
import io.wsrep4j.gcomm.transport.NodeAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Options of the transport (docs/spec/gcomm-transport-pc.md 16; docs/spec/options-status.md 5.6 and 8; docs/spec/gcomm-transport-pc.md checklist 57).
 */
final class GcommSettingsTest {

    static GcommSettings read(Map<String, String> options) {
        return read(options, "gcomm://127.0.0.9");
    }

    private static GcommSettings read(Map<String, String> options, String cluster) {
        ClusterAddress address = ClusterAddress.parse(cluster);
        Map<String, String> all = new HashMap<>(options);
        all.putAll(address.options());
        return GcommSettings.read(all, address, "my_group", cluster.equals("gcomm://"));
    }

    @Test
    void defaultsAreThoseOfTheReference() {
        Map<String, String> defaults = new HashMap<>(Map.of("base_port", "4567"));
        Stream.of(TransportOptions.LIST, GmcastOptions.LIST)
                .flatMap(list -> list.options().stream())
                .filter(option -> option.defaultText() != null)
                .forEach(option -> defaults.put(option.name(), option.defaultText()));
        GcommSettings settings = read(defaults);

        assertThat(settings.gmcast().peerTimeoutNanos()).isEqualTo(3_000_000_000L);
        assertThat(settings.gmcast().timeWaitNanos()).isEqualTo(5_000_000_000L);
        assertThat(settings.gmcast().maximumInitialReconnects()).isEqualTo(Integer.MAX_VALUE);
        assertThat(settings.gmcast().segment()).isZero();
        assertThat(settings.gmcast().group()).isEqualTo("my_group");
        assertThat(settings.gmcast().listenAddress()).hasToString("tcp://0.0.0.0:4567");
        assertThat(settings.gmcast().initialAddresses()).containsExactly(NodeAddress.parse("tcp://127.0.0.9:4567"));
        assertThat(settings.transport().sockets().checksum()).isEqualTo(Checksum.CRC32C);
        assertThat(settings.transport().sockets().tls()).isEmpty();
        assertThat(settings.transport().multicast()).isEmpty();
        assertThat(settings.transport().warnings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // listen_addr, base_port, cluster, listen, first peer
                "-, -, gcomm://127.0.0.2:5000, tcp://0.0.0.0:5000, tcp://127.0.0.2:5000",
                "-, 6000, gcomm://127.0.0.2:5000, tcp://0.0.0.0:6000, tcp://127.0.0.2:5000",
                "-, 6000, gcomm://127.0.0.2, tcp://0.0.0.0:6000, tcp://127.0.0.2:6000",
                "-, -, gcomm://127.0.0.2, tcp://0.0.0.0:4567, tcp://127.0.0.2:4567",
                "tcp://127.0.0.3:7000, 6000, gcomm://127.0.0.2, tcp://127.0.0.3:7000, tcp://127.0.0.2:6000",
                "127.0.0.3, 6000, gcomm://127.0.0.2, tcp://127.0.0.3:6000, tcp://127.0.0.2:6000",
                "localhost, 6000, gcomm://localhost:6001, tcp://127.0.0.1:6000, tcp://127.0.0.1:6001",
                "tcp://[::1]:7000, -, gcomm://[::2]:8000, tcp://[::1]:7000, tcp://[::2]:8000",
                "tcp://[::]:7000, -, gcomm://[::2], tcp://[::]:7000, tcp://[::2]:4567"
            })
    void addressesAreDerived(String listen, String port, String cluster, String wantedListen, String wantedPeer) {
        Map<String, String> options = new HashMap<>();
        if (listen != null) {
            options.put("gmcast.listen_addr", listen);
        }
        if (port != null) {
            options.put("base_port", port);
        }
        GcommSettings settings = read(options, cluster);

        assertThat(settings.gmcast().initialAddresses()).containsExactly(NodeAddress.parse(wantedPeer));
        assertThat(settings.gmcast().listenAddress()).hasToString(wantedListen);
    }

    @Test
    void theOwnAddressAndWildcardsAreNoPeersAndUnknownHostsAreSkipped() {
        GcommSettings settings = read(
                Map.of("gmcast.listen_addr", "tcp://127.0.0.1:4567"),
                "gcomm://127.0.0.1,0.0.0.0,127.0.0.2,127.0.0.2:4567,no-such-host.invalid?gmcast.segment=3");

        assertThat(settings.gmcast().initialAddresses()).containsExactly(NodeAddress.parse("tcp://127.0.0.2:4567"));
        assertThat(settings.gmcast().segment()).isEqualTo(3);
        assertThat(settings.transport().warnings()).singleElement().asString().contains("no-such-host.invalid");
    }

    @Test
    void aNodeWithoutPeerThatDoesNotBootstrapIsRefused() {
        assertThatThrownBy(() -> read(Map.of("gmcast.listen_addr", "tcp://127.0.0.1:4567"), "gcomm://127.0.0.1"))
                .hasMessageContaining("names no peer");
        assertThat(read(Map.of(), "gcomm://").gmcast().initialAddresses()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "protonet.backend|epoll",
                "protonet.version|1",
                "gmcast.version|1",
                "gmcast.segment|255",
                "gmcast.segment|-1",
                "gmcast.segment|1K",
                "gmcast.peer_timeout|3sec",
                "gmcast.time_wait|-1",
                "gmcast.mcast_ttl|0",
                "gmcast.mcast_ttl|256",
                "gmcast.mcast_addr|10.0.0.1",
                "gmcast.listen_addr|udp://0.0.0.0",
                "gmcast.listen_addr|ssl://0.0.0.0",
                "gmcast.listen_addr|0.0.0.0:4567x",
                "gmcast.listen_addr|tcp://0.0.0.0:66000",
                "gmcast.listen_addr|tcp://[::1",
                "gmcast.mira|abc",
                "base_port|abc",
                "base_port|65536",
                "socket.checksum|abc",
                "socket.recv_buf_size|-5",
                "socket.send_buf_size|big",
                "socket.dynamic|maybe",
                "socket.ssl|2",
                "socket.ssl_key|/only/a/key",
            })
    void aBadValueIsRefusedWithKeyValueAndWhatIsAllowed(String key, String value) {
        assertThatThrownBy(() -> read(Map.of(key, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(e -> assertThat(e.getMessage())
                        .containsAnyOf(key, key.replace("ssl_key", "ssl_cert"))
                        .containsAnyOf(value, "is not set"));
    }

    @Test
    void aGroupNameOfMoreThan32BytesIsRefused() {
        assertThatThrownBy(() ->
                        GcommSettings.read(Map.of(), ClusterAddress.parse("gcomm://127.0.0.2"), "x".repeat(33), false))
                .hasMessageContaining("32 bytes");
    }

    @Test
    void anotherChecksumMeansCrc32WithAWarning() {
        GcommSettings settings = read(Map.of("socket.checksum", "7"));
        assertThat(settings.transport().sockets().checksum()).isEqualTo(Checksum.CRC32);
        assertThat(settings.transport().warnings()).singleElement().asString().contains("socket.checksum");
    }

    @Test
    void buffersMulticastAndTlsAreRead() {
        GcommSettings settings = read(Map.of(
                "socket.recv_buf_size", "212992",
                "socket.send_buf_size", "1M",
                "gmcast.mcast_addr", "239.192.0.11",
                "gmcast.mcast_ttl", "4",
                "gmcast.mcast_port", "5555"));
        assertThat(settings.transport().sockets().receiveBufferSize()).isEqualTo(212992);
        assertThat(settings.transport().sockets().sendBufferSize()).isEqualTo(1 << 20);
        assertThat(settings.transport().multicast()).hasValueSatisfying(multicast -> {
            assertThat(multicast.timeToLive()).isEqualTo(4);
            assertThat(multicast.port()).isEqualTo(5555);
        });
        assertThat(settings.effective(NodeAddress.parse("tcp://127.0.0.1:4567")))
                .containsEntry("gmcast.mcast_addr", "udp://239.192.0.11:5555")
                .containsEntry("base_port", "4567")
                .containsEntry("gmcast.peer_timeout", "PT3S");
    }

    @Test
    void multicastTogetherWithTlsIsRefused() {
        assertThatThrownBy(() -> read(
                        Map.of("gmcast.mcast_addr", "239.192.0.11", "socket.ssl_key", "/k", "socket.ssl_cert", "/c")))
                .hasMessageContaining("not be encrypted");
    }
}

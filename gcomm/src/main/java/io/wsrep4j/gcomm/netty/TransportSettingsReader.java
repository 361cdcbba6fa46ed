package io.wsrep4j.gcomm.netty;

import io.wsrep4j.api.HostPort;
import io.wsrep4j.gcomm.frame.Checksum;
import io.wsrep4j.gcomm.gmcast.GmcastSettings;
import io.wsrep4j.gcomm.gmcast.NodeAddress;
import io.wsrep4j.gcomm.options.ClusterAddress;
import io.wsrep4j.gcomm.options.Durations;
import io.wsrep4j.gcomm.options.OptionReader;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Turns option texts into {@link TransportSettings}. Resolves host names, so it may block. */
final class TransportSettingsReader {

    static final Map<String, String> DEFAULTS = defaults();

    private static final int DEFAULT_PORT = 4567;

    private final OptionReader options;
    private final ClusterAddress cluster;
    private final String group;
    private final boolean bootstrap;
    private final List<String> warnings = new ArrayList<>();

    TransportSettingsReader(Map<String, String> options, ClusterAddress cluster, String group, boolean bootstrap) {
        this.options = new OptionReader(options);
        this.cluster = cluster;
        this.group = group;
        this.bootstrap = bootstrap;
    }

    private static Map<String, String> defaults() {
        Map<String, String> map = new TreeMap<>();
        map.put("base_port", "4567");
        map.put("gmcast.listen_addr", "tcp://0.0.0.0:4567");
        map.put("gmcast.mcast_addr", "");
        map.put("gmcast.mcast_ttl", "1");
        map.put("gmcast.peer_timeout", "PT3S");
        map.put("gmcast.segment", "0");
        map.put("gmcast.time_wait", "PT5S");
        map.put("gmcast.version", "0");
        map.put("protonet.backend", "asio");
        map.put("protonet.version", "0");
        map.put("socket.checksum", "2");
        map.put("socket.recv_buf_size", "auto");
        map.put("socket.send_buf_size", "auto");
        for (String unset : List.of(
                "gmcast.group",
                "gmcast.isolate",
                "gmcast.mcast_port",
                "gmcast.mira",
                "gmcast.peer_addr",
                "socket.dynamic",
                "socket.ssl",
                "socket.ssl_ca",
                "socket.ssl_cert",
                "socket.ssl_cipher",
                "socket.ssl_compression",
                "socket.ssl_key",
                "socket.ssl_password_file",
                "socket.ssl_reload")) {
            map.put(unset, null);
        }
        return Collections.unmodifiableMap(map);
    }

    static Map<String, String> effective(TransportSettings settings, NodeAddress bound) {
        Map<String, String> map = new TreeMap<>();
        map.put("base_port", Integer.toString(bound.port()));
        map.put("gmcast.listen_addr", bound.toString());
        map.put(
                "gmcast.mcast_addr",
                settings.multicast()
                        .map(m -> NodeAddress.of("udp", m.group(), m.port() == 0 ? bound.port() : m.port())
                                .toString())
                        .orElse(""));
        map.put(
                "gmcast.mcast_ttl",
                Integer.toString(
                        settings.multicast().map(MulticastSettings::timeToLive).orElse(1)));
        map.put("gmcast.peer_timeout", Durations.format(settings.gmcast().peerTimeoutNanos()));
        map.put("gmcast.time_wait", Durations.format(settings.gmcast().timeWaitNanos()));
        if (settings.sockets().tls().isPresent()) {
            map.put("socket.ssl", "YES");
            map.put("socket.ssl_cipher", settings.sockets().tls().get().ciphers());
            map.put("socket.ssl_reload", "1");
        }
        return map;
    }

    TransportSettings read() {
        fixed("protonet.backend", "asio");
        fixed("protonet.version", "0");
        fixed("gmcast.version", "0");
        for (String deprecated : List.of("protonet.backend", "protonet.version", "socket.ssl_compression")) {
            if (options.isSet(deprecated) && !options.text(deprecated, "").equals(DEFAULTS.get(deprecated))) {
                warnings.add("option " + deprecated + " is deprecated and has no effect");
            }
        }
        SocketSettings sockets = sockets();
        NodeAddress listen = listenAddress(sockets.scheme());
        int mira = options.integer("gmcast.mira", Integer.MAX_VALUE, 0, Integer.MAX_VALUE);
        GmcastSettings gmcast = new GmcastSettings(
                options.text("gmcast.group", group),
                listen,
                initialAddresses(sockets.scheme(), listen),
                options.integer("gmcast.segment", 0, 0, 254),
                options.duration("gmcast.peer_timeout", Durations.parse("PT3S"), 1, Long.MAX_VALUE),
                options.duration("gmcast.time_wait", Durations.parse("PT5S"), 0, Long.MAX_VALUE),
                mira);
        Optional<MulticastSettings> multicast = multicast(sockets);
        return new TransportSettings(gmcast, sockets, multicast, warnings);
    }

    private void fixed(String key, String only) {
        String value = options.text(key, only);
        if (!value.equals(only)) {
            throw OptionReader.refused(key, value, "only '" + only + "'");
        }
    }

    // ---- sockets

    private SocketSettings sockets() {
        long checksum = options.size("socket.checksum", 2, Integer.MIN_VALUE, Integer.MAX_VALUE);
        if (checksum < 0 || checksum > 2) {
            warnings.add("option socket.checksum: value '" + checksum + "' is not 0, 1 or 2; 1 (CRC-32) is used");
        }
        return new SocketSettings(
                Checksum.ofOption(checksum),
                bufferSize(options, "socket.recv_buf_size"),
                bufferSize(options, "socket.send_buf_size"),
                options.bool("socket.dynamic", false),
                TlsFiles.from(options));
    }

    /** 0 for auto. */
    static int bufferSize(OptionReader options, String key) {
        return options.text(key, "auto").equals("auto") ? 0 : (int) options.size(key, 0, 0, Integer.MAX_VALUE);
    }

    // ---- addresses

    private NodeAddress listenAddress(String scheme) {
        String text = options.text("gmcast.listen_addr", scheme + "://0.0.0.0");
        String allowed = "tcp://host[:port], ssl://host[:port] or host";
        int schemeEnd = text.indexOf("://");
        String given = schemeEnd < 0 ? scheme : text.substring(0, schemeEnd);
        String authority = schemeEnd < 0 ? text : text.substring(schemeEnd + 3);
        if (!given.equals("tcp") && !given.equals("ssl")) {
            throw OptionReader.refused("gmcast.listen_addr", text, allowed);
        }
        if (given.equals("ssl") && TlsFiles.from(options).isEmpty()) {
            throw OptionReader.refused(
                    "gmcast.listen_addr", text, "ssl:// only when socket.ssl_key and socket.ssl_cert are set");
        }
        try {
            HostPort listen = HostPort.parse(authority);
            int port = listen.port() >= 0 ? listen.port() : listenPort();
            InetAddress host = InetAddress.getByName(listen.bracketed());
            return NodeAddress.of(scheme, host, port);
        } catch (IllegalArgumentException | UnknownHostException e) {
            throw new IllegalArgumentException(
                    "option gmcast.listen_addr: value '" + text + "' is refused (" + e.getMessage() + "); allowed is "
                            + allowed,
                    e);
        }
    }

    /** base_port if it was given, else the port of the first cluster address, else 4567. */
    private int listenPort() {
        if (options.isSet("base_port")) {
            return basePort();
        }
        int first = HostPort.parse(cluster.authorities().get(0)).port();
        return first >= 0 ? first : DEFAULT_PORT;
    }

    private int basePort() {
        return options.integer("base_port", DEFAULT_PORT, 0, 65535);
    }

    private List<NodeAddress> initialAddresses(String scheme, NodeAddress listen) {
        List<NodeAddress> addresses = new ArrayList<>();
        for (String authority : cluster.authorities()) {
            if (!authority.isEmpty()) {
                addInitial(addresses, authority, scheme, listen);
            }
        }
        if (addresses.isEmpty() && !bootstrap) {
            throw new IllegalArgumentException(
                    "cluster address '" + cluster
                            + "' names no peer to join through; give scheme://host[:port] of a running member, or bootstrap a new cluster");
        }
        return addresses;
    }

    private void addInitial(List<NodeAddress> addresses, String authority, String scheme, NodeAddress listen) {
        HostPort peer;
        try {
            peer = HostPort.parse(authority);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("cluster address '" + cluster + "': " + e.getMessage(), e);
        }
        int port = peer.port() >= 0 ? peer.port() : basePort();
        try {
            NodeAddress address = NodeAddress.of(scheme, InetAddress.getByName(peer.bracketed()), port);
            if (!address.equals(listen) && !address.isWildcard() && !addresses.contains(address)) {
                addresses.add(address);
            }
        } catch (UnknownHostException e) {
            warnings.add(
                    "cluster address '" + cluster + "': host '" + peer.host() + "' cannot be resolved and is skipped");
        }
    }

    // ---- multicast

    private Optional<MulticastSettings> multicast(SocketSettings sockets) {
        int timeToLive = options.integer("gmcast.mcast_ttl", 1, 1, 255);
        int port = options.integer("gmcast.mcast_port", 0, 0, 65535);
        String text = options.text("gmcast.mcast_addr", "");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        String authority = text.startsWith("udp://") ? text.substring("udp://".length()) : text;
        HostPort given = HostPort.parse(authority);
        try {
            InetAddress address = InetAddress.getByName(given.bracketed());
            if (sockets.tls().isPresent()) {
                throw new IllegalArgumentException("option gmcast.mcast_addr: value '" + text
                        + "' is refused together with TLS: datagrams would not be encrypted; unset one of the two");
            }
            return Optional.of(new MulticastSettings(address, given.port() > 0 ? given.port() : port, timeToLive));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(
                    "option gmcast.mcast_addr: host of '" + text + "' cannot be resolved", e);
        }
    }
}

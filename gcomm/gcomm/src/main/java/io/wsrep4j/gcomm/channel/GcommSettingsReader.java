package io.wsrep4j.gcomm.channel;

import io.netty.util.NetUtil;
import io.wsrep4j.api.HostPort;
import io.wsrep4j.gcomm.gmcast.GmcastOptions;
import io.wsrep4j.gcomm.gmcast.GmcastSettings;
import io.wsrep4j.gcomm.netty.MulticastSettings;
import io.wsrep4j.gcomm.netty.OptionNames;
import io.wsrep4j.gcomm.netty.SocketSettings;
import io.wsrep4j.gcomm.netty.TransportOptions;
import io.wsrep4j.gcomm.netty.TransportSettings;
import io.wsrep4j.gcomm.options.ClusterAddress;
import io.wsrep4j.gcomm.transport.NodeAddress;
import io.wsrep4j.options.DurationFormat;
import io.wsrep4j.options.IntegerFormat;
import io.wsrep4j.options.OptionCatalog;
import io.wsrep4j.options.OptionException;
import io.wsrep4j.options.OptionSpec;
import io.wsrep4j.options.OptionValues;
import io.wsrep4j.options.ValueFormat;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Turns option texts into {@link GcommSettings}. Resolves host names, so it may block. */
final class GcommSettingsReader {

    private static final OptionCatalog ALL = OptionCatalog.of(TransportOptions.LIST, GmcastOptions.LIST);
    private static final ValueFormat<Long> PORT = new IntegerFormat(0, 65535);
    private static final String BASE_PORT = "base_port";
    private static final String LISTEN = "gmcast.listen_addr";
    private static final String MULTICAST = "gmcast.mcast_addr";
    private static final OptionNames NAMES = new OptionNames(LISTEN, "gmcast.peer_timeout", MULTICAST);
    private static final int DEFAULT_PORT = 4567;

    private final OptionValues options;
    private final String basePort;
    private final ClusterAddress cluster;
    private final String group;
    private final boolean bootstrap;
    private final List<String> warnings = new ArrayList<>();
    private final Map<HostPort, NodeAddress> names = new LinkedHashMap<>();

    /** @param options by name; base_port, which is the node's, may be among them */
    GcommSettingsReader(Map<String, String> options, ClusterAddress cluster, String group, boolean bootstrap) {
        this.options = OptionValues.of(ALL, options);
        this.basePort = options.get(BASE_PORT);
        this.cluster = cluster;
        this.group = group;
        this.bootstrap = bootstrap;
    }

    static Map<String, String> effective(GcommSettings settings, NodeAddress bound) {
        Map<String, String> map = new TreeMap<>();
        map.put("base_port", Integer.toString(bound.port()));
        map.put(LISTEN, bound.toString());
        map.put(
                MULTICAST,
                settings.transport()
                        .multicast()
                        .map(m -> NodeAddress.of("udp", m.group(), m.port() == 0 ? bound.port() : m.port())
                                .toString())
                        .orElse(""));
        map.put(
                "gmcast.mcast_ttl",
                Integer.toString(settings.transport()
                        .multicast()
                        .map(MulticastSettings::timeToLive)
                        .orElse(1)));
        map.put("gmcast.peer_timeout", DurationFormat.show(settings.gmcast().peerTimeoutNanos()));
        map.put("gmcast.time_wait", DurationFormat.show(settings.gmcast().timeWaitNanos()));
        if (settings.transport().sockets().tls().isPresent()) {
            map.put("socket.ssl", "YES");
            map.put(
                    "socket.ssl_cipher",
                    settings.transport().sockets().tls().get().ciphers());
            map.put("socket.ssl_reload", "1");
        }
        return map;
    }

    GcommSettings read() {
        warn();
        SocketSettings sockets = SocketSettings.from(options);
        NodeAddress listen = listenAddress(sockets);
        GmcastSettings gmcast = new GmcastSettings(
                options.isSet("gmcast.group") ? options.text("gmcast.group") : group,
                listen,
                initialAddresses(sockets.scheme(), listen),
                options.smallInteger("gmcast.segment"),
                options.clockNanos("gmcast.peer_timeout"),
                options.clockNanos("gmcast.time_wait"),
                options.smallInteger("gmcast.mira"));
        Optional<MulticastSettings> multicast = multicast(sockets);
        return new GcommSettings(
                gmcast,
                new TransportSettings(
                        listen, gmcast.group(), gmcast.peerTimeoutNanos(), sockets, multicast, NAMES, warnings),
                Collections.unmodifiableMap(names));
    }

    private void warn() {
        for (OptionSpec option : ALL.all()) {
            if (options.isSet(option.name())) {
                String text = options.text(option.name());
                if (option.is(OptionSpec.Flag.DEPRECATED) && !text.equals(option.initial())) {
                    warnings.add("option " + option.name() + " is deprecated and has no effect");
                }
                option.replacement(text).ifPresent(warnings::add);
            }
        }
    }

    // ---- addresses

    private NodeAddress listenAddress(SocketSettings sockets) {
        String scheme = sockets.scheme();
        String text = options.isSet(LISTEN) ? options.text(LISTEN) : scheme + "://0.0.0.0";
        String allowed = "tcp://host[:port], ssl://host[:port] or host";
        int schemeEnd = text.indexOf("://");
        String given = schemeEnd < 0 ? scheme : text.substring(0, schemeEnd);
        String authority = schemeEnd < 0 ? text : text.substring(schemeEnd + 3);
        if (!given.equals("tcp") && !given.equals("ssl")) {
            throw OptionException.refused(LISTEN, text, "expected " + allowed);
        }
        if (given.equals("ssl") && sockets.tls().isEmpty()) {
            throw OptionException.refused(
                    LISTEN, text, "expected ssl:// only when socket.ssl_key and socket.ssl_cert are set");
        }
        try {
            HostPort listen = HostPort.parse(authority);
            int port = listen.port() >= 0 ? listen.port() : listenPort();
            InetAddress host = InetAddress.getByName(listen.bracketed());
            return NodeAddress.of(scheme, host, port);
        } catch (IllegalArgumentException | UnknownHostException e) {
            OptionException refused = OptionException.refused(LISTEN, text, e.getMessage() + "; expected " + allowed);
            refused.initCause(e);
            throw refused;
        }
    }

    /** base_port if it was given, else the port of the first cluster address, else 4567. */
    private int listenPort() {
        if (basePort != null) {
            return basePort();
        }
        int first = HostPort.parse(cluster.authorities().get(0)).port();
        return first >= 0 ? first : DEFAULT_PORT;
    }

    private int basePort() {
        if (basePort == null) {
            return DEFAULT_PORT;
        }
        try {
            return Math.toIntExact(PORT.parse(basePort));
        } catch (IllegalArgumentException e) {
            OptionException refused = OptionException.refused(BASE_PORT, basePort, "expected " + PORT.allowed());
            refused.initCause(e);
            throw refused;
        }
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
        HostPort name = isName(peer.host()) ? new HostPort(peer.host(), port) : null;
        if (name != null) {
            names.put(name, null);
        }
        try {
            NodeAddress address = NodeAddress.of(scheme, InetAddress.getByName(peer.bracketed()), port);
            names.replace(name, address);
            if (!address.equals(listen) && !address.isWildcard() && !addresses.contains(address)) {
                addresses.add(address);
            }
        } catch (UnknownHostException e) {
            warnings.add(
                    "cluster address '" + cluster + "': host '" + peer.host() + "' cannot be resolved and is skipped");
        }
    }

    private static boolean isName(String host) {
        return !host.isEmpty() && !NetUtil.isValidIpV4Address(host) && !NetUtil.isValidIpV6Address(host);
    }

    // ---- multicast

    private Optional<MulticastSettings> multicast(SocketSettings sockets) {
        int timeToLive = options.smallInteger("gmcast.mcast_ttl");
        int port = options.smallInteger("gmcast.mcast_port");
        String text = options.textOrDefault(MULTICAST);
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
            if (!address.isMulticastAddress()) {
                throw new IllegalArgumentException("option gmcast.mcast_addr: value '" + address.getHostAddress()
                        + "' is refused; allowed is a multicast address: 224.0.0.0 to 239.255.255.255 or ff00::/8");
            }
            return Optional.of(new MulticastSettings(address, given.port() > 0 ? given.port() : port, timeToLive));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(
                    "option gmcast.mcast_addr: host of '" + text + "' cannot be resolved", e);
        }
    }
}

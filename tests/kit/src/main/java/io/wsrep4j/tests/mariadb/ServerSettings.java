package io.wsrep4j.tests.mariadb;

import io.wsrep4j.tests.gcomm.CuttingNetwork;
import io.wsrep4j.tests.process.PrivateNetwork;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a {@link MariaDbServer} is made from. Not thread-safe. */
public final class ServerSettings {

    final String name;
    final List<String> arguments = new ArrayList<>();
    final Map<String, String> environment = new TreeMap<>();
    Release release = Release.MARIADB_10_11;
    String provider = "none";
    String providerOptions = "";
    String configuration = "";
    String scheme = "tcp";
    String host = "127.0.0.1";
    boolean ownerStopsAtExit;
    List<String> place = List.of();
    CuttingNetwork network;
    int placeInNetwork;

    ServerSettings(String name) {
        this.name = name;
    }

    /** Its release; the machine's own unless said otherwise. */
    public ServerSettings release(Release other) {
        release = other;
        environment.put("PATH", other.path());
        return this;
    }

    /** The provider's library; see {@link Providers}. */
    public ServerSettings provider(Path library) {
        provider = library.toString();
        return this;
    }

    /** Options after the ones that the fixture sets for its ports: {@code key=value;key=value}. */
    public ServerSettings providerOptions(String options) {
        providerOptions = options;
        return this;
    }

    /** What the address that the group listens on begins with: tcp unless said otherwise, or ssl. */
    public ServerSettings scheme(String transport) {
        scheme = transport;
        return this;
    }

    /** Host part of all its addresses but the clients': 127.0.0.1 unless said otherwise; an IPv6 one in brackets. */
    public ServerSettings host(String address) {
        host = address;
        return this;
    }

    /** Text of a configuration file that the server, and the scripts that it starts, read instead of none, or of the machine's. */
    public ServerSettings configuration(String text) {
        configuration = text;
        return this;
    }

    /** Command-line arguments after the fixture's own. */
    public ServerSettings arguments(String... more) {
        arguments.addAll(List.of(more));
        return this;
    }

    /** An environment variable of the server. */
    public ServerSettings environment(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** Its group connections, and no others, go through this network, as those of that node. */
    public ServerSettings network(CuttingNetwork cutting, int node) {
        network = cutting;
        placeInNetwork = node;
        return this;
    }

    /** Started by this command, which takes the server's as its arguments. */
    public ServerSettings startedBy(String... command) {
        place = List.of(command);
        return this;
    }

    /** It runs on that node of the network, and all its connections but the clients' go through it. */
    public ServerSettings on(PrivateNetwork cables, int node) {
        place = cables.at(node);
        return host(cables.address(node));
    }

    /** Whoever made the server stops it when this JVM ends; otherwise it is killed then. */
    public ServerSettings ownerStopsAtExit() {
        ownerStopsAtExit = true;
        return this;
    }

    /** Makes the data directory; starts nothing. */
    public MariaDbServer create() throws IOException {
        return new MariaDbServer(this);
    }
}

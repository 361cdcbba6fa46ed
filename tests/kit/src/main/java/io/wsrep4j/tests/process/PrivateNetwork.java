package io.wsrep4j.tests.process;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A switch with a cable to each of some nodes, made of network namespaces: what is cut is silent, as a pulled cable is; no connection is reset.
 * Nodes count from 1, and have nothing but their cable and their own loopback. Needs root's rights; nobody else's network is touched.
 * Thread-safe.
 */
public final class PrivateNetwork implements AutoCloseable {

    private static final AtomicInteger MADE = new AtomicInteger();
    /** A hardware address that nobody has. */
    private static final String NOBODY = "02:00:00:00:00:fe";

    /** Least, usual and most bytes that a connection holds on each side: few, so that not much is under way when a cable is pulled. */
    private static final String SOCKET_BUFFER = "4096 65536 1048576";

    private final String name = "w4j-" + ProcessHandle.current().pid() + "-" + MADE.incrementAndGet();
    private final String hub = name + "-hub";
    private final String addresses;
    private final List<String> namespaces = new ArrayList<>();

    /** Makes the network of nodes 1 to {@code nodes}, with all cables in their place, and addresses from 10.0.0.1 on. */
    public PrivateNetwork(int nodes) throws IOException {
        this(nodes, "10.0.0.");
    }

    /** As above, with addresses that begin with these three numbers and end with a node's own. */
    public PrivateNetwork(int nodes, String addresses) throws IOException {
        this.addresses = addresses;
        Runtime.getRuntime().addShutdownHook(new Thread(this::closeAtExit));
        boolean made = false;
        try {
            addNamespace(hub);
            Command.run("ip", "-n", hub, "link", "add", "hub", "type", "bridge");
            Command.run("ip", "-n", hub, "link", "set", "hub", "up");
            for (int node = 1; node <= nodes; node++) {
                addNode(node);
            }
            made = true;
        } finally {
            if (!made) {
                close();
            }
        }
    }

    /** Why this process may not make one; null if it may. */
    public static String obstacle() throws IOException {
        String probe = "w4j-probe-" + ProcessHandle.current().pid();
        try {
            Command.run("ip", "netns", "add", probe);
        } catch (IOException refused) {
            return refused.getMessage();
        }
        Command.run("ip", "netns", "del", probe);
        return null;
    }

    private void addNamespace(String namespace) throws IOException {
        Command.run("ip", "netns", "add", namespace);
        namespaces.add(namespace);
    }

    private void addNode(int node) throws IOException {
        String namespace = namespace(node);
        addNamespace(namespace);
        Command.run(
                "ip", "-n", hub, "link", "add", port(node), "type", "veth", "peer", "name", "eth0", "netns", namespace);
        Command.run("ip", "-n", hub, "link", "set", port(node), "master", "hub");
        Command.run("ip", "-n", hub, "link", "set", port(node), "up");
        Command.run("ip", "-n", namespace, "addr", "add", address(node) + "/24", "dev", "eth0");
        Command.run("ip", "-n", namespace, "link", "set", "eth0", "up");
        Command.run("ip", "-n", namespace, "link", "set", "lo", "up");
        for (String buffer : new String[] {"tcp_rmem", "tcp_wmem"}) {
            Command.run(
                    "ip", "netns", "exec", namespace, "sysctl", "-q", "-w", "net.ipv4." + buffer + "=" + SOCKET_BUFFER);
        }
    }

    private String namespace(int node) {
        return name + "-" + node;
    }

    private static String port(int node) {
        return "port" + node;
    }

    /** The address of a node's cable. */
    public String address(int node) {
        return addresses + node;
    }

    /** What a command line begins with that is to run on a node; the process keeps its number. */
    public List<String> at(int node) {
        return List.of("ip", "netns", "exec", namespace(node));
    }

    /** Pulls a node's cable. */
    public void pull(int node) throws IOException {
        Command.run("ip", "-n", hub, "link", "set", port(node), "down");
    }

    /** Puts a node's cable back. */
    public void plug(int node) throws IOException {
        Command.run("ip", "-n", hub, "link", "set", port(node), "up");
    }

    /** From now on these two do not reach each other, while all others reach both. */
    public void separate(int one, int other) throws IOException {
        misdirect(one, other);
        misdirect(other, one);
    }

    private void misdirect(int from, int to) throws IOException {
        Command.run(
                "ip",
                "-n",
                namespace(from),
                "neigh",
                "replace",
                address(to),
                "lladdr",
                NOBODY,
                "dev",
                "eth0",
                "nud",
                "permanent");
    }

    /** Undoes {@link #separate}. */
    public void reunite(int one, int other) throws IOException {
        Command.run("ip", "-n", namespace(one), "neigh", "del", address(other), "dev", "eth0");
        Command.run("ip", "-n", namespace(other), "neigh", "del", address(one), "dev", "eth0");
    }

    /** Removes it; what still runs in it loses its cable. */
    @Override
    public synchronized void close() throws IOException {
        while (!namespaces.isEmpty()) {
            Command.run("ip", "netns", "del", namespaces.remove(namespaces.size() - 1));
        }
    }

    private void closeAtExit() {
        try {
            close();
        } catch (IOException e) {
            System.err.println("a network namespace is left: " + e.getMessage());
        }
    }
}

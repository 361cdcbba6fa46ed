package io.wsrep4j.tests.gcomm;

import io.wsrep4j.tests.process.FreePorts;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/**
 * A network whose links can be cut without privileges: a TCP proxy stands before each node, and nodes know each other by the proxies' addresses
 * only. Node {@code i} really listens at 127.1.0.i; its proxy listens at 127.2.0.i on the same port. A node's own connections come from its
 * real address, so the proxy knows who calls; it connects on from the caller's proxy address, so that the callee takes the caller for that.
 * Thread-safe.
 */
public final class CuttingNetwork implements AutoCloseable {

    private static final int BUFFER = 1 << 16;

    private final int port = FreePorts.one();
    private final List<ServerSocket> servers = new ArrayList<>();
    private final Set<Link> links = new HashSet<>();
    private final Set<Integer> cut = new HashSet<>();
    private final int nodes;
    private final Wire wire;
    private boolean closed;

    /** What the bytes from one node to another go through. Called by many threads, once for each direction of a connection. */
    @FunctionalInterface
    public interface Wire {

        /** A stream that passes on to {@code destination} what is to arrive there. */
        OutputStream between(int from, int to, OutputStream destination);
    }

    /** One connection through a proxy. */
    private record Link(int from, int to, Socket near, Socket far) {
        void close() {
            for (Socket socket : List.of(near, far)) {
                try {
                    socket.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    /** Makes a network of nodes 1 to {@code nodes}, with all links whole. */
    public CuttingNetwork(int nodes) throws IOException {
        this(nodes, (from, to, destination) -> destination);
    }

    /** As above; what nodes say to each other goes through {@code wire}. */
    public CuttingNetwork(int nodes, Wire wire) throws IOException {
        this.nodes = nodes;
        this.wire = wire;
        for (int node = 1; node <= nodes; node++) {
            ServerSocket server = new ServerSocket();
            server.setReuseAddress(true);
            server.bind(new InetSocketAddress(proxyHost(node), port));
            servers.add(server);
            int to = node;
            start("proxy-" + node, () -> accept(server, to));
        }
    }

    /** The value of gmcast.listen_addr of a node. */
    public String listenAddress(int node) {
        return "tcp://" + realHost(node) + ":" + port;
    }

    /** host:port by which others know a node. */
    public String address(int node) {
        return proxyHost(node) + ":" + port;
    }

    private static String realHost(int node) {
        return "127.1.0." + node;
    }

    private static String proxyHost(int node) {
        return "127.2.0." + node;
    }

    /** Cuts all links between the two sides: open connections break, new ones are closed at once. */
    public synchronized void partition(Set<Integer> oneSide, Set<Integer> otherSide) {
        for (int a : oneSide) {
            for (int b : otherSide) {
                cut.add(key(a, b));
                cut.add(key(b, a));
            }
        }
        List<Link> broken = links.stream()
                .filter(link -> cut.contains(key(link.from, link.to)))
                .toList();
        broken.forEach(Link::close);
    }

    /** Makes all links whole. */
    public synchronized void heal() {
        cut.clear();
    }

    private int key(int from, int to) {
        return from * (nodes + 1) + to;
    }

    private synchronized boolean admit(Link link) {
        if (closed || cut.contains(key(link.from, link.to))) {
            return false;
        }
        links.add(link);
        return true;
    }

    private synchronized void forget(Link link) {
        links.remove(link);
    }

    private void accept(ServerSocket server, int to) {
        while (!server.isClosed()) {
            try {
                Socket near = server.accept();
                start("link-to-" + to, () -> connect(near, to));
            } catch (IOException e) {
                if (!server.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void connect(Socket near, int to) {
        int from = near.getInetAddress().getAddress()[3];
        Socket far = new Socket();
        Link link = new Link(from, to, near, far);
        try {
            near.setTcpNoDelay(true);
            far.setTcpNoDelay(true);
            far.bind(new InetSocketAddress(proxyHost(from), 0));
            if (admit(link)) {
                far.connect(new InetSocketAddress(InetAddress.getByName(realHost(to)), port));
                CountDownLatch ended = new CountDownLatch(1);
                start("back-from-" + to, () -> {
                    pump(far, near, to, from);
                    ended.countDown();
                });
                pump(near, far, from, to);
                ended.await();
            }
        } catch (IOException refused) {
            // the node does not listen: the caller sees its connection end
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            link.close();
            forget(link);
        }
    }

    /** Copies until either side ends; then ends the other. */
    private void pump(Socket source, Socket destination, int from, int to) {
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = source.getInputStream();
                OutputStream out = wire.between(from, to, destination.getOutputStream())) {
            int count;
            while ((count = in.read(buffer)) >= 0) {
                out.write(buffer, 0, count);
            }
        } catch (IOException broken) {
            // a broken connection is what the network is for; the sockets are closed by the caller
        }
    }

    private static void start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        List<Link> open;
        synchronized (this) {
            closed = true;
            open = List.copyOf(links);
        }
        for (ServerSocket server : servers) {
            server.close();
        }
        open.forEach(Link::close);
    }
}

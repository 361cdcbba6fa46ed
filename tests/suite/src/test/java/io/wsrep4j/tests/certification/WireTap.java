package io.wsrep4j.tests.certification;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A relay between two members of a group that shows the bytes of each direction to a {@link WriteSetScanner} before it passes them on. So
 * the test sees each write set as its origin sent it, which no member keeps. One thread a direction.
 */
final class WireTap implements AutoCloseable {

    private static final int CHUNK = 256 * 1024;

    private final ServerSocket server;
    private final int target;
    private final Supplier<WriteSetScanner> scanners;
    private final List<Socket> sockets = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile Exception failure;

    /** Relays connections to {@code port} on loopback to {@code targetPort}. */
    WireTap(int port, int targetPort, Supplier<WriteSetScanner> scanners) throws IOException {
        target = targetPort;
        this.scanners = scanners;
        server = new ServerSocket();
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        start(this::accept, "tap-accept");
    }

    private synchronized void start(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket from = server.accept();
                Socket to = new Socket(InetAddress.getLoopbackAddress(), target);
                from.setTcpNoDelay(true);
                to.setTcpNoDelay(true);
                synchronized (this) {
                    sockets.add(from);
                    sockets.add(to);
                }
                start(() -> relay(from, to), "tap-there");
                start(() -> relay(to, from), "tap-back");
            } catch (IOException e) {
                if (!server.isClosed()) {
                    failure = e;
                }
            }
        }
    }

    private void relay(Socket from, Socket to) {
        WriteSetScanner scanner = scanners.get();
        byte[] chunk = new byte[CHUNK];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                scanner.scan(chunk, count);
                out.write(chunk, 0, count);
            }
        } catch (IOException closedByEitherSide) {
            // a member that leaves or a tap that is closed ends the connection; the members notice by themselves
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    /** Throws what went wrong in any thread. */
    void check() {
        if (failure != null) {
            throw new AssertionError("the relay failed", failure);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        List<Thread> started;
        synchronized (this) {
            for (Socket socket : sockets) {
                socket.close();
            }
            started = List.copyOf(threads);
        }
        Joining.all(started);
    }
}

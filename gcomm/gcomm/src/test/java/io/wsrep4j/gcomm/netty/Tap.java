package io.wsrep4j.gcomm.netty;

import io.wsrep4j.gcomm.transport.NodeAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Passes connections on to a node, and keeps the first byte that each side of each said. */
final class Tap implements AutoCloseable {

    /** Type of the TLS records with a ClientHello and a ServerHello. */
    static final int TLS_HANDSHAKE = 0x16;

    final NodeAddress address;
    final List<Integer> firstBytesOfTheDialler = new CopyOnWriteArrayList<>();
    final List<Integer> firstBytesOfTheAcceptor = new CopyOnWriteArrayList<>();

    private final NodeAddress target;
    private final ServerSocket server;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    Tap(NodeAddress target) throws IOException {
        this.target = target;
        server = new ServerSocket(0, 50, InetAddress.getByName(target.host()));
        address = new NodeAddress(target.scheme(), target.host(), server.getLocalPort());
        start(this::accept);
    }

    private static void start(Thing thing) {
        Thread thread = new Thread(
                () -> {
                    try {
                        thing.run();
                    } catch (IOException e) {
                        // one side has closed
                    }
                },
                "tap");
        thread.setDaemon(true);
        thread.start();
    }

    private interface Thing {
        void run() throws IOException;
    }

    private void accept() throws IOException {
        while (true) {
            Socket dialler = server.accept();
            sockets.add(dialler);
            Socket acceptor = new Socket(target.host(), target.port());
            sockets.add(acceptor);
            start(() -> pass(dialler, acceptor, firstBytesOfTheDialler));
            start(() -> pass(acceptor, dialler, firstBytesOfTheAcceptor));
        }
    }

    private static void pass(Socket from, Socket to, List<Integer> firstBytes) throws IOException {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            int first = in.read();
            if (first >= 0) {
                firstBytes.add(first);
                out.write(first);
                in.transferTo(out);
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}

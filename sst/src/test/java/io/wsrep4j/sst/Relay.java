package io.wsrep4j.sst;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A relay of one connection that does to the donor's bytes what a test wants. */
final class Relay implements AutoCloseable {

    /** What becomes of the donor's bytes after the given number of them. */
    enum Then {
        /** Both connections are closed. */
        CUT,
        /** A bit of the last one is flipped, and the others follow. */
        BEND,
        /** No other follows, and both connections stay open until one of the two has given up. */
        STALL
    }

    private final ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final SnapshotRequest request;

    Relay(SnapshotRequest request, long bytes, Then then) throws IOException {
        this.request = request;
        Thread thread = new Thread(() -> {
            try {
                run(bytes, then);
            } catch (IOException | InterruptedException closed) {
                // donor and joiner tell
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    /** The joiner's request, but leading here. */
    SnapshotRequest instead() {
        return new SnapshotRequest(request.tls(), request.host(), listener.getLocalPort(), request.secret());
    }

    private void run(long bytes, Then then) throws IOException, InterruptedException {
        try (Socket donor = listener.accept();
                Socket joiner = new Socket(InetAddress.getLoopbackAddress(), request.port())) {
            Thread back = new Thread(() -> {
                try {
                    joiner.getInputStream().transferTo(donor.getOutputStream());
                } catch (IOException closed) {
                    // the forward direction tells
                }
            });
            back.setDaemon(true);
            back.start();
            byte[] some = new byte[64 << 10];
            for (long left = bytes; left > 0; ) {
                int length = donor.getInputStream().read(some, 0, (int) Math.min(left, some.length));
                assertThat(length).isPositive();
                left -= length;
                if (then == Then.BEND && left == 0) {
                    some[length - 1] ^= 4;
                }
                joiner.getOutputStream().write(some, 0, length);
            }
            switch (then) {
                case BEND -> donor.getInputStream().transferTo(joiner.getOutputStream());
                case STALL -> back.join();
                case CUT -> {}
            }
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}

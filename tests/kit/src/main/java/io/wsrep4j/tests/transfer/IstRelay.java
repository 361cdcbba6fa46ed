package io.wsrep4j.tests.transfer;

import io.wsrep4j.api.hash.MurmurHash128;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Stands between donors and a joiner's listener for incremental transfers (protocol 10 and later; docs/spec/replicator-state-transfer.md 20), and
 * passes a donor's messages through a {@link Damage}. A joiner advertises the port that it listens on, so the relay has the same port on another
 * loopback address. Thread-safe.
 */
public final class IstRelay implements AutoCloseable {

    private static final String RELAY_HOST = "127.0.0.2";
    /** Where a joiner with {@link #joinerOptions} listens. */
    public static final String JOINER_HOST = "127.0.0.1";

    private final ServerSocket listener;
    private final Damage damage;
    private final int strangers;
    private final List<Closeable> sockets = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    /** What becomes of a donor's message. */
    @FunctionalInterface
    public interface Damage {

        /** Ends the connection in place of the message. */
        byte[] CUT = new byte[0];

        /**
         * Called for each message, the handshake's answer first, on one thread a connection.
         *
         * @return what is passed on in its place; {@link #CUT} to end the connection; null for nothing
         */
        byte[] apply(Message message) throws InterruptedException;
    }

    /** One message, header and payload. */
    public record Message(byte[] bytes) {

        static final int HEADER = 24;
        static final int HANDSHAKE_RESPONSE = 2;
        static final int CONTROL = 3;
        static final int CONFIGURATION_CHANGE = 5;
        static final int SKIPPED = 6;
        private static final int VERSION = 11;

        /** An ordered message, its header's checksum right. */
        static Message of(int type, boolean preload, long seqno, byte[] payload) {
            ByteBuffer bytes = ByteBuffer.allocate(HEADER + payload.length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.put((byte) VERSION)
                    .put((byte) type)
                    .put((byte) (preload ? 1 : 0))
                    .put((byte) 0);
            bytes.putInt(payload.length).putLong(seqno);
            bytes.putLong(MurmurHash128.lowOfBlock(bytes.getLong(0), bytes.getLong(8)));
            return new Message(bytes.put(payload).array());
        }

        /** The donor's answer to the handshake. */
        public boolean isHandshake() {
            return type() == HANDSHAKE_RESPONSE;
        }

        /** Has a seqno. */
        public boolean isOrdered() {
            return type() > CONTROL;
        }

        /** 4 is a write set, 5 a configuration change, 6 a skipped seqno, 3 a control message. */
        public int type() {
            return bytes[1];
        }

        /** -1 in messages without one. */
        public long seqno() {
            return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(8);
        }

        /** The same with one byte changed. */
        public byte[] withFlipped(int at) {
            byte[] changed = Arrays.copyOf(bytes, bytes.length);
            changed[at] ^= 0x10;
            return changed;
        }
    }

    private IstRelay(ServerSocket listener, Damage damage, int strangers) {
        this.listener = listener;
        this.damage = damage;
        this.strangers = strangers;
    }

    /** Provider options of a joiner whose donors shall come by the relay. */
    public static String joinerOptions(int istPort) {
        return "ist.recv_addr=" + RELAY_HOST + ":" + istPort + ";ist.recv_bind=" + JOINER_HOST + ":" + istPort + ";";
    }

    /** Starts one in front of the joiner that listens on this port. */
    public static IstRelay inFrontOf(int istPort, Damage damage) throws IOException {
        return amongStrangers(istPort, 0, damage);
    }

    /** The same, and before each donor comes so many who connect to the joiner and say nothing. */
    public static IstRelay amongStrangers(int istPort, int strangers, Damage damage) throws IOException {
        ServerSocket listener = new ServerSocket();
        listener.setReuseAddress(true);
        listener.bind(new InetSocketAddress(InetAddress.getByName(RELAY_HOST), istPort));
        IstRelay relay = new IstRelay(listener, damage, strangers);
        relay.start("ist-relay", relay::accept);
        return relay;
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    /** A connection that breaks is what this is for; what else goes wrong shows in the joiner's log. */
    private void start(String name, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        if (!closed) {
                            System.err.println(name + ": " + e);
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() throws IOException {
        while (true) {
            Socket donor = listener.accept();
            sockets.add(donor);
            Socket joiner;
            try {
                for (int i = 0; i < strangers; i++) {
                    sockets.add(new Socket(JOINER_HOST, listener.getLocalPort()));
                }
                joiner = new Socket(JOINER_HOST, listener.getLocalPort());
            } catch (ConnectException noListener) {
                // Galera's joiner tries its own listener when all is over, and would wait here for ever
                donor.close();
                continue;
            }
            sockets.add(joiner);
            start("ist-relay-to-donor", () -> {
                try (donor;
                        joiner) {
                    joiner.getInputStream().transferTo(donor.getOutputStream());
                }
            });
            start("ist-relay-to-joiner", () -> {
                try (donor;
                        joiner) {
                    passMessages(donor.getInputStream(), joiner.getOutputStream());
                }
            });
        }
    }

    private void passMessages(InputStream donor, OutputStream joiner) throws IOException, InterruptedException {
        DataInputStream in = new DataInputStream(donor);
        while (true) {
            byte[] header = new byte[Message.HEADER];
            try {
                in.readFully(header);
            } catch (EOFException end) {
                return;
            }
            int length = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
            byte[] whole = Arrays.copyOf(header, Message.HEADER + length);
            in.readFully(whole, Message.HEADER, length);
            byte[] passed = damage.apply(new Message(whole));
            if (passed == Damage.CUT) {
                return;
            }
            if (passed != null) {
                joiner.write(passed);
                joiner.flush();
            }
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        listener.close();
        for (Closeable socket : sockets) {
            socket.close();
        }
    }
}

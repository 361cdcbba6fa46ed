package io.wsrep4j.tests.gcomm;

import io.wsrep4j.tests.process.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.StandardSocketOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.LongAdder;

/**
 * A multicast network on the loopback interface that loses datagrams, without privileges. Each node has a port of its own; what it sends there is
 * passed on to the ports of the others, each copy being lost with some probability. Thread-safe.
 */
public final class LossyMulticast implements AutoCloseable {

    private static final String GROUP = "239.192.74.74";
    private static final int LARGEST_DATAGRAM = 65_536;
    private static final int SOCKET_BUFFER = 4 << 20;

    private final List<Integer> ports = new ArrayList<>();
    private final List<MulticastSocket> receivers = new ArrayList<>();
    private final MulticastSocket sender;
    private final NetworkInterface loopback;
    private final double loss;
    private final long seed;
    private final LongAdder passed = new LongAdder();
    private final LongAdder lost = new LongAdder();

    /**
     * Makes a network.
     *
     * @param loss share of the copies that are lost
     */
    public LossyMulticast(int nodes, double loss, long seed) throws IOException {
        this.loss = loss;
        this.seed = seed;
        loopback = NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
        sender = new MulticastSocket(0);
        sender.setOption(StandardSocketOptions.IP_MULTICAST_IF, loopback);
        sender.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER);
        for (int node = 0; node < nodes; node++) {
            ports.add(FreePorts.one());
        }
        for (int node = 0; node < nodes; node++) {
            MulticastSocket receiver = new MulticastSocket(ports.get(node));
            receiver.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER);
            receiver.joinGroup(new InetSocketAddress(GROUP, 0), loopback);
            receivers.add(receiver);
            int from = node;
            Thread thread = new Thread(() -> pass(from), "multicast-from-" + from);
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Value of gmcast.mcast_addr. */
    public String group() {
        return GROUP;
    }

    /** Value of gmcast.mcast_port of a node, counted from 0. */
    public String port(int node) {
        return ports.get(node).toString();
    }

    /** How many copies were passed on. */
    public long passed() {
        return passed.sum();
    }

    /** How many copies were lost. */
    public long lost() {
        return lost.sum();
    }

    private void pass(int from) {
        Random random = new Random(seed + from);
        MulticastSocket receiver = receivers.get(from);
        byte[] buffer = new byte[LARGEST_DATAGRAM];
        while (!receiver.isClosed()) {
            DatagramPacket datagram = new DatagramPacket(buffer, buffer.length);
            try {
                receiver.receive(datagram);
                if (datagram.getPort() != sender.getLocalPort()) {
                    passToOthers(from, datagram, random);
                }
            } catch (IOException e) {
                if (!receiver.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void passToOthers(int from, DatagramPacket datagram, Random random) throws IOException {
        for (int to = 0; to < ports.size(); to++) {
            if (to == from) {
                continue;
            }
            if (random.nextDouble() < loss) {
                lost.increment();
            } else {
                sender.send(new DatagramPacket(
                        datagram.getData(), datagram.getLength(), new InetSocketAddress(GROUP, ports.get(to))));
                passed.increment();
            }
        }
    }

    @Override
    public void close() {
        receivers.forEach(MulticastSocket::close);
        sender.close();
    }
}

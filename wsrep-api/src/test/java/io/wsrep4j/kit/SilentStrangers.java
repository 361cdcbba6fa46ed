package io.wsrep4j.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Connections that say nothing, or only their first words, and come back as soon as they are closed, also when nobody listened for a while. Has a
 * thread of its own, to which everything belongs until {@link #close}.
 */
public final class SilentStrangers implements AutoCloseable {

    private static final long RETRY_MILLIS = 20;

    private final Selector selector;
    private final InetSocketAddress target;
    private final byte[] firstWords;
    private final Thread thread;
    private final AtomicLong opened = new AtomicLong();
    private final Set<SocketChannel> open = new HashSet<>();
    private int missing;

    public SilentStrangers(String host, int port, int count, byte[] firstWords) throws IOException {
        this.selector = Selector.open();
        this.target = new InetSocketAddress(host, port);
        this.firstWords = firstWords;
        for (missing = count; missing > 0; missing--) {
            open();
        }
        thread = new Thread(this::run, "silent-strangers");
        thread.setDaemon(true);
        thread.start();
    }

    /** How many connections were made so far. */
    public long opened() {
        return opened.get();
    }

    private void open() throws IOException {
        SocketChannel channel = SocketChannel.open();
        open.add(channel);
        try {
            channel.connect(target);
            channel.write(ByteBuffer.wrap(firstWords));
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
            opened.incrementAndGet();
        } catch (IOException e) {
            forget(channel);
            throw e;
        }
    }

    private void forget(SocketChannel channel) throws IOException {
        open.remove(channel);
        channel.close();
    }

    private void run() {
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        try {
            while (selector.isOpen()) {
                selector.select(RETRY_MILLIS);
                for (SelectionKey key : selector.selectedKeys()) {
                    serve((SocketChannel) key.channel(), buffer.clear());
                }
                selector.selectedKeys().clear();
                while (missing > 0 && tryToOpen()) {
                    missing--;
                }
            }
        } catch (ClosedSelectorException e) {
            // the end
            return;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void serve(SocketChannel channel, ByteBuffer buffer) throws IOException {
        int read;
        try {
            read = channel.read(buffer);
        } catch (IOException e) {
            read = -1; // reset, as good as closed
        }
        if (read < 0) {
            forget(channel);
            missing++;
        }
    }

    /** False while nobody listens, or when it was closed at once. */
    private boolean tryToOpen() {
        try {
            open();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        selector.close();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (SocketChannel channel : open) {
            channel.close();
        }
    }
}

package io.wsrep4j.gcomm.netty;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicLong;

/** Connections that say nothing, or only their first words, and come back as soon as they are closed. One thread of its own. */
final class SilentStrangers implements AutoCloseable {

    private final Selector selector;
    private final InetSocketAddress target;
    private final byte[] firstWords;
    private final Thread thread;
    private final AtomicLong opened = new AtomicLong();

    SilentStrangers(String host, int port, int count, byte[] firstWords) throws IOException {
        this.selector = Selector.open();
        this.target = new InetSocketAddress(host, port);
        this.firstWords = firstWords;
        for (int i = 0; i < count; i++) {
            open();
        }
        thread = new Thread(this::run, "silent-strangers");
        thread.setDaemon(true);
        thread.start();
    }

    /** How many connections were made so far. */
    long opened() {
        return opened.get();
    }

    private void open() throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.connect(target);
        channel.configureBlocking(false);
        channel.write(ByteBuffer.wrap(firstWords));
        channel.register(selector, SelectionKey.OP_READ);
        opened.incrementAndGet();
    }

    private void run() {
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        try {
            while (selector.isOpen()) {
                selector.select();
                for (SelectionKey key : selector.selectedKeys()) {
                    serve((SocketChannel) key.channel(), buffer.clear());
                }
                selector.selectedKeys().clear();
            }
        } catch (ClosedSelectorException e) {
            assert !selector.isOpen();
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
            channel.close();
            open();
        }
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

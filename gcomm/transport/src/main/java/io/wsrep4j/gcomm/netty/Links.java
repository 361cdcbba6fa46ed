package io.wsrep4j.gcomm.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.util.collection.LongObjectHashMap;
import io.wsrep4j.gcomm.frame.Checksum;
import io.wsrep4j.gcomm.frame.Frame;
import io.wsrep4j.gcomm.transport.ConnectionSet;
import io.wsrep4j.gcomm.transport.NodeAddress;
import io.wsrep4j.gcomm.transport.TransportEffects;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;

/** All connections of one transport: does what the stack wants done. Fields are guarded by the runner's lock. */
final class Links implements TransportEffects, StackRunner.Output {

    /** Opens a socket for a link. */
    interface Dialer {
        void dial(Link link, NodeAddress address);
    }

    private final StackRunner runner;
    private final Frame frame;
    private final Dialer dialer;
    private final long closeSeconds;
    private final Logger log;

    private final LongObjectHashMap<Link> links = new LongObjectHashMap<>();
    private List<Link> dirty = new ArrayList<>();
    /** Only on the event loop, as the next two. */
    private List<Link> spareDirty = new ArrayList<>();

    private boolean writing;
    private boolean writeAgain;
    /** Sockets that are open, also those that the stack has closed and that still write. */
    private final Set<Channel> open = new HashSet<>();

    private Multicast multicast;

    Links(StackRunner runner, Checksum checksum, Dialer dialer, long closeSeconds, Logger log) {
        this.runner = runner;
        this.frame = new Frame(checksum);
        this.dialer = dialer;
        this.closeSeconds = closeSeconds;
        this.log = log;
        runner.setOutput(this);
    }

    void useMulticast(Multicast channel) {
        multicast = channel;
    }

    // ---- effects; lock held

    @Override
    public void dial(long connection, NodeAddress address) {
        Link link = new Link(connection);
        links.put(connection, link);
        dialer.dial(link, address);
    }

    @Override
    public boolean send(long connection, ByteBuf message) {
        Link link = links.get(connection);
        if (link == null) {
            return false;
        }
        frame.seal(message);
        return offer(link, message);
    }

    @Override
    public void broadcast(ConnectionSet connections, ByteBuf message) {
        frame.sealUnshared(message);
        for (int i = 0; i < connections.size(); i++) {
            Link link = links.get(connections.get(i));
            if (link != null) {
                offer(link, message);
            }
        }
    }

    /** The message is sealed: its header stands in the 8 bytes before the reader index. */
    private boolean offer(Link link, ByteBuf message) {
        int start = message.readerIndex() - Frame.HEADER_LENGTH;
        ByteBuf slice = message.retainedSlice(start, message.writerIndex() - start);
        boolean taken = link.offer(slice);
        slice.release();
        if (taken && link.markDirty()) {
            dirty.add(link);
        }
        return taken;
    }

    @Override
    public void multicast(ByteBuf message) {
        multicast.send(message);
    }

    @Override
    public void close(long connection, String reason) {
        Link link = links.remove(connection);
        if (link != null) {
            link.closing(reason);
            if (link.markDirty()) {
                dirty.add(link);
            }
        }
    }

    // ---- output

    @Override
    public boolean hasWork() {
        return !dirty.isEmpty() || multicast != null && multicast.hasWork();
    }

    @Override
    public void write() {
        writeAgain = true;
        if (writing) {
            // closing a socket below ran the stack; the outer call goes on with what came of it
            return;
        }
        writing = true;
        while (writeAgain) {
            writeAgain = false;
            writeOnce();
        }
        writing = false;
    }

    private void writeOnce() {
        List<Link> work;
        runner.enter();
        try {
            work = dirty;
            dirty = spareDirty;
            for (Link link : work) {
                link.take();
            }
        } finally {
            runner.leaveQuietly();
        }
        for (Link link : work) {
            write(link);
        }
        work.clear();
        spareDirty = work;
        if (multicast != null) {
            multicast.write();
        }
    }

    private void write(Link link) {
        Channel channel = link.channel();
        ArrayDeque<ByteBuf> frames = link.taken();
        for (ByteBuf next = frames.poll(); next != null; next = frames.poll()) {
            if (channel == null) {
                next.release();
            } else {
                channel.write(next, channel.voidPromise());
            }
        }
        if (channel != null) {
            if (link.isClosing()) {
                finish(channel);
            } else {
                channel.flush();
            }
        }
    }

    /** Closes when all is written, or after a while. */
    private void finish(Channel channel) {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        if (channel.isOpen()) {
            var late = channel.eventLoop().schedule(() -> channel.close(), closeSeconds, TimeUnit.SECONDS);
            channel.closeFuture().addListener(closed -> late.cancel(false));
        }
    }

    // ---- life of a link; event loop

    /** A socket is being opened for a dialled link. */
    void dialling(Link link, Channel channel) {
        runner.enter();
        try {
            track(channel);
            link.attach(channel);
            if (link.isClosing()) {
                // the stack gave up before the socket was there
                channel.close();
            }
        } finally {
            runner.leave();
        }
    }

    /** A socket was accepted. Lock held. */
    Link accepted(long id, Channel channel) {
        Link link = new Link(id);
        link.attach(channel);
        links.put(id, link);
        return link;
    }

    void track(Channel channel) {
        runner.enter();
        try {
            open.add(channel);
        } finally {
            runner.leave();
        }
        channel.closeFuture().addListener(closed -> {
            runner.enter();
            try {
                open.remove(channel);
            } finally {
                runner.leave();
            }
        });
    }

    /** True while the stack has not closed it. */
    boolean isWanted(Link link) {
        return links.get(link.id) == link;
    }

    /** The link is gone, or could not be made: the stack is told, unless it knows. */
    void lost(Link link, String reason) {
        runner.enter();
        try {
            if (isWanted(link)) {
                links.remove(link.id);
                link.closing(reason);
                link.clear();
                if (link.channel() != null) {
                    link.channel().close();
                }
                runner.run(stack -> stack.lowest().onClosed(link.id, reason, runner.now()));
            }
        } finally {
            runner.leave();
        }
    }

    // ---- the whole

    void forEachChannel(Consumer<Channel> action) {
        runner.enter();
        try {
            open.forEach(action);
        } finally {
            runner.leave();
        }
    }

    void closeAll(String reason) {
        runner.enter();
        try {
            for (Link link : new ArrayList<>(links.values())) {
                close(link.id, reason);
            }
        } finally {
            runner.leave();
        }
    }

    /** Waits for the sockets to close; those that do not are closed by force. */
    boolean awaitClosed(long seconds) {
        List<Channel> waiting = new ArrayList<>();
        forEachChannel(waiting::add);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        boolean all = true;
        for (Channel channel : waiting) {
            all &= channel.closeFuture()
                    .awaitUninterruptibly(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            channel.close();
        }
        return all;
    }

    /** After the event loop has ended: nothing is left behind. */
    void releaseAll() {
        runner.enter();
        try {
            dirty.forEach(Link::clear);
            links.values().forEach(Link::clear);
        } finally {
            runner.leaveQuietly();
        }
        log.debug("all frames are released");
    }
}

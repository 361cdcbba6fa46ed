package io.wsrep4j.gcomm.netty;

import io.wsrep4j.api.AllowlistService;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.gcomm.gmcast.GmcastEffects;
import io.wsrep4j.gcomm.gmcast.NodeAddress;

/**
 * One channel's sockets, its event loop thread, its clock and its one lock. Thread-safe.
 *
 * <p>Life: constructed; {@link #bind}; the owner builds the {@link ProtocolStack} on {@link #effects()}; {@link #start}; {@link #close}. The
 * stack runs under the lock: on the event loop thread when something arrives or a deadline passes, or on any thread between {@link #enter} and
 * {@link #leave}.
 */
public final class NettyTransport implements AutoCloseable {

    /**
     * Reads the TLS files; opens no socket.
     *
     * @param name of this node, for the names of threads and loggers
     * @param allowlist who may connect, or null for everybody
     * @throws GroupException if the TLS material cannot be used
     */
    public NettyTransport(TransportSettings settings, String name, AllowlistService allowlist) throws GroupException {}

    /**
     * Binds the listening socket; accepts nobody before {@link #start}.
     *
     * @return the address that was bound, with its port
     * @throws GroupException if it cannot be bound
     */
    public NodeAddress bind() throws GroupException {
        return null;
    }

    /** Where GMCast's effects go. */
    public GmcastEffects effects() {
        return null;
    }

    /** Begins to accept and to feed the stack. */
    public void start(ProtocolStack stack) {}

    /** Takes the lock, for a call into the stack; always followed by {@link #leave} in a finally block. May be nested. */
    public void enter() {}

    /** Gives the lock back; the outermost one hands what was sent to the sockets and asks for the next deadline. */
    public void leave() {}

    /** The time that the stack runs on, in nanoseconds. */
    public long nanoTime() {
        return System.nanoTime();
    }

    /**
     * Sets an option at run time: socket.ssl_reload or socket.recv_buf_size.
     *
     * @return false if the name is another one
     * @throws IllegalArgumentException if the value is refused, or the TLS files cannot be used; the old ones stay in use then
     */
    public boolean setOption(String name, String value) {
        return false;
    }

    /** Closes all sockets, what was sent before going out first if it can in 5 seconds, and ends the event loop. Not from the event loop. */
    @Override
    public void close() {}
}

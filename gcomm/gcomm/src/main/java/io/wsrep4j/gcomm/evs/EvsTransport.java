package io.wsrep4j.gcomm.evs;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Uuid;

/**
 * The layer below EVS: the mesh (docs/spec/gcomm-evs.md 1.1). No order, uniqueness or reliability is assumed. Called synchronously by the running
 * {@link EvsCore}; it must not call back into the core before the running call has returned.
 *
 * <p>Messages are the readable bytes of a buffer that belongs to the core. A transport that needs it after the call takes a {@code
 * retainedDuplicate()} or {@code retainedSlice()}: it never retains the buffer itself nor moves its indices. At least {@link #HEADROOM} bytes
 * before the reader index are free for the transport to write its headers into, once.
 */
public interface EvsTransport {

    /** Writable bytes before the reader index of every message: room for the frame header and the GMCast header. */
    int HEADROOM = 8 + 20;

    /** Best effort, to every reachable node; errors are not reported. */
    void broadcast(ByteBuf message);

    /** Best effort, to one node; without a direct link it may go to all. */
    void sendTo(Uuid target, ByteBuf message);

    /** A REG view, just before it is delivered upward. */
    void stableView(EvsView view);

    /** This node is wanted in the group: connections to it may be made again. */
    void allowConnect(Uuid node);

    /** Refuse this node until {@link #unevict}. */
    void evict(Uuid node);

    /** Accept this node again. */
    void unevict(Uuid node);

    /** Address of a node such as {@code tcp://127.0.0.1:25040}, empty when unknown; for status and logs only. */
    String address(Uuid node);

    /**
     * A message was malformed and was dropped. The transport logs it with the peer's address and may close the link.
     *
     * @param source who sent it, as given to {@link EvsCore#receive}
     * @param reason what is wrong with it
     */
    void malformed(Uuid source, String reason);
}

package io.wsrep4j.ist;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Errno;
import io.wsrep4j.api.Seqno;
import java.nio.ByteBuffer;

/**
 * The joiner's side of one connection (docs/spec/replicator-state-transfer.md 20.4 and 21.1): bytes in, messages and events out. Not thread-safe:
 * owned by the receiver's thread; holds no socket and reads no clock.
 */
final class ReceiverSession {

    /** What the session asks of its connection. */
    interface Connection {

        void send(IstMessage message);
    }

    private enum State {
        /** HANDSHAKE is sent. */
        SHAKING_HANDS,
        /** The donor answered; nothing is read until it is known where applying starts. */
        WAITING_FOR_START,
        READING_HEADER,
        READING_PAYLOAD,
        ENDED
    }

    private final IstWire wire;
    private final IstNeed need;
    private final IstSink sink;
    private final Connection connection;
    private State state = State.SHAKING_HANDS;
    private StreamRange range;
    private IstMessage message;
    private EventPayload payload;

    /**
     * Begins a session on a fresh connection: says HANDSHAKE.
     *
     * @param need what was asked for
     */
    ReceiverSession(IstWire wire, IstNeed need, IstSink sink, Connection connection) {
        this.wire = wire;
        this.need = need;
        this.sink = sink;
        this.connection = connection;
        connection.send(IstMessage.HANDSHAKE);
    }

    /** True once the donor has answered the handshake. */
    boolean isEstablished() {
        return state != State.SHAKING_HANDS;
    }

    /** True while nothing is read because it is not known where applying starts. */
    boolean isWaitingForStart() {
        return state == State.WAITING_FOR_START;
    }

    /** True when the donor's end of stream, or an error, was met: nothing more is read. */
    boolean hasEnded() {
        return state == State.ENDED;
    }

    /** Last seqno received, or undefined. */
    long lastReceived() {
        return range == null ? Seqno.UNDEFINED : range.current();
    }

    /** Says where applying starts, and which seqno is the last that the group can have meant; reading goes on from here. */
    void ready(long first, long end) {
        if (state != State.WAITING_FOR_START) {
            throw new IllegalStateException("ready in state " + state);
        }
        range = new StreamRange(need, first, end);
        state = State.READING_HEADER;
    }

    /**
     * Takes as many bytes as the state allows.
     *
     * @throws IstException if the donor breaks the protocol or reports an error, or the sink refuses an event; the session has ended then
     */
    void received(ByteBuf in) throws IstException {
        try {
            boolean progress = true;
            while (progress) {
                progress = switch (state) {
                    case SHAKING_HANDS -> readHandshakeResponse(in);
                    case READING_HEADER -> readHeader(in);
                    case READING_PAYLOAD -> readPayload(in);
                    case WAITING_FOR_START, ENDED -> false;
                };
            }
        } catch (IstException e) {
            state = State.ENDED;
            throw e;
        }
    }

    /** The connection closed before the end of the stream. Returns what to report. */
    IstException closedEarly() {
        boolean established = isEstablished();
        state = State.ENDED;
        return established
                ? new IstException(
                        Errno.ECONNRESET,
                        "error receiving trx header: the donor closed the connection after seqno "
                                + (lastReceived() == Seqno.UNDEFINED ? "none" : Long.toString(lastReceived()))
                                + ", expected last: " + need.last())
                : new IstException(Errno.ECONNRESET, "error receiving handshake: the peer closed the connection");
    }

    private boolean readHandshakeResponse(ByteBuf in) throws IstException {
        IstMessage answer = wire.read(in);
        if (answer == null) {
            return false;
        }
        if (answer.type() == IstMessageType.CONTROL) {
            throw new IstException(
                    Errno.EPROTO,
                    answer.control() == IstMessage.CONTROL_EOF
                            ? "the peer ended the connection in the handshake"
                            : "handshake failed, peer reported error: " + -answer.control());
        }
        if (answer.type() != IstMessageType.HANDSHAKE_RESPONSE) {
            throw new IstException(Errno.EPROTO, "unexpected message type in the handshake: " + answer.type());
        }
        connection.send(IstMessage.OK);
        state = State.WAITING_FOR_START;
        return true;
    }

    private boolean readHeader(ByteBuf in) throws IstException {
        message = wire.read(in);
        if (message == null) {
            return false;
        }
        if (message.type() == IstMessageType.CONTROL) {
            end(message.control());
            return false;
        }
        if (!message.isOrdered()) {
            throw new IstException(Errno.EPROTO, "unexpected message type: " + message.type());
        }
        range.next(message);
        if (message.type() == IstMessageType.SKIP) {
            deliver(IstEvent.Kind.SKIPPED, null);
            return true;
        }
        payload = new EventPayload(message, kind(message.type()), sink);
        state = State.READING_PAYLOAD;
        return true;
    }

    private void end(int control) throws IstException {
        if (control < 0) {
            throw new IstException(Errno.EPROTO, "peer reported error: " + -control);
        }
        if (control != IstMessage.CONTROL_EOF) {
            throw new IstException(Errno.EPROTO, "unexpected ctrl code: " + control);
        }
        range.ends();
        state = State.ENDED;
    }

    private boolean readPayload(ByteBuf in) throws IstException {
        if (!payload.fill(in)) {
            return false;
        }
        ByteBuffer bytes = payload.bytes();
        IstEvent.Kind kind = payload.kind();
        payload = null;
        state = State.READING_HEADER;
        deliver(kind, bytes);
        return true;
    }

    private void deliver(IstEvent.Kind kind, ByteBuffer bytes) throws IstException {
        sink.ordered(
                new IstEvent(message.seqno(), kind, message.dependsSeqno(), bytes),
                message.preload(),
                range.mustApply());
    }

    private static IstEvent.Kind kind(IstMessageType type) {
        return type == IstMessageType.WRITE_SET ? IstEvent.Kind.WRITE_SET : IstEvent.Kind.CONFIGURATION_CHANGE;
    }

    /** Gives back memory of an event that never became complete. */
    void dispose() {
        state = State.ENDED;
        if (payload != null) {
            payload.dispose();
            payload = null;
        }
    }
}

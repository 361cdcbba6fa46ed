package io.wsrep4j.ist;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Errno;

/**
 * The donor's side of one connection up to the stream itself (docs/spec/replicator-state-transfer.md 20.4 and 21.2). Not thread-safe: owned by the
 * sender's thread.
 */
final class SenderSession {

    private enum State {
        WAITING_FOR_HANDSHAKE,
        WAITING_FOR_OK,
        STREAMING
    }

    private final IstWire wire;
    private final ReceiverSession.Connection connection;
    private State state = State.WAITING_FOR_HANDSHAKE;

    SenderSession(IstWire wire, ReceiverSession.Connection connection) {
        this.wire = wire;
        this.connection = connection;
    }

    /**
     * Takes the joiner's messages.
     *
     * @return true once the joiner waits for the stream
     * @throws IstException if the joiner breaks the protocol or reports an error
     */
    boolean received(ByteBuf in) throws IstException {
        while (state != State.STREAMING) {
            IstMessage message = wire.read(in);
            if (message == null) {
                return false;
            }
            state = switch (state) {
                case WAITING_FOR_HANDSHAKE -> onHandshake(message);
                case WAITING_FOR_OK -> onControl(message);
                case STREAMING -> State.STREAMING;
            };
        }
        return true;
    }

    private State onHandshake(IstMessage message) throws IstException {
        if (message.type() == IstMessageType.CONTROL) {
            throw new IstException(Errno.EPROTO, "IST handshake failed, peer reported error: " + -message.control());
        }
        if (message.type() != IstMessageType.HANDSHAKE) {
            throw new IstException(Errno.EPROTO, "unexpected message type in the handshake: " + message.type());
        }
        connection.send(IstMessage.HANDSHAKE_RESPONSE);
        return State.WAITING_FOR_OK;
    }

    private static State onControl(IstMessage message) throws IstException {
        if (message.type() != IstMessageType.CONTROL) {
            throw new IstException(Errno.EPROTO, "unexpected message type after the handshake: " + message.type());
        }
        if (message.control() < 0) {
            throw new IstException(Errno.EPROTO, "IST handshake failed, peer reported error: " + -message.control());
        }
        return State.STREAMING;
    }
}

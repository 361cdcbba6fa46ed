package io.wsrep4j.gcomm.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * TLS that shakes hands once (docs/spec/gcomm-transport-pc.md 20.3). A peer that asks for another handshake on a running connection, as TLS 1.2 lets
 * it, makes this node sign and verify for as long as it likes; nobody here needs that, and the JDK can only forbid it to the whole process. So the
 * records are watched before they are decoded: after ChangeCipherSpec a sound peer sends one more handshake record (TLS 1.2: Finished; TLS 1.3: the
 * second ClientHello, if that was asked for), everything later travels as application data.
 */
final class GuardedTls extends SslHandler {

    private static final int HEADER_LENGTH = 5;
    private static final int CHANGE_CIPHER_SPEC = 20;
    private static final int HANDSHAKE = 22;

    private final byte[] header = new byte[HEADER_LENGTH];
    private int headerBytes;
    private int recordRemaining;
    private boolean changedCipher;
    private int handshakesAfterChange;
    private boolean refused;
    private long received;

    GuardedTls(SSLEngine engine) {
        super(engine);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        if (refused || message instanceof ByteBuf bytes && asksAgain(bytes)) {
            ReferenceCountUtil.release(message);
            if (!refused) {
                refused = true;
                context.fireExceptionCaught(new SSLException("it wants to shake TLS hands again, which is refused"));
                context.close();
            }
            return;
        }
        super.channelRead(context, message);
    }

    /** Bytes that came so far. Event loop. */
    long received() {
        return received;
    }

    private boolean asksAgain(ByteBuf bytes) {
        received += bytes.readableBytes();
        int at = bytes.readerIndex();
        int end = bytes.writerIndex();
        while (at < end) {
            if (recordRemaining > 0) {
                int skipped = Math.min(recordRemaining, end - at);
                recordRemaining -= skipped;
                at += skipped;
                continue;
            }
            header[headerBytes++] = bytes.getByte(at++);
            if (headerBytes == HEADER_LENGTH) {
                headerBytes = 0;
                recordRemaining = (header[3] & 0xFF) << 8 | header[4] & 0xFF;
                if (asksAgain(header[0])) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean asksAgain(int type) {
        if (type == CHANGE_CIPHER_SPEC) {
            changedCipher = true;
        } else if (type == HANDSHAKE && changedCipher) {
            handshakesAfterChange++;
        }
        return handshakesAfterChange > 1;
    }
}

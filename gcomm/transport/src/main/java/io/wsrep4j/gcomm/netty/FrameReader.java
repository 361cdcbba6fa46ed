package io.wsrep4j.gcomm.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.wsrep4j.gcomm.frame.Checksum;
import io.wsrep4j.gcomm.frame.Frame;
import io.wsrep4j.gcomm.frame.MalformedFrameException;
import java.util.List;

/**
 * Cuts a stream into frames and hands their payloads over, each once its length and checksum are right. Keeps at most one frame and what came
 * with it in memory. All frames of one read are handed over under one lock.
 */
final class FrameReader extends ByteToMessageDecoder {

    /** Who gets the payloads. Called on the event loop. */
    interface Sink {

        /** Begins a run of frames. */
        void enter();

        /**
         * A payload: the buffer's readable bytes, valid until the call returns.
         *
         * @return false if the connection is closing, so that the rest of what it sent is not wanted
         */
        boolean onPayload(ByteBuf payload);

        /** The stream cannot be read any further. */
        void onMalformed(MalformedFrameException e);

        /** Ends a run of frames. */
        void leave();
    }

    private final Frame frame;
    private final Sink sink;
    private boolean finished;

    FrameReader(Checksum checksum, Sink sink) {
        this.frame = new Frame(checksum);
        this.sink = sink;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object input) throws Exception {
        sink.enter();
        try {
            super.channelRead(context, input);
        } finally {
            sink.leave();
        }
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (finished) {
            in.skipBytes(in.readableBytes());
            return;
        }
        if (in.readableBytes() < Integer.BYTES) {
            return;
        }
        try {
            int header = in.readerIndex();
            int length = frame.payloadLength(in, header);
            if (in.readableBytes() < Frame.HEADER_LENGTH + length) {
                return;
            }
            frame.verify(in, header, length);
            handOver(in, header + Frame.HEADER_LENGTH, length);
        } catch (MalformedFrameException e) {
            finished = true;
            in.skipBytes(in.readableBytes());
            sink.onMalformed(e);
        }
    }

    private void handOver(ByteBuf in, int start, int length) {
        int end = in.writerIndex();
        in.setIndex(start, start + length);
        try {
            finished = !sink.onPayload(in);
        } finally {
            in.setIndex(start + length, end);
        }
    }
}

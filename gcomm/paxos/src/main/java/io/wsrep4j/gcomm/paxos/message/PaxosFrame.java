package io.wsrep4j.gcomm.paxos.message;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A frame: who says it, where it stands, and what it says (docs/spec/paxos.md 21.1).
 *
 * @param epoch the sender's; 0 before membership
 * @param groupId 0 if unknown yet
 * @param from the sender's mid; 0 for none yet
 * @param to the receiver's mid; 0 if unknown
 * @param configuration the newest configuration number that the sender knows
 * @param executed the first slot the sender has not executed; 0 for none
 * @param maxSlot the highest slot it knows in use; 0 for none
 * @param sections 1 to {@link #MAX_SECTIONS}
 */
public record PaxosFrame(
        int epoch,
        long groupId,
        int from,
        int to,
        int configuration,
        long executed,
        long maxSlot,
        List<Section> sections) {

    public static final int HEADER_LENGTH = 56;
    public static final int MAX_SECTIONS = 1024;

    private static final int MAGIC = 0x5857;
    private static final int VERSION = 1;
    private static final int LENGTH_OFFSET = 4;
    private static final int CHECKSUM_OFFSET = 8;
    private static final int SECTION_HEADER = 8;
    private static final int MAY_BE_SKIPPED = 0x80;

    /** The bytes of this frame. */
    public ByteBuffer encode() {
        WireWriter out = new WireWriter();
        out.u16(MAGIC);
        out.u8(VERSION);
        out.u8(0);
        out.u32(0);
        out.u32(0);
        out.u32(epoch);
        out.u64(groupId);
        out.u32(from);
        out.u32(to);
        out.u32(configuration);
        out.u16(sections.size());
        out.u16(0);
        out.u64(executed);
        out.u64(maxSlot);
        for (Section section : sections) {
            out.u8(section.code());
            out.u8(0);
            out.u16(0);
            int length = out.reserve32();
            section.write(out);
            out.fillLength(length);
        }
        out.setU32(LENGTH_OFFSET, out.position());
        ByteBuffer bytes = out.done();
        bytes.putInt(CHECKSUM_OFFSET, checksum(bytes));
        return bytes;
    }

    /**
     * Reads one whole frame. Values are views of its bytes, to which nobody writes any more.
     *
     * @param bytes between position and limit, all of the frame
     * @param longest allowed, in bytes
     * @throws MalformedFrameException naming what is wrong; nothing of the frame is to be believed then
     */
    public static PaxosFrame decode(ByteBuffer bytes, int longest) {
        WireReader in = new WireReader(bytes);
        int magic = in.u16();
        int version = in.u8();
        if (magic != MAGIC || version != VERSION) {
            throw new MalformedFrameException("not a frame of version 1");
        }
        in.zero8("frame's flags");
        int length = in.intIn("frame's length", HEADER_LENGTH, longest);
        int checksum = in.u32();
        if (length != bytes.remaining() || checksum != checksum(bytes)) {
            throw new MalformedFrameException("length or checksum of the frame is wrong");
        }
        int epoch = in.mid("epoch");
        long groupId = in.u64();
        int from = in.mid("sender's mid");
        int to = in.mid("receiver's mid");
        int configuration = in.mid("configuration's number");
        int count = in.u16();
        in.zero16("header's reserved bytes");
        long executed = in.slotOrNone("executed");
        long maxSlot = in.slotOrNone("highest slot");
        List<Section> sections = sections(in, count);
        return new PaxosFrame(epoch, groupId, from, to, configuration, executed, maxSlot, sections);
    }

    private static List<Section> sections(WireReader in, int count) {
        if (count < 1 || count > MAX_SECTIONS) {
            throw new MalformedFrameException("a frame has 1 to " + MAX_SECTIONS + " sections, not " + count);
        }
        List<Section> sections = new ArrayList<>(Math.min(count, 64));
        for (int i = 0; i < count; i++) {
            int code = in.u8();
            int flags = in.u8();
            in.zero16("section's reserved bytes");
            WireReader body = in.part("section", in.u32());
            if ((flags & ~MAY_BE_SKIPPED) != 0) {
                throw new MalformedFrameException("section's flags are " + flags);
            }
            Section section = SectionReaders.read(code, body);
            if (section != null) {
                body.end("section " + code);
                sections.add(section);
            } else if (flags != MAY_BE_SKIPPED) {
                throw new MalformedFrameException("unknown section " + code);
            }
        }
        in.end("frame");
        return sections;
    }

    private static int checksum(ByteBuffer bytes) {
        ByteBuffer view = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        int begin = view.position();
        int end = view.limit();
        CRC32C crc = new CRC32C();
        crc.update(view.limit(begin + CHECKSUM_OFFSET));
        crc.update(new byte[Integer.BYTES]);
        crc.update(view.limit(end).position(begin + CHECKSUM_OFFSET + Integer.BYTES));
        return (int) crc.getValue();
    }
}

package io.wsrep4j.jna;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import io.wsrep4j.api.Member;
import io.wsrep4j.api.View;
import io.wsrep4j.api.ViewStatus;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** {@code wsrep_view_info_t} in memory (docs/spec/wsrep-api-v26.md 3.3). */
final class ViewImage {

    private static final int VIEW = 24;
    private static final int STATUS = 32;
    private static final int CAPABILITIES = 36;
    private static final int OWN_INDEX = 40;
    private static final int MEMBER_COUNT = 44;
    private static final int PROTOCOL = 48;
    private static final int MEMBERS = 56;
    private static final int MEMBER_BYTES = 304;
    private static final int NAME = 16;
    private static final int NAME_BYTES = 32;
    private static final int INCOMING = 48;
    private static final int INCOMING_BYTES = 256;

    private ViewImage() {}

    static Memory write(View view) {
        int count = view.members().size();
        Memory memory = new Memory(MEMBERS + (long) count * MEMBER_BYTES);
        memory.clear();
        NativeMemory.putGtid(memory, view.stateId());
        memory.setLong(VIEW, view.viewNumber());
        memory.setInt(STATUS, view.status().ordinal());
        memory.setInt(CAPABILITIES, view.capabilities());
        memory.setInt(OWN_INDEX, view.ownIndex());
        memory.setInt(MEMBER_COUNT, count);
        memory.setInt(PROTOCOL, view.protocolVersion());
        for (int i = 0; i < count; i++) {
            writeMember(
                    memory.share(MEMBERS + (long) i * MEMBER_BYTES),
                    view.members().get(i));
        }
        return memory;
    }

    private static void writeMember(Pointer at, Member member) {
        NativeMemory.putUuid(at, 0, member.id());
        writeText(at, NAME, member.name(), NAME_BYTES);
        writeText(at, INCOMING, member.incomingAddress(), INCOMING_BYTES);
    }

    /** Cut to the field, at a character's border; the field's last byte stays NUL. */
    private static void writeText(Pointer at, int offset, String text, int fieldBytes) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, fieldBytes - 1);
        while (length < bytes.length && length > 0 && (bytes[length] & 0xC0) == 0x80) {
            length--;
        }
        at.write(offset, bytes, 0, length);
    }

    static View read(Pointer memory) {
        int count = memory.getInt(MEMBER_COUNT);
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Pointer at = memory.share(MEMBERS + (long) i * MEMBER_BYTES);
            members.add(new Member(
                    NativeMemory.uuid(at, 0), readText(at, NAME, NAME_BYTES), readText(at, INCOMING, INCOMING_BYTES)));
        }
        return new View(
                NativeMemory.gtid(memory),
                memory.getLong(VIEW),
                ViewStatus.values()[memory.getInt(STATUS)],
                memory.getInt(CAPABILITIES),
                memory.getInt(OWN_INDEX),
                memory.getInt(PROTOCOL),
                members);
    }

    /** The field may be full, without a NUL. */
    private static String readText(Pointer at, int offset, int fieldBytes) {
        byte[] bytes = at.getByteArray(offset, fieldBytes);
        int length = 0;
        while (length < fieldBytes && bytes[length] != 0) {
            length++;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}

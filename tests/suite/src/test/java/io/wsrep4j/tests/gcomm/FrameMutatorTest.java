package io.wsrep4j.tests.gcomm;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.wsrep4j.gcomm.frame.Checksum;
import io.wsrep4j.gcomm.frame.Frame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The liar of {@code MemberFuzzTest} tells everybody the same in one place of the order, in its own name only. */
@Tag("unit")
class FrameMutatorTest {

    private static final int LIAR = 4;
    private static final int HANDSHAKE = 1;
    private static final int USER = 8;
    private static final int EVS = 20;
    private static final int LENGTH = 200;
    private static final byte RETRANS = 2;
    private static final int SEEDS = 200;

    private static byte[] message(int type, int source, int slot, byte flags) {
        byte[] message = new byte[LENGTH];
        message[1] = (byte) type;
        Arrays.fill(message, 4, EVS, (byte) source);
        message[EVS] = (byte) 0x85;
        message[EVS + 1] = flags;
        message[EVS + 36] = (byte) slot;
        Arrays.fill(message, EVS + 52, LENGTH, (byte) (source + slot));
        return message;
    }

    private static List<byte[]> through(FrameMutator mutator, byte[] message) throws IOException {
        ByteArrayOutputStream heard = new ByteArrayOutputStream();
        try (OutputStream wire = mutator.between(LIAR, 1, heard)) {
            ByteBuf frame = Unpooled.buffer();
            frame.writeZero(Frame.HEADER_LENGTH).writeBytes(message).skipBytes(Frame.HEADER_LENGTH);
            new Frame(Checksum.CRC32C).sealUnshared(frame);
            wire.write(frame.array(), 0, Frame.HEADER_LENGTH + message.length);
        }
        List<byte[]> messages = new ArrayList<>();
        ByteBuf all = Unpooled.wrappedBuffer(heard.toByteArray());
        while (all.isReadable()) {
            byte[] next = new byte[all.readIntLE() & 0x00FF_FFFF];
            all.skipBytes(Frame.HEADER_LENGTH - Integer.BYTES).readBytes(next);
            messages.add(next);
        }
        return messages;
    }

    private static FrameMutator mutator(long seed) throws IOException {
        FrameMutator mutator = new FrameMutator(seed, LIAR);
        through(mutator, message(HANDSHAKE, LIAR, 0, (byte) 0));
        through(mutator, message(USER, LIAR, 1, (byte) 0));
        mutator.oneIn(1);
        return mutator;
    }

    @Test
    void what_is_passed_on_in_anothers_name_is_left_as_it_is_though_its_place_has_the_same_number() throws IOException {
        for (int seed = 0; seed < SEEDS; seed++) {
            FrameMutator mutator = mutator(seed);
            through(mutator, message(USER, LIAR, 7, (byte) 0));
            byte[] passedOn = message(USER, 1, 7, (byte) 0);
            assertThat(through(mutator, passedOn)).as("seed %d", seed).containsExactly(passedOn);
        }
    }

    @Test
    void a_message_that_is_sent_again_says_the_same_and_nothing_else_is_said_in_its_place() throws IOException {
        for (int seed = 0; seed < SEEDS; seed++) {
            FrameMutator mutator = mutator(seed);
            List<byte[]> first = through(mutator, message(USER, LIAR, 7, (byte) 0));
            List<byte[]> again = through(mutator, message(USER, LIAR, 7, RETRANS));
            if (!first.isEmpty()) {
                again.forEach(one -> one[EVS + 1] = first.get(0)[EVS + 1]);
                for (byte[] one : again) {
                    assertThat(one).as("seed %d", seed).isEqualTo(first.get(0));
                }
                assertThat(first).as("seed %d", seed).allSatisfy(one -> assertThat(one)
                        .isEqualTo(first.get(0)));
            }
        }
    }
}

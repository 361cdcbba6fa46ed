package io.wsrep4j.gcomm.paxos;

import static io.wsrep4j.gcomm.paxos.SimulatedGroup.MILLIS;
import static io.wsrep4j.gcomm.paxos.SimulatedGroup.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.gcomm.paxos.message.MalformedFrameException;
import io.wsrep4j.gcomm.paxos.message.Mode;
import io.wsrep4j.gcomm.paxos.message.PaxosFrame;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** A member whose frames say anything: what it can say is not promised to be harmless, but no frame throws, and none takes long (docs/spec/paxos.md 24). */
final class HostileFramesTest {

    private static final int SEEDS = Integer.getInteger("paxos.hostile.seeds", 6);

    @Test
    void noFrameKillsOrBlocksAMember() {
        int mutated = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            mutated += run(seed);
        }
        assertThat(mutated).isGreaterThan(SEEDS * 100);
    }

    private static int run(int seed) {
        Random random = new Random(seed);
        PaxosSettings base = PaxosSettings.DEFAULTS;
        PaxosSettings settings = new PaxosSettings(base.timing(), base.bounds(), base.groupName(), 64, 1);
        SimulatedGroup group = SimulatedGroup.of(seed, new Rules(), settings, Mode.values()[seed % 3], 1, 1, 1, 1);
        group.journal.isOff = true;
        int[] mutated = new int[1];
        group.tamper = (from, bytes) -> {
            if (from != 3 || random.nextInt(4) == 0) {
                return bytes;
            }
            for (int attempt = 0; attempt < 20; attempt++) {
                byte[] changed = new byte[bytes.remaining()];
                bytes.duplicate().get(changed);
                int header = random.nextInt(4) == 0 ? 36 : PaxosFrame.HEADER_LENGTH;
                for (int i = random.nextInt(3); i >= 0; i--) {
                    int at = header + random.nextInt(changed.length - header);
                    changed[at] =
                            (byte) (random.nextBoolean() ? random.nextInt() : changed[at] + random.nextInt(5) - 2);
                }
                ByteBuffer sealed = sealed(changed);
                try {
                    PaxosFrame.decode(sealed, SimulatedGroup.LONGEST_FRAME);
                    mutated[0]++;
                    return sealed;
                } catch (MalformedFrameException refused) {
                    continue;
                }
            }
            return bytes;
        };
        for (int i = 0; i < 300; i++) {
            group.member(random.nextInt(4)).send(12 + random.nextInt(60));
            group.runFor(random.nextLong(40 * MILLIS));
            if (i % 100 == 50) {
                group.member(3).call(core -> core.setMode(Mode.values()[random.nextInt(3)], 4, group.now));
            }
        }
        group.runFor(15 * SECOND);
        return mutated[0];
    }

    private static ByteBuffer sealed(byte[] frame) {
        ByteBuffer bytes = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(8, 0);
        CRC32C crc = new CRC32C();
        crc.update(frame);
        bytes.putInt(8, (int) crc.getValue());
        return bytes;
    }
}

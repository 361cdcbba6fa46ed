package io.wsrep4j.provider.writeset;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.hash.MurmurHash128;
import io.wsrep4j.api.hash.MurmurHash32;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** docs/spec/writeset-certification.md checklist 1 and 2. */
class HashesTest {

    @Test
    void galeraSeedsGiveTheGoldenValues() {
        MurmurHash128 hash = new MurmurHash128();
        for (Json.Node entry : Json.vectors("hashes.json").get("hashes").list()) {
            ByteBuffer input = GoldenWriteSet.direct(entry.get("input").bytes());
            hash.hash(input, 0, input.limit());
            assertThat(hex(hash)).isEqualTo(entry.get("mmh128").text());
            assertThat(String.format("%08x", MurmurHash32.hash(input, 0, input.limit())))
                    .isEqualTo(entry.get("mmh32").text());
        }
    }

    @Test
    void seedZeroGivesThePublishedValues() {
        MurmurHash128 hash = new MurmurHash128(0, 0);
        for (Json.Node entry : Json.vectors("hashes.json").get("standard").list()) {
            ByteBuffer input = ByteBuffer.wrap(entry.get("input").bytes());
            hash.hash(input, 0, input.limit());
            assertThat(hex(hash)).isEqualTo(entry.get("mmh128_seed0").text());
            assertThat(String.format("%08x", MurmurHash32.hash(input, 0, input.limit(), 0)))
                    .isEqualTo(entry.get("mmh32_seed0").text());
        }
    }

    @Property(tries = 500)
    void arraysAndBuffersOfAnyKindAgree(@ForAll @Size(max = 200) byte[] input, @ForAll boolean little) {
        MurmurHash128 whole = new MurmurHash128();
        ByteBuffer direct = ByteBuffer.allocateDirect(input.length + 3).put(3, input);
        direct.order(little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        whole.hash(direct, 3, input.length);

        MurmurHash128 blockwise = new MurmurHash128();
        byte[] padded = java.util.Arrays.copyOf(input, input.length + 16);
        int at = 0;
        for (; input.length - at >= 16; at += 16) {
            blockwise.blocks(padded, at, 16);
        }
        blockwise.finish(padded, at, input.length - at);

        assertThat(hex(blockwise)).isEqualTo(hex(whole));
        assertThat(MurmurHash32.hash(direct, 3, input.length))
                .isEqualTo(MurmurHash32.hash(ByteBuffer.wrap(input), 0, input.length));
    }

    @Property(tries = 100)
    void aBlockGivenAsTwoWordsHashesLikeItsBytes(@ForAll long first, @ForAll long second) {
        MurmurHash128 hash = new MurmurHash128();
        hash.hash(
                ByteBuffer.allocate(16)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(0, first)
                        .putLong(8, second),
                0,
                16);

        assertThat(MurmurHash128.lowOfBlock(first, second)).isEqualTo(hash.low());
    }

    private static String hex(MurmurHash128 hash) {
        ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(hash.low()).putLong(hash.high());
        return HexFormat.of().formatHex(bytes.array());
    }
}

package io.wsrep4j.gcomm.evs;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.Uuid;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** docs/spec/gcomm-evs.md 12.2, checklist 40. */
class ConsensusEqualityTest {

    @TestFactory
    Stream<DynamicTest> joins_are_equal_as_the_vectors_say() {
        return EvsCodecTest.stream(Vectors.read("join_equal.json").get("pairs"))
                .map(pair -> DynamicTest.dynamicTest(pair.get("name").asText(), () -> {
                    JoinMessage a = join(pair.get("a").asText());
                    JoinMessage b = join(pair.get("b").asText());
                    boolean equal = pair.get("equal").asBoolean();
                    assertThat(Consensus.equal(a, a.knowledge(), b, b.knowledge()))
                            .isEqualTo(equal);
                    assertThat(Consensus.equal(b, b.knowledge(), a, a.knowledge()))
                            .isEqualTo(equal);
                }));
    }

    /** The vectors carry the source in the message where it matters; otherwise the sender is the first node that says it is here. */
    private static JoinMessage join(String hex) throws MalformedMessageException {
        return (JoinMessage) new EvsDecoder().decode(Vectors.bytes(hex), Uuid.UNDEFINED);
    }
}

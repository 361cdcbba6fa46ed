package io.wsrep4j.gcomm.group.message;

import static io.wsrep4j.gcomm.group.message.Vectors.bytes;
import static io.wsrep4j.gcomm.group.message.Vectors.hex;
import static io.wsrep4j.gcomm.group.message.Vectors.number;
import static io.wsrep4j.gcomm.group.message.Vectors.string;
import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Uuid;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What real nodes said around state transfers and a vote: the group's messages as the replicator sees them (docs/spec/gcs.md 4, 9 and 15.1). */
final class TransferVectorsTest {

    private static final int GTID_AND_CODE = Uuid.BYTES + 2 * Long.BYTES;

    @TestFactory
    Stream<DynamicTest> everyReportIsReadAndWritten() {
        return Vectors.of("code_messages.json", "vectors").stream()
                .map(v -> DynamicTest.dynamicTest(string(v, "name"), () -> {
                    Map<String, Object> expected = Vectors.object(v.get("decoded"));
                    CodeMessage message = CodeMessage.decode(bytes(v, "hex"));
                    assertThat(message.position())
                            .hasToString(string(expected, "uuid") + ":" + number(expected, "seqno"));
                    assertThat(message.code()).isEqualTo(number(expected, "code"));
                    assertThat(hex(message.encode().clear())).isEqualTo(string(v, "hex"));
                }));
    }

    @TestFactory
    Stream<DynamicTest> everyStoredConfigurationChangeIsReadAndWritten() {
        return Vectors.of("cc_actions.json", "vectors").stream()
                .map(v -> DynamicTest.dynamicTest(string(v, "name"), () -> {
                    Map<String, Object> expected = Vectors.object(v.get("decoded"));
                    ConfigurationChange change = ConfigurationChange.decode(bytes(v, "hex"));
                    assertThat(change.position())
                            .hasToString(string(expected, "uuid") + ":" + number(expected, "seqno"));
                    assertThat(change.configurationId()).isEqualTo(number(expected, "conf_id"));
                    assertThat(change.replicatorProtocol()).isEqualTo((int) number(expected, "repl_proto"));
                    assertThat(change.members().stream().map(m -> m.id() + " " + m.name() + " " + m.state()))
                            .isEqualTo(Vectors.objects(expected.get("members")).stream()
                                    .map(m -> m.get("uuid") + " " + m.get("name") + " " + m.get("state"))
                                    .toList());
                    assertThat(hex(ByteBuffer.wrap(change.encode()))).isEqualTo(string(v, "hex"));
                }));
    }

    @TestFactory
    Stream<DynamicTest> aVoteHasTheValueThatARealNodeLogged() {
        return Vectors.of("vote_hash.json", "vectors").stream()
                .map(v -> DynamicTest.dynamicTest(string(v, "name"), () -> {
                    Map<String, Object> expected = Vectors.object(v.get("decoded"));
                    ByteBuffer hashed = bytes(v, "hex");
                    ByteBuffer text = hashed.slice(GTID_AND_CODE, hashed.remaining() - GTID_AND_CODE);
                    long value = VoteMessage.value(
                            new Gtid(Uuid.parse(string(expected, "uuid")), number(expected, "seqno")),
                            number(expected, "code"),
                            text);
                    assertThat(Long.toHexString(value)).isEqualTo(string(expected, "vote"));
                }));
    }
}

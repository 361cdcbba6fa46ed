package io.wsrep4j.gcomm.group.message;

import static io.wsrep4j.gcomm.group.message.Vectors.bytes;
import static io.wsrep4j.gcomm.group.message.Vectors.hex;
import static io.wsrep4j.gcomm.group.message.Vectors.integer;
import static io.wsrep4j.gcomm.group.message.Vectors.number;
import static io.wsrep4j.gcomm.group.message.Vectors.string;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Uuid;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every byte of the golden vectors, read and written (docs/spec/gcs.md checklist 1, 2, 3, 7 to 11, 13, 14). */
final class GoldenVectorsTest {

    @TestFactory
    Stream<DynamicTest> everyMessageIsReadAndWritten() {
        return Vectors.of("messages.json", "vectors").stream()
                .map(v -> DynamicTest.dynamicTest(string(v, "name"), () -> checkMessage(v)));
    }

    private static void checkMessage(Map<String, Object> vector) throws MalformedMessageException {
        ByteBuffer payload = bytes(vector, "hex");
        Map<String, Object> expected = Vectors.object(vector.get("decoded"));
        switch (MessageType.ofCode(integer(vector, "msg_type"))) {
            case STATE_UUID -> assertThat(Uuid.read(payload, 0)).hasToString(string(expected, "uuid"));
            case STATE_MESSAGE -> checkState(payload, expected);
            case ACTION -> checkFragment(payload, expected);
            case LAST, JOIN, SYNC -> checkCode(payload, expected);
            case FLOW -> {
                FlowMessage flow = FlowMessage.decode(payload);
                assertThat(Integer.toUnsignedLong(flow.configuration())).isEqualTo(number(expected, "conf_id"));
                assertThat(flow.stop()).isEqualTo(number(expected, "stop") != 0);
                assertThat(hex(flow.encode().clear())).isEqualTo(hex(payload));
            }
            case VOTE -> checkVote(payload, expected);
        }
    }

    private static void checkState(ByteBuffer payload, Map<String, Object> expected) throws MalformedMessageException {
        StateMessage message = StateMessage.decode(payload);
        assertThat(message.version()).isEqualTo(integer(expected, "version"));
        assertThat(message.flags()).isEqualTo(integer(expected, "flags"));
        assertThat(message.supported().group()).isEqualTo(integer(expected, "gcs_proto_ver"));
        assertThat(message.supported().replicator()).isEqualTo(integer(expected, "repl_proto_ver"));
        assertThat(message.lastPrimary().state().name()).isEqualTo(string(expected, "prim_state_text"));
        assertThat(message.currentState().name()).isEqualTo(string(expected, "current_state_text"));
        assertThat(message.lastPrimary().completeMembers()).isEqualTo(integer(expected, "prim_joined"));
        assertThat(message.exchange()).hasToString(string(expected, "state_uuid"));
        assertThat(message.position()).hasToString(string(expected, "group_uuid") + ":" + number(expected, "received"));
        assertThat(message.lastPrimary().uuid()).hasToString(string(expected, "prim_uuid"));
        assertThat(message.lastPrimary().configurationId()).isEqualTo(number(expected, "prim_seqno"));
        assertThat(utf8(message.name())).isEqualTo(string(expected, "name"));
        assertThat(utf8(message.incomingAddress())).isEqualTo(string(expected, "inc_addr"));
        assertThat(message.supported().application()).isEqualTo((int) field(expected, "appl_proto_ver", 0));
        assertThat(message.cachedFrom()).isEqualTo(field(expected, "cached", -1));
        assertThat(message.desyncCount()).isEqualTo((int) field(expected, "desync_count", 0));
        assertThat(message.commitCut()).isEqualTo(field(expected, "last_applied", 0));
        assertThat(message.vote().seqno()).isEqualTo(field(expected, "vote_seqno", 0));
        assertThat(message.vote().value()).isEqualTo(field(expected, "vote_res", 0));
        assertThat(message.votePolicy()).isEqualTo((int) field(expected, "vote_policy", 1));
        assertThat(message.used().group()).isEqualTo((int) field(expected, "prim_gcs_ver", 0));
        assertThat(message.used().replicator()).isEqualTo((int) field(expected, "prim_repl_ver", 0));
        assertThat(message.used().application()).isEqualTo((int) field(expected, "prim_appl_ver", 0));
        if (message.version() == StateMessage.VERSION) {
            assertThat(hex(message.encode())).isEqualTo(hex(payload));
        }
        ByteBuffer longer = ByteBuffer.allocate(payload.remaining() + 9);
        longer.put(0, payload, 0, payload.remaining());
        if (message.version() >= StateMessage.VERSION) {
            assertThat(StateMessage.decode(longer)).isEqualTo(message);
        }
    }

    private static long field(Map<String, Object> expected, String key, long fallback) {
        return expected.containsKey(key) ? number(expected, key) : fallback;
    }

    private static String utf8(String name) {
        return new String(name.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private static void checkFragment(ByteBuffer payload, Map<String, Object> expected)
            throws MalformedMessageException {
        ActionFragment fragment = new ActionFragment();
        fragment.wrap(payload.order(ByteOrder.BIG_ENDIAN));
        assertThat(fragment.version()).isEqualTo(integer(expected, "proto_ver"));
        assertThat(fragment.actionId()).isEqualTo(number(expected, "act_id"));
        assertThat(fragment.actionSize()).isEqualTo(integer(expected, "act_size"));
        assertThat(fragment.number()).isEqualTo(number(expected, "frag_no"));
        assertThat(fragment.typeCode()).isEqualTo(integer(expected, "act_type_code"));
        assertThat(hex(fragment.data())).isEqualTo(string(expected, "frag"));
        assertThat(rewrite(fragment)).isEqualTo(hex(payload));
        if (expected.containsKey("state_request")) {
            checkRequest(fragment.data(), Vectors.object(expected.get("state_request")));
        }
    }

    private static String rewrite(ActionFragment fragment) {
        ByteBuffer header = ByteBuffer.allocate(ActionFragment.HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        ActionFragment.writeHeader(
                header,
                fragment.version(),
                fragment.actionId(),
                fragment.actionSize(),
                ActionType.ofCode(fragment.typeCode()));
        ActionFragment.writeNumber(header, (int) fragment.number());
        return hex(header) + hex(fragment.data());
    }

    private static void checkCode(ByteBuffer payload, Map<String, Object> expected) throws MalformedMessageException {
        CodeMessage message = CodeMessage.decode(payload);
        assertThat(message.position().seqno()).isEqualTo(number(expected, "seqno"));
        if (string(expected, "form").equals("seqno")) {
            assertThat(message.isOldForm()).isTrue();
            return;
        }
        assertThat(message.position().uuid()).hasToString(string(expected, "uuid"));
        assertThat(message.code()).isEqualTo(number(expected, "code"));
        assertThat(hex(message.encode().clear())).isEqualTo(hex(payload));
    }

    private static void checkVote(ByteBuffer payload, Map<String, Object> expected) throws MalformedMessageException {
        VoteMessage vote = VoteMessage.decode(payload);
        assertThat(vote.value()).isEqualTo(number(expected, "code"));
        assertThat(vote.text()).isEqualTo(string(expected, "text"));
        ByteBuffer text = payload.slice(CodeMessage.BYTES, payload.remaining() - CodeMessage.BYTES - 1);
        ByteBuffer again = VoteMessage.encode(vote.position(), vote.value(), text);
        assertThat(hex(again.clear())).isEqualTo(hex(payload));
    }

    @TestFactory
    Stream<DynamicTest> everyMessageOfARealClusterIsReadAndWritten() {
        return Vectors.of("capture_mariadb.json", "cases").stream()
                .map(v -> DynamicTest.dynamicTest(v.get("t") + " " + v.get("msg_type"), () -> checkCaptured(v)));
    }

    private static void checkCaptured(Map<String, Object> vector) throws MalformedMessageException {
        boolean whole = vector.containsKey("hex");
        // of large fragments the vectors have only the header; one byte stands for the data
        ByteBuffer payload = whole
                ? bytes(vector, "hex")
                : ByteBuffer.wrap(HexFormat.of().parseHex(string(vector, "header_hex") + "00"));
        String again =
                switch (string(vector, "msg_type")) {
                    case "ACTION" -> {
                        ActionFragment fragment = new ActionFragment();
                        fragment.wrap(payload);
                        yield rewrite(fragment);
                    }
                    case "STATE_MSG" -> hex(StateMessage.decode(payload).encode());
                    case "STATE_UUID" -> {
                        ByteBuffer uuid = ByteBuffer.allocate(Uuid.BYTES);
                        Uuid.read(payload, 0).write(uuid, 0);
                        yield hex(uuid);
                    }
                    case "FLOW" -> hex(FlowMessage.decode(payload).encode().clear());
                    default -> hex(CodeMessage.decode(payload).encode().clear());
                };
        assertThat(again).isEqualTo(hex(payload));
    }

    @TestFactory
    Stream<DynamicTest> everyStateTransferRequestIsReadAndWritten() {
        return Vectors.of("state_request.json", "vectors").stream()
                .map(v -> DynamicTest.dynamicTest(
                        string(v, "name"), () -> checkRequest(bytes(v, "hex"), Vectors.object(v.get("decoded")))));
    }

    private static void checkRequest(ByteBuffer action, Map<String, Object> expected) throws MalformedMessageException {
        StateTransferRequest request = StateTransferRequest.decode(action);
        assertThat(request.donors()).isEqualTo(string(expected, "donor"));
        assertThat(request.isDesync()).isEqualTo(expected.get("desync"));
        assertThat(hex(request.body())).isEqualTo(string(expected, "body"));
        if (number(expected, "str_version") >= 2) {
            assertThat(request.version()).isEqualTo(integer(expected, "str_version"));
            assertThat(request.position())
                    .hasToString(string(expected, "ist_uuid") + ":" + number(expected, "ist_seqno"));
        }
        assertThat(hex(ByteBuffer.wrap(request.encode()))).isEqualTo(hex(action));
    }

    @TestFactory
    Stream<DynamicTest> everyConfigurationChangeIsReadAndWritten() {
        return Vectors.of("cchange.json", "vectors").stream()
                .map(v -> DynamicTest.dynamicTest(string(v, "name"), () -> checkChange(v)));
    }

    private static void checkChange(Map<String, Object> vector) throws MalformedMessageException {
        ByteBuffer action = bytes(vector, "hex");
        Map<String, Object> expected = Vectors.object(vector.get("decoded"));
        ConfigurationChange change = ConfigurationChange.decode(action);
        assertThat(change.replicatorProtocol()).isEqualTo(integer(expected, "repl_proto_ver"));
        assertThat(change.applicationProtocol()).isEqualTo(integer(expected, "appl_proto_ver"));
        assertThat(change.position()).hasToString(string(expected, "uuid") + ":" + number(expected, "seqno"));
        assertThat(change.configurationId()).isEqualTo(number(expected, "conf_id"));
        assertThat(change.voteSeqno()).isEqualTo(number(expected, "vote_seqno"));
        assertThat(change.voteResult()).isEqualTo(number(expected, "vote_res"));
        List<String> members = new ArrayList<>();
        change.members()
                .forEach(m -> members.add(
                        m.id() + " " + m.name() + " " + m.incomingAddress() + " " + m.cachedFrom() + " " + m.state()));
        List<String> expectedMembers = new ArrayList<>();
        Vectors.objects(expected.get("members"))
                .forEach(m -> expectedMembers.add(m.get("uuid") + " " + m.get("name") + " " + m.get("incoming") + " "
                        + m.get("cached") + " " + m.get("state_text")));
        assertThat(members).isEqualTo(expectedMembers);
        assertThat(hex(ByteBuffer.wrap(change.encode()))).isEqualTo(hex(action));
        flipEveryBit(action);
    }

    private static void flipEveryBit(ByteBuffer action) {
        for (int bit = 0; bit < action.remaining() * Byte.SIZE; bit += 5) {
            byte[] changed = new byte[action.remaining()];
            action.get(0, changed);
            changed[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            assertThatThrownBy(() -> ConfigurationChange.decode(ByteBuffer.wrap(changed)))
                    .isInstanceOf(MalformedMessageException.class);
        }
    }

    @TestFactory
    Stream<DynamicTest> everyVoteHasItsValue() {
        return Vectors.of("vote_value.json", "vectors").stream()
                .map(v -> DynamicTest.dynamicTest(string(v, "name"), () -> {
                    long value = VoteMessage.value(
                            new Gtid(Uuid.parse(string(v, "uuid")), number(v, "seqno")),
                            number(v, "code"),
                            bytes(v, "hex"));
                    assertThat(value)
                            .isEqualTo(number(Vectors.object(v.get("decoded")), "value"))
                            .isNegative();
                }));
    }

    @Test
    void aSuccessfulVoteIsZero() {
        assertThat(VoteMessage.value(Gtid.UNDEFINED, 0, ByteBuffer.allocate(3))).isZero();
    }

    @TestFactory
    Stream<DynamicTest> everyDigestIsEqual() {
        return Vectors.of("digests.json", "cases").stream()
                .map(v -> DynamicTest.dynamicTest(v.get("len") + " bytes", () -> checkDigest(v)));
    }

    private static void checkDigest(Map<String, Object> vector) {
        ByteBuffer input = ByteBuffer.allocate(integer(vector, "len"));
        for (int i = 0; i < input.capacity(); i++) {
            input.put(i, (byte) (7 * i + 3));
        }
        assertThat(text(Digest.murmur(input))).isEqualTo(string(vector, "mmh3_128"));
        assertThat(text(Digest.fast(input))).isEqualTo(string(vector, "fast_hash128"));
        if (vector.get("spooky_128") != null) {
            assertThat(text(Digest.spooky(input))).isEqualTo(string(vector, "spooky_128"));
        }
    }

    private static String text(Digest digest) {
        ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        return hex(bytes.putLong(0, digest.low()).putLong(8, digest.high()));
    }

    @Test
    void aVotesTextIsCutAndEndsInZero() throws MalformedMessageException {
        ByteBuffer text = ByteBuffer.wrap("x".repeat(2000).getBytes(StandardCharsets.US_ASCII));
        ByteBuffer message = VoteMessage.encode(new Gtid(Uuid.UNDEFINED, 7), -3, text);
        assertThat(message.remaining()).isEqualTo(1024);
        assertThat(message.get(1023)).isZero();
        assertThat(VoteMessage.decode(message).text()).hasSize(991);
    }

    @Test
    void codeMessagesOfOddLengthsAreRefused() {
        for (int length = 0; length < CodeMessage.BYTES; length++) {
            ByteBuffer payload = ByteBuffer.allocate(length);
            if (length != CodeMessage.OLD_BYTES) {
                assertThatThrownBy(() -> CodeMessage.decode(payload)).isInstanceOf(MalformedMessageException.class);
            }
        }
    }

    @Test
    void aStateMessageOfVersion5UnderProtocol1HasDefaults() throws MalformedMessageException {
        Map<String, Object> vector = Vectors.of("messages.json", "vectors").stream()
                .filter(v -> string(v, "name").equals("state_msg_synthetic_version_5"))
                .findFirst()
                .orElseThrow();
        ByteBuffer payload = bytes(vector, "hex");
        payload.put(2, (byte) 1);
        StateMessage message = StateMessage.decode(payload);
        assertThat(message.commitCut()).isZero();
        assertThat(message.vote()).isEqualTo(new StateMessage.Vote(0, 0));
        assertThat(message.votePolicy()).isEqualTo(1);
    }

    @Test
    void truncatedMessagesAreMalformedAndNothingElse() {
        for (Map<String, Object> vector : Vectors.of("messages.json", "vectors")) {
            ByteBuffer whole = bytes(vector, "hex");
            for (int length = 0; length < Math.min(whole.remaining(), 200); length++) {
                ByteBuffer cut = whole.slice(0, length);
                assertThat(outcome(integer(vector, "msg_type"), cut)).isIn("read", "malformed");
            }
        }
    }

    private static String outcome(int type, ByteBuffer payload) {
        try {
            switch (MessageType.ofCode(type)) {
                case STATE_MESSAGE -> StateMessage.decode(payload).describe();
                case ACTION -> {
                    ActionFragment fragment = new ActionFragment();
                    fragment.wrap(payload);
                    fragment.describe();
                    StateTransferRequest.decode(fragment.data());
                }
                case VOTE -> VoteMessage.decode(payload);
                case FLOW -> FlowMessage.decode(payload);
                default -> CodeMessage.decode(payload).describe();
            }
            return "read";
        } catch (MalformedMessageException e) {
            return "malformed";
        }
    }
}

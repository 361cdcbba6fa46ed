package io.wsrep4j.gcomm.evs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.wsrep4j.api.Uuid;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** docs/spec/gcomm-evs.md checklist 1 to 9. */
class EvsCodecTest {

    private static final Uuid PEER = Uuid.parse("99999999-0000-1000-8000-000000000000");

    private final EvsDecoder decoder = new EvsDecoder();

    @TestFactory
    Stream<DynamicTest> every_vector_decodes_to_its_fields_and_encodes_to_the_same_bytes() {
        return Stream.of("user", "gap", "join", "install", "leave", "delegate", "delayed_list")
                .flatMap(file -> stream(Vectors.read(file + ".json").get("vectors"))
                        .map(vector -> DynamicTest.dynamicTest(
                                file + "/" + vector.get("name").asText(), () -> roundTrip(vector))));
    }

    @TestFactory
    Stream<DynamicTest> malformed_input_is_refused_and_oddities_are_tolerated() {
        return stream(Vectors.read("errors.json").get("vectors"))
                .map(vector -> DynamicTest.dynamicTest(vector.get("name").asText(), () -> {
                    ByteBuf in = Vectors.bytes(vector.get("hex").asText());
                    if (vector.has("error")) {
                        assertThatThrownBy(() -> decoder.decode(in, PEER))
                                .isInstanceOfSatisfying(MalformedMessageException.class, e -> assertThat(
                                                e.kind().name())
                                        .isEqualTo(vector.get("error").asText()));
                    } else {
                        check(decoder.decode(in, PEER), vector.get("decoded"));
                    }
                }));
    }

    private void roundTrip(JsonNode vector) throws Exception {
        ByteBuf in = Vectors.bytes(vector.get("hex").asText());
        EvsMessage message = decoder.decode(in, PEER);
        check(message, vector.get("decoded"));
        ByteBuf out = Unpooled.buffer();
        EvsEncoder.encode(message, out);
        assertThat(ByteBufUtil.hexDump(out)).isEqualTo(vector.get("hex").asText());
        assertThat(EvsEncoder.length(message)).isEqualTo(out.readableBytes());
    }

    private static void check(EvsMessage message, JsonNode want) {
        assertThat(message.type().name()).isEqualTo(want.get("type").asText());
        assertThat(message.order().name()).isEqualTo(want.get("order").asText());
        assertThat(message.version()).isEqualTo(want.get("version").asInt());
        assertThat(message.fifoSeq()).isEqualTo(want.get("fifo_seq").asLong());
        assertThat(message.source())
                .isEqualTo(
                        want.get("source").isNull()
                                ? PEER
                                : Uuid.parse(want.get("source").asText()));
        assertThat(message.sourceView()).isEqualTo(viewId(want.get("source_view_id")));
        for (String flag : List.of("MSG_MORE", "RETRANS", "SOURCE", "AGGREGATE", "COMMIT")) {
            boolean set = stream(want.get("flags")).anyMatch(f -> f.asText().equals(flag));
            assertThat(message.has(flag(flag))).as(flag).isEqualTo(set);
        }
        if (message instanceof UserMessage user) {
            checkUser(user, want);
        } else if (message instanceof GapMessage gap) {
            assertThat(List.of(gap.seq(), gap.aru(), gap.lu(), gap.hs()))
                    .containsExactly(
                            want.get("seq").asLong(),
                            want.get("aru_seq").asLong(),
                            want.get("range").get("lu").asLong(),
                            want.get("range").get("hs").asLong());
            assertThat(gap.rangeUuid()).hasToString(want.get("range_uuid").asText());
        } else if (message instanceof JoinMessage join) {
            checkKnowledge(join.knowledge(), want);
        } else if (message instanceof InstallMessage install) {
            assertThat(install.installView()).isEqualTo(viewId(want.get("install_view_id")));
            checkKnowledge(install.knowledge(), want);
        } else if (message instanceof LeaveMessage leave) {
            assertThat(leave.seq()).isEqualTo(want.get("seq").asLong());
            assertThat(leave.aru()).isEqualTo(want.get("aru_seq").asLong());
        } else if (message instanceof DelegateMessage delegate) {
            check(delegate.inner(), want.get("message"));
        } else if (message instanceof DelayedListMessage list) {
            List<String> entries = new ArrayList<>();
            list.counts().forEach((uuid, count) -> entries.add(uuid + "=" + count));
            assertThat(entries)
                    .containsExactlyElementsOf(stream(want.get("delayed_list"))
                            .map(e -> e.get("uuid").asText() + "="
                                    + e.get("count").asInt())
                            .toList());
        }
    }

    private static void checkUser(UserMessage user, JsonNode want) {
        assertThat(user.userType()).isEqualTo(want.get("user_type").asInt());
        assertThat(user.seqRange()).isEqualTo(want.get("seq_range").asInt());
        assertThat(user.seq()).isEqualTo(want.get("seq").asLong());
        assertThat(user.aru()).isEqualTo(want.get("aru_seq").asLong());
        assertThat(user.payloadLength()).isEqualTo(want.get("payload_len").asInt());
        if (want.has("aggregate")) {
            List<String> parts = new ArrayList<>();
            Aggregate.forEach(
                    user.buffer(),
                    user.payloadIndex(),
                    user.payloadIndex() + user.payloadLength(),
                    (type, index, length) -> parts.add(type + ":" + ByteBufUtil.hexDump(user.buffer(), index, length)));
            assertThat(parts)
                    .containsExactlyElementsOf(stream(want.get("aggregate"))
                            .map(p -> p.get("user_type").asInt() + ":"
                                    + p.get("data").asText())
                            .toList());
        }
    }

    private static void checkKnowledge(Knowledge knowledge, JsonNode want) {
        assertThat(knowledge.safeSeq()).isEqualTo(want.get("seq").asLong());
        assertThat(knowledge.aru()).isEqualTo(want.get("aru_seq").asLong());
        assertThat(knowledge.nodes()).hasSize(want.get("node_list").size());
        for (JsonNode node : want.get("node_list")) {
            NodeEntry entry = knowledge.nodes().get(Uuid.parse(node.get("uuid").asText()));
            List<String> flags = stream(node.get("flags")).map(JsonNode::asText).toList();
            assertThat(entry)
                    .isEqualTo(new NodeEntry(
                            flags.contains("OPERATIONAL"),
                            flags.contains("SUSPECTED"),
                            flags.contains("EVICTED"),
                            node.get("segment").asInt(),
                            node.get("leave_seq").asLong(),
                            viewId(node.get("view_id")),
                            node.get("safe_seq").asLong(),
                            node.get("im_range").get("lu").asLong(),
                            node.get("im_range").get("hs").asLong()));
        }
    }

    private static int flag(String name) {
        return switch (name) {
            case "MSG_MORE" -> EvsMessage.MSG_MORE;
            case "RETRANS" -> EvsMessage.RETRANS;
            case "SOURCE" -> EvsMessage.SOURCE;
            case "AGGREGATE" -> EvsMessage.AGGREGATE;
            case "COMMIT" -> EvsMessage.COMMIT;
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static ViewId viewId(JsonNode id) {
        return new ViewId(
                ViewType.valueOf(id.get("type").asText()),
                Uuid.parse(id.get("uuid").asText()),
                id.get("seq").asInt());
    }

    static Stream<JsonNode> stream(JsonNode array) {
        List<JsonNode> nodes = new ArrayList<>();
        array.forEach(nodes::add);
        return nodes.stream();
    }

    @Test
    void view_ids_sort_by_seq_then_younger_uuid_then_type() {
        Uuid older = Uuid.parse("00000001-0000-1000-8000-000000000000");
        Uuid younger = Uuid.parse("00000002-0000-1000-8000-000000000000");
        List<ViewId> ordered = List.of(
                new ViewId(ViewType.REG, younger, 1),
                new ViewId(ViewType.REG, older, 1),
                new ViewId(ViewType.TRANS, older, 1),
                new ViewId(ViewType.REG, younger, 2));
        List<ViewId> shuffled =
                new ArrayList<>(List.of(ordered.get(2), ordered.get(3), ordered.get(1), ordered.get(0)));
        shuffled.sort(null);
        assertThat(shuffled).isEqualTo(ordered);
    }
}

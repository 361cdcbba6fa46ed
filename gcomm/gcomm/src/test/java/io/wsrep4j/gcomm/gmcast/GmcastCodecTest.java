package io.wsrep4j.gcomm.gmcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.ViewId;
import io.wsrep4j.gcomm.gmcast.GmcastMessage.Fail;
import io.wsrep4j.gcomm.gmcast.GmcastMessage.Handshake;
import io.wsrep4j.gcomm.gmcast.GmcastMessage.HandshakeResponse;
import io.wsrep4j.gcomm.gmcast.GmcastMessage.Keepalive;
import io.wsrep4j.gcomm.gmcast.GmcastMessage.Ok;
import io.wsrep4j.gcomm.gmcast.GmcastMessage.TopologyChange;
import io.wsrep4j.gcomm.gmcast.GmcastMessage.User;
import io.wsrep4j.gcomm.transport.NodeAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** docs/spec/gcomm-transport-pc.md checklist 8 to 10, 20, 30, 33: the bytes of the messages. */
final class GmcastCodecTest {

    static Stream<Named<JsonNode>> vectors() {
        return Stream.of("gmcast-messages.json", "minimal-join.json")
                .flatMap(file -> GmcastVectors.named(file).entrySet().stream()
                        .map(entry -> Named.of(file + " " + entry.getKey(), entry.getValue())));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void everyFieldOfACapturedMessageIsRead(JsonNode vector) throws Exception {
        GmcastMessage message = GmcastDecoder.decode(GmcastVectors.payload(vector));

        Map<String, String> fields = new LinkedHashMap<>();
        vector.get("fields")
                .forEach(field -> fields.put(field.get(2).asText(), field.get(3).asText()));
        assertThat(message.source()).hasToString(fields.get("gmcast.source_uuid"));
        assertThat(message.segment()).hasToString(fields.get("gmcast.segment_id"));
        int type = Integer.parseInt(fields.get("gmcast.type"));
        assertThat(message.getClass()).isEqualTo(classOf(type));
        if (message instanceof Handshake handshake) {
            assertThat(handshake.handshakeId()).hasToString(fields.get("gmcast.handshake_uuid"));
        } else if (message instanceof HandshakeResponse response) {
            assertThat(response.handshakeId()).hasToString(fields.get("gmcast.handshake_uuid"));
            assertThat(response.address()).isEqualTo(fields.get("gmcast.node_address_or_error"));
            assertThat(response.group()).isEqualTo(fields.get("gmcast.group_name"));
        } else if (message instanceof Fail fail) {
            assertThat(fail.error()).isEqualTo(fields.get("gmcast.node_address_or_error"));
        } else if (message instanceof TopologyChange change) {
            assertThat(change.group()).isEqualTo(fields.get("gmcast.group_name"));
            assertThat(change.links()).hasToString(links(fields).toString());
        } else if (message instanceof User user) {
            assertThat(user.flags()).hasToString(fields.get("gmcast.flags"));
            assertThat(user.payloadOffset()).isEqualTo(20);
        }
    }

    private static Class<?> classOf(int type) {
        return switch (type) {
            case 1 -> Handshake.class;
            case 2 -> HandshakeResponse.class;
            case 3 -> Ok.class;
            case 4 -> Fail.class;
            case 5 -> TopologyChange.class;
            case 6 -> Keepalive.class;
            default -> User.class;
        };
    }

    private static java.util.List<GmcastMessage.Link> links(Map<String, String> fields) {
        java.util.List<GmcastMessage.Link> links = new java.util.ArrayList<>();
        for (int i = 0; fields.containsKey("gmcast.node[" + i + "].uuid"); i++) {
            links.add(new GmcastMessage.Link(
                    Uuid.parse(fields.get("gmcast.node[" + i + "].uuid")),
                    fields.get("gmcast.node[" + i + "].address")));
        }
        return links;
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void whatIsWrittenIsWhatARealNodeWrote(JsonNode vector) throws Exception {
        ByteBuf captured = GmcastVectors.payload(vector);
        GmcastMessage message = GmcastDecoder.decode(captured);
        GmcastEncoder encoder =
                new GmcastEncoder(UnpooledByteBufAllocator.DEFAULT, message.source(), message.segment());
        ByteBuf written = write(encoder, message, captured);

        assertThat(ByteBufUtil.hexDump(written)).isEqualTo(ByteBufUtil.hexDump(captured));
        assertThat(written.readerIndex()).as("room for the frame header").isGreaterThanOrEqualTo(8);
        written.release();
    }

    private static ByteBuf write(GmcastEncoder encoder, GmcastMessage message, ByteBuf captured) {
        if (message instanceof Handshake handshake) {
            return encoder.handshake(handshake.handshakeId());
        } else if (message instanceof HandshakeResponse response) {
            return encoder.handshakeResponse(response.handshakeId(), response.address(), response.group());
        } else if (message instanceof Fail fail) {
            return encoder.fail(fail.error());
        } else if (message instanceof TopologyChange change) {
            Map<Uuid, NodeAddress> links = new LinkedHashMap<>();
            change.links().forEach(link -> links.put(link.node(), NodeAddress.parse(link.address())));
            return encoder.topologyChange(change.group(), links);
        } else if (message instanceof Keepalive) {
            return encoder.keepalive();
        } else if (message instanceof User user) {
            ByteBuf plain = captured.copy();
            GmcastHeader.set(plain, 0, GmcastHeader.TYPE_USER, 0, message.segment(), message.source());
            ByteBuf copy = encoder.copyOf(plain, user.flags());
            plain.release();
            return copy;
        }
        return encoder.ok();
    }

    @Test
    void aTruncatedMessageIsRefusedAtEveryLength() throws Exception {
        for (JsonNode vector : GmcastVectors.named("gmcast-messages.json").values()) {
            ByteBuf whole = GmcastVectors.payload(vector);
            boolean user = GmcastDecoder.decode(whole) instanceof User;
            int needed = user ? GmcastHeader.LENGTH : whole.readableBytes();
            for (int length = 0; length < needed; length++) {
                ByteBuf part = whole.slice(whole.readerIndex(), length);
                assertThatThrownBy(() -> GmcastDecoder.decode(part))
                        .isInstanceOf(MalformedMessageException.class)
                        .hasMessageMatching(".* bytes left in the message; allowed: at least .*|node list: .*");
            }
        }
    }

    @Test
    void aNodeCountIsNotBelievedBeyondTheBytesThatAreThere() {
        ByteBuf list = Unpooled.buffer();
        GmcastHeader.set(list.writerIndex(20), 0, GmcastHeader.TYPE_TOPOLOGY_CHANGE, 8, 0, new Uuid(1, 2));
        list.writeIntLE(0xFFFF_FFFF).writeZero(148);

        assertThatThrownBy(() -> GmcastDecoder.decode(list))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("4294967295 entries in 148 bytes");
    }

    @Test
    void idsOfTheVectorsHaveTheirTimes() {
        for (JsonNode vector : GmcastVectors.read("uuid-viewid.json").get("uuids")) {
            Uuid uuid = Uuid.parse(vector.get("uuid").asText());
            assertThat(ViewId.timestamp(uuid))
                    .isEqualTo(vector.get("timestamp_100ns_since_1582").asLong());
        }
    }
}

package io.wsrep4j.gcomm.gmcast;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Uuid;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The frames that were sent to a real node (docs/spec/gcomm-transport-pc.md checklist 60): where it answered, ours answers the same; where it died,
 * ours loses at most the connection. A bystander that is connected all the time notices nothing.
 */
final class GmcastReactionsTest {

    /** What ours does with what kills a real node, or differs. */
    private static final Map<String, String> OWN_REACTION = Map.of(
            "response-address-without-port", "FAIL invalid node address, close",
            "ok-before-response", "close",
            "handshake-to-acceptor", "close",
            "second-response", "close",
            "handshake-when-established", "close",
            "user-with-evs-type-0", "close",
            "topology-receivers-address-foreign-uuid", "entry skipped",
            "topology-nil-uuid", "close",
            "topology-empty-address", "close",
            "topology-address-no-scheme", "close");

    static Stream<Named<JsonNode>> vectors() {
        return GmcastVectors.named("gmcast-reactions.json").entrySet().stream()
                .map(entry -> Named.of(entry.getKey(), entry.getValue()));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void oursReactsAndGoesOn(JsonNode vector) {
        Lab lab = new Lab();
        Uuid bystander = Lab.uuid(0x77);
        long other = lab.established(bystander, 0, "10.77.0.9", 24900);
        String name = vector.get("name").asText();
        String reaction = OWN_REACTION.getOrDefault(name, vector.get("reaction").asText());
        ByteBuf message = GmcastVectors.payload(vector);
        if (name.equals("topology-with-own-uuid")) {
            // the listed node
            int listed = message.readerIndex() + GmcastHeader.LENGTH + GmcastHeader.GROUP_LENGTH + 4;
            message.setLong(listed, lab.self.mostSignificant()).setLong(listed + 8, lab.self.leastSignificant());
        }
        Uuid sender = GmcastHeader.uuid(message, message.readerIndex() + GmcastHeader.SOURCE_OFFSET);
        boolean established = vector.get("acceptor_state").asText().equals("OK");
        long connection = established ? lab.established(sender, 0, "10.77.0.5", 24500) : lab.accept("10.77.0.5");
        lab.effects();
        // the layer above knows that there is no type 0
        lab.accepts = !name.equals("user-with-evs-type-0");

        lab.receive(connection, message);

        check(lab, connection, reaction);
        assertThat(lab.failures).isEmpty();
        lab.effects();
        lab.accepts = true;
        lab.receive(other, lab.user(bystander, 0, 0, "still here"));
        assertThat(lab.effects()).containsExactly("deliver 77 segment 0 still here");
    }

    private static void check(Lab lab, long connection, String reaction) {
        if (reaction.startsWith("OK then") || reaction.startsWith("OK (") || reaction.startsWith("OK; ")) {
            assertThat(lab.effects.get(0)).isEqualTo("send " + connection + " OK");
            assertThat(lab.effects.get(1)).startsWith("send ").contains("TOPOLOGY");
            assertThat(lab.effects.get(1)).contains("tcp://10.77.0.5:24500");
        } else if (reaction.startsWith("FAIL")) {
            String text = reaction.replaceAll("FAIL '?|'?, close", "");
            assertThat(lab.effects).startsWith("send " + connection + " FAIL " + text, "close " + connection);
        } else if (reaction.startsWith("close") || reaction.startsWith("connection dropped")) {
            lab.effects.removeIf(line -> line.startsWith("deliver"));
            assertThat(lab.effects).startsWith("close " + connection);
        } else if (reaction.startsWith("OK message")) {
            assertThat(lab.effects).containsExactly("send " + connection + " OK");
        } else if (reaction.startsWith("dials the address")) {
            lab.pass(0.1);
            assertThat(lab.effects).anyMatch(line -> line.startsWith("dial "));
        } else {
            assertThat(reaction).containsAnyOf("entry skipped", "accepted");
            lab.pass(0.2);
            assertThat(lab.effects).noneMatch(line -> line.startsWith("close") || line.startsWith("dial"));
        }
    }
}

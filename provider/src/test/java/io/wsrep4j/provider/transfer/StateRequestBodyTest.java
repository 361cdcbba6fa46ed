package io.wsrep4j.provider.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Bodies of captured state requests, and damaged ones. */
final class StateRequestBodyTest {

    static Stream<JsonNode> captured() throws IOException {
        try (InputStream in = StateRequestBodyTest.class.getResourceAsStream("/vectors/ist/state_requests.json")) {
            List<JsonNode> found = new ArrayList<>();
            new ObjectMapper().readTree(in).get("vectors").forEach(found::add);
            return found.stream().filter(vector -> vector.get("kind").asText().equals("str_app"));
        }
    }

    @ParameterizedTest
    @MethodSource("captured")
    void aCapturedBodyIsReadAndWrittenTheSame(JsonNode vector) throws MalformedStateRequestException {
        byte[] bytes = HexFormat.of().parseHex(vector.get("hex").asText());
        JsonNode expected = vector.get("decoded");

        StateRequestBody body = StateRequestBody.parse(ByteBuffer.wrap(bytes));

        if (expected.get("format").asText().equals("v1")) {
            assertThat(body).isInstanceOfSatisfying(StateRequestBody.Combined.class, combined -> {
                assertThat(combined.snapshotRequest().remaining())
                        .isEqualTo(expected.get("sst_len").asInt());
                assertThat(combined.istRequest().remaining())
                        .isEqualTo(expected.get("ist_len").asInt());
                assertThat(StandardCharsets.US_ASCII
                                .decode(combined.istRequest().duplicate())
                                .toString())
                        .isEqualTo(expected.get("ist").asText());
            });
        } else {
            assertThat(body).isInstanceOf(StateRequestBody.Plain.class);
        }
        assertThat(body.needsNoTransfer()).isEqualTo(vector.get("name").asText().contains("trivial"));
        assertThat(body.toBytes()).isEqualTo(bytes);
    }

    @Test
    void lengthsThatDoNotAddUpAreRefused() {
        byte[] good = new StateRequestBody.Combined(
                        ByteBuffer.wrap(new byte[] {1, 2, 3}), ByteBuffer.wrap(new byte[] {4, 5}))
                .toBytes();
        byte[] longer = java.util.Arrays.copyOf(good, good.length + 1);
        assertThatThrownBy(() -> StateRequestBody.parse(ByteBuffer.wrap(longer)))
                .hasMessage("state request: " + longer.length + " bytes; allowed: " + good.length
                        + ", which its parts need");
        byte[] negative = good.clone();
        negative[9] = (byte) 0x80;
        assertThatThrownBy(() -> StateRequestBody.parse(ByteBuffer.wrap(negative)))
                .hasMessageStartingWith("snapshot part of a state request of " + good.length + " bytes: -");
        assertThatThrownBy(() -> StateRequestBody.parse(ByteBuffer.wrap(good, 0, 8)))
                .hasMessage("length of the snapshot part of a state request: 2 bytes; allowed: 4");
    }

    @Property(tries = 5000)
    void noBytesDoWorseThanARefusal(@ForAll @Size(max = 40) byte[] tail) {
        byte[] bytes = new byte[StateRequestBody.MAGIC.length + tail.length];
        System.arraycopy(StateRequestBody.MAGIC, 0, bytes, 0, StateRequestBody.MAGIC.length);
        System.arraycopy(tail, 0, bytes, StateRequestBody.MAGIC.length, tail.length);
        try {
            assertThat(StateRequestBody.parse(ByteBuffer.wrap(bytes)).toBytes()).isEqualTo(bytes);
        } catch (MalformedStateRequestException refused) {
            assertThat(refused.getMessage()).contains("state request", "; allowed: ");
        }
    }
}

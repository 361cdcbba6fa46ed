package io.wsrep4j.ist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrep4j.api.Uuid;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The request text of docs/spec/replicator-state-transfer.md 17.3. */
final class IstRequestTest {

    private static final String CAPTURED = "ff961c41-e535-11f1-8b1a-a3fb1ebba605:323-328|tcp://127.0.0.2:28021";

    private static IstRequest parse(String text) throws IstException {
        return IstRequest.parse(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void aCapturedRequestIsReadAndWrittenTheSame() throws IstException {
        IstRequest request = parse(CAPTURED + "\0");
        assertThat(request.lastApplied()).isEqualTo(323);
        assertThat(request.lastMissing()).isEqualTo(328);
        assertThat(request.peer()).isEqualTo(new IstAddress(false, "127.0.0.2", 28021));
        assertThat(request.toBytes())
                .isEqualTo((CAPTURED + "\0").getBytes(StandardCharsets.US_ASCII))
                .hasSize(67);
    }

    /** A request comes from another member, who may be of any kind. */
    @Test
    void noBytesDoWorseThanARefusal() {
        Random random = new Random(17);
        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = CAPTURED.getBytes(StandardCharsets.US_ASCII);
            for (int mutations = random.nextInt(4); mutations >= 0; mutations--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                IstRequest request = IstRequest.parse(ByteBuffer.wrap(bytes, 0, 1 + random.nextInt(bytes.length)));
                assertThat(request.peer().port()).isBetween(0, 65_535);
            } catch (IstException refused) {
                assertThat(refused.getMessage()).hasSizeLessThan(400);
            }
        }
    }

    @Test
    void anEmptyNodeHasMinusOne() throws IstException {
        IstRequest request = parse("00000000-0000-0000-0000-000000000000:-1-15|ssl://[::1]:28021");
        assertThat(request.history()).isEqualTo(Uuid.UNDEFINED);
        assertThat(request.lastApplied()).isEqualTo(-1);
        assertThat(request.peer()).isEqualTo(new IstAddress(true, "::1", 28021));
        assertThat(request.toString()).isEqualTo("00000000-0000-0000-0000-000000000000:-1-15|ssl://[::1]:28021");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "ff961c41-e535-11f1-8b1a-a3fb1ebba605",
                "ff961c41-e535-11f1-8b1a-a3fb1ebba605:",
                "ff961c41-e535-11f1-8b1a-a3fb1ebba605:323",
                "ff961c41-e535-11f1-8b1a-a3fb1ebba605:323-328",
                "ff961c41-e535-11f1-8b1a-a3fb1ebba605:323-328|",
                "ff961c41-e535-11f1-8b1a-a3fb1ebba605:323-328|http://a:1",
                "ff961c41-e535-11f1-8b1a-a3fb1ebba605:323-328|tcp://a",
                "ff961c41-e535-11f1-8b1a-a3fb1ebba605:323-328|tcp://a:70000",
                "gg961c41-e535-11f1-8b1a-a3fb1ebba605:323-328|tcp://a:1",
                "ff961c41-e535-11f1-8b1a-a3fb1ebba605:abc-328|tcp://a:1"
            })
    void anythingElseIsRefusedWithWhatWasGiven(String text) {
        assertThatThrownBy(() -> parse(text)).isInstanceOf(IstException.class).hasMessageContaining("'" + text + "'");
    }
}

package io.wsrep4j.gcomm.pc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wsrep4j.api.Uuid;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The text of gvwstate.dat (docs/spec/gcomm-transport-pc.md 14.8). */
class SavedViewTest {

    @ParameterizedTest
    @ValueSource(strings = {"gvwstate-3-nodes.txt", "gvwstate-bootstrapped.txt"})
    void aRealFileIsReadAndWrittenByteForByte(String name) throws IOException {
        String text = PcVectorsTest.resource(name);

        assertThat(SavedView.parse(text).text()).isEqualTo(text);
    }

    @Test
    void aRestartRaisesTheIncarnationOfTheNodeAndLeavesTheView() throws IOException {
        SavedView saved = SavedView.parse(PcVectorsTest.resource("gvwstate-3-nodes.txt"));

        SavedView restarted = saved.restarted();

        assertThat(restarted.self()).hasToString("dcb54605-e538-11f1-b81a-63c2c1feea87");
        assertThat(restarted.members()).isEqualTo(saved.members());
    }

    @Test
    void aNodeThatStartsAgainHasTheNextIncarnation() throws IOException {
        try (InputStream in = SavedViewTest.class.getResourceAsStream("/vectors/gmcast/uuid-viewid.json")) {
            for (JsonNode vector : new ObjectMapper().readTree(in).get("restart_increment")) {
                assertThat(NodeIds.nextIncarnation(
                                Uuid.parse(vector.get("before").asText())))
                        .hasToString(vector.get("after_restart").asText());
            }
        }
    }

    @Test
    void theIncarnationWraps() {
        assertThat(NodeIds.nextIncarnation(Uuid.parse("11111111-e537-11f1-ffff-0a0b0c0d0e0f")))
                .hasToString("11111111-e537-11f1-0000-0a0b0c0d0e0f");
    }

    @Test
    void unknownLinesAndAnotherOrderAreNoHindrance() {
        SavedView view = SavedView.parse("""
                future: something
                #vwbeg
                member: dd51ea11-e538-11f1-aeb3-7aa639387ba3 4
                bootstrap: 1
                view_id: 3 dcb54605-e538-11f1-b819-63c2c1feea87 3
                #vwend
                my_uuid: dcb54605-e538-11f1-b819-63c2c1feea87
                """);

        assertThat(view.bootstrap()).isTrue();
        assertThat(view.members())
                .containsOnlyKeys(Uuid.parse("dd51ea11-e538-11f1-aeb3-7aa639387ba3"))
                .containsValue(4);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "my_uuid: dcb54605",
                "my_uuid: dcb54605-e538-11f1-b819-63c2c1feea87\n",
                "my_uuid: dcb54605-e538-11f1-b819-63c2c1feea87\nview_id: 3\n#vwend\n",
                "my_uuid: dcb54605-e538-11f1-b819-63c2c1feea87\nview_id: 9 dcb54605-e538-11f1-b819-63c2c1feea87 3\n#vwend\n",
                "view_id: 3 dcb54605-e538-11f1-b819-63c2c1feea87 3\nmember: dcb54605-e538-11f1-b819-63c2c1feea87 300\n",
            })
    void whatIsNotASavedViewIsRefused(String text) {
        assertThatThrownBy(() -> SavedView.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}

package io.wsrep4j.provider.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.faults.FaultPoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/spec/replicator-state-transfer.md 24.1. */
final class SavedStateTest {

    private static final Uuid HISTORY = Uuid.parse("ff961c41-e535-11f1-8b1a-a3fb1ebba605");

    @TempDir
    Path directory;

    private final List<String> warnings = new ArrayList<>();

    private SavedState open() throws IOException {
        return SavedState.open(directory, warnings::add);
    }

    private String file() throws IOException {
        return Files.readString(directory.resolve(SavedState.FILE_NAME));
    }

    @Test
    void aMissingFileKnowsNothingAndIsCreatedEmpty() throws IOException {
        try (SavedState state = open()) {
            assertThat(state.contents()).isEqualTo(SavedStateRecord.NOTHING);
            assertThat(file()).isEmpty();
        }
    }

    @Test
    void whatRealNodesLeftIsRead() throws IOException {
        JsonNode vectors;
        try (InputStream in = SavedStateTest.class.getResourceAsStream("/vectors/state/grastate.json")) {
            vectors = new ObjectMapper().readTree(in).get("vectors");
        }
        assertThat(vectors).hasSize(7);
        for (JsonNode vector : vectors) {
            Files.write(
                    directory.resolve(SavedState.FILE_NAME),
                    HexFormat.of().parseHex(vector.get("hex").asText()));
            JsonNode said = vector.get("decoded");
            SavedStateRecord expected = said.isEmpty()
                    ? SavedStateRecord.NOTHING
                    : new SavedStateRecord(
                            new Gtid(
                                    Uuid.parse(said.get("uuid").asText()),
                                    said.get("seqno").asLong()),
                            said.get("safe_to_bootstrap").asInt() == 1);
            try (SavedState state = open()) {
                assertThat(state.contents()).as(vector.get("name").asText()).isEqualTo(expected);
            }
        }
        assertThat(warnings).isEmpty();
    }

    @Test
    void theTextIsGalerasAndIsNeverCutShorter() throws IOException {
        try (SavedState state = open()) {
            state.set(new Gtid(HISTORY, 12345), false);
            assertThat(file())
                    .isEqualTo("# GALERA saved state\nversion: 2.1\nuuid:    " + HISTORY
                            + "\nseqno:   12345\nsafe_to_bootstrap: 0\n");
            state.set(new Gtid(HISTORY, 7), true);
            assertThat(file()).endsWith("seqno:   7\nsafe_to_bootstrap: 1\n    ");
        }
        try (SavedState again = open()) {
            assertThat(again.contents()).isEqualTo(new SavedStateRecord(new Gtid(HISTORY, 7), true));
        }
        assertThat(warnings).isEmpty();
    }

    @Test
    void whileUnsafeTheFileSaysUnknownAndKeepsWhatIsSetForLater() throws IOException {
        try (SavedState state = open()) {
            state.set(new Gtid(HISTORY, -1), true);
            state.markUnsafe();
            state.markUnsafe();
            assertThat(file()).contains("uuid:    " + Uuid.UNDEFINED);
            state.set(new Gtid(HISTORY, 9), true);
            state.markSafe();
            assertThat(file()).contains("uuid:    " + Uuid.UNDEFINED);
            state.markSafe();
            assertThat(file()).contains("uuid:    " + HISTORY).contains("seqno:   9");
        }
    }

    @Test
    void onceCorruptItStaysUnknownUntilReplaced() throws IOException {
        try (SavedState state = open()) {
            state.set(new Gtid(HISTORY, 5), true);
            state.markCorrupt();
            state.set(new Gtid(HISTORY, 6), true);
            assertThat(file()).contains("uuid:    " + Uuid.UNDEFINED).contains("seqno:   -1");
            state.markUncorrupt(new Gtid(HISTORY, 8));
            assertThat(file()).contains("uuid:    " + HISTORY).contains("seqno:   8");
        }
    }

    @Test
    void aSecondProviderIsRefused() throws IOException {
        try (SavedState state = open()) {
            assertThat(state.isCorrupt()).isFalse();
            assertThatThrownBy(this::open)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(SavedState.FILE_NAME)
                    .hasMessageContaining("locked");
        }
    }

    @Test
    void whatMakesNoSenseIsReportedAndTakenForUnknown() throws IOException {
        Files.writeString(
                directory.resolve(SavedState.FILE_NAME),
                "uuid: nonsense\nseqno: 5\ncert_index:\nsafe_to_bootstrap: 0\nseqno: 9");
        try (SavedState state = open()) {
            assertThat(state.contents()).isEqualTo(new SavedStateRecord(Gtid.UNDEFINED, false));
        }
        assertThat(warnings).singleElement().asString().contains("nonsense");
    }

    // ---- a file that cannot be written

    private static final IOException FULL = new IOException("No space left on device");

    @Test
    void aPositionThatCannotBeWrittenCostsOneWarning() throws IOException {
        try (FaultPoint disk = FaultPoint.at(SavedState.class, "store");
                SavedState state = open()) {
            state.set(new Gtid(HISTORY, -1), false);
            disk.arm(3, FULL);
            state.set(new Gtid(HISTORY, 7), false);
            state.set(new Gtid(HISTORY, 8), false);
            state.set(new Gtid(HISTORY, -1), true);
            assertThat(warnings)
                    .singleElement()
                    .asString()
                    .contains(directory.resolve(SavedState.FILE_NAME).toString())
                    .contains("No space left on device")
                    .contains("goes on");
            assertThat(file()).contains("uuid:    " + HISTORY).contains("seqno:   -1\n");

            state.set(new Gtid(HISTORY, 9), false);
            assertThat(file()).contains("seqno:   9\n");
        }
    }

    @Test
    void whatWouldBecomeFalseOnTheDiskIsNotBegun() throws IOException {
        try (FaultPoint disk = FaultPoint.at(SavedState.class, "store");
                SavedState state = open()) {
            state.set(new Gtid(HISTORY, 5), true);
            disk.arm(1, FULL);
            assertThatThrownBy(() -> state.set(new Gtid(HISTORY, -1), true))
                    .as("running with a position on the disk")
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("cannot be written (No space left on device) and says " + HISTORY + ":5");
            disk.arm(1, FULL);
            assertThatThrownBy(state::markUnsafe)
                    .as("an isolated action with a history on the disk")
                    .isInstanceOf(UncheckedIOException.class);
            assertThat(warnings).isEmpty();
        }
    }

    @Test
    void aCorruptStateThatCannotBeWrittenSaysWhatToDelete() throws IOException {
        try (FaultPoint disk = FaultPoint.at(SavedState.class, "store");
                SavedState state = open()) {
            state.set(new Gtid(HISTORY, -1), true);
            disk.arm(1, FULL);
            state.markCorrupt();
            assertThat(state.isCorrupt()).isTrue();
            assertThat(warnings).singleElement().asString().contains("delete it before this server starts again");
        }
    }

    @Test
    void theEndOfWhatWasUnsafeMayBeLost() throws IOException {
        try (FaultPoint disk = FaultPoint.at(SavedState.class, "store");
                SavedState state = open()) {
            state.set(new Gtid(HISTORY, -1), true);
            state.markUnsafe();
            disk.arm(1, FULL);
            state.markSafe();
            assertThat(warnings).singleElement().asString().contains("goes on");
            assertThat(file()).contains("uuid:    " + Uuid.UNDEFINED);
        }
    }
}

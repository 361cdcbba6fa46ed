package io.wsrep4j.gcomm.channel;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.wsrep4j.gcomm.log.RecordedLog;
import io.wsrep4j.gcomm.pc.SavedView;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.helpers.NOPLogger;

/** gvwstate.dat in the data directory (docs/spec/gcomm-transport-pc.md 14.8). */
class SavedViewFileTest {

    @TempDir
    Path directory;

    private static SavedView savedView() throws IOException {
        try (InputStream in = SavedViewFileTest.class.getResourceAsStream("/vectors/pc/gvwstate-3-nodes.txt")) {
            return SavedView.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void aFileIsReplacedWholeAndDeleted() throws IOException {
        SavedViewFile file = new SavedViewFile(directory, NOPLogger.NOP_LOGGER);
        SavedView saved = savedView();
        assertThat(file.read()).isEmpty();

        file.write(saved);
        file.write(saved.restarted());

        assertThat(file.read()).contains(saved.restarted());
        assertThat(directory).isDirectoryContaining("glob:**gvwstate.dat");
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).hasSize(1);
        }
        file.delete();
        assertThat(file.read()).isEmpty();
    }

    @Test
    void aDamagedFileIsAsGoodAsNone() throws IOException {
        Files.writeString(directory.resolve("gvwstate.dat"), "my_uuid: half a li");
        RecordedLog log = new RecordedLog(Level.DEBUG);

        assertThat(new SavedViewFile(directory, log.logger()).read()).isEmpty();

        assertThat(log.lines()).singleElement().asString().doesNotContain("Exception", "java.");
    }

    @Test
    void aFileThatCannotBeWrittenIsToldOnceUntilItCanBe() throws IOException {
        RecordedLog log = new RecordedLog(Level.DEBUG);
        SavedViewFile file = new SavedViewFile(directory, log.logger());
        SavedView saved = savedView();
        Path inTheWay = Files.createDirectory(directory.resolve("gvwstate.dat.tmp"));

        file.write(saved);
        file.write(saved);

        assertThat(log.lines())
                .singleElement()
                .asString()
                .contains("gvwstate.dat (Is a directory)")
                .doesNotContain("{}", "Exception");
        Files.delete(inTheWay);
        file.write(saved);
        assertThat(file.read()).contains(saved);
        Files.createDirectory(inTheWay);
        file.write(saved);
        assertThat(log.lines()).hasSize(2);
    }
}

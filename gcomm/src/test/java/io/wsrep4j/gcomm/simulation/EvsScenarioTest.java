package io.wsrep4j.gcomm.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Each text in evs-scenarios is a test: steps with what must be so, a line of dashes, and the trace they give; and the invariants of
 * docs/spec/gcomm-evs.md 20, hold in each. With -Dwsrep4j.rewrite=DIRECTORY the traces are written there anew, to be reviewed as a difference.
 */
class EvsScenarioTest {

    private static final String SEPARATOR = "----\n";

    @TestFactory
    List<DynamicTest> scenarios() throws IOException, URISyntaxException {
        URI directory = EvsScenarioTest.class.getResource("/evs-scenarios").toURI();
        try (Stream<Path> files = Files.list(Path.of(directory))) {
            return files.filter(file -> file.toString().endsWith(".txt"))
                    .sorted()
                    .map(file ->
                            DynamicTest.dynamicTest(file.getFileName().toString(), file.toUri(), () -> check(file)))
                    .toList();
        }
    }

    private static void check(Path file) throws IOException {
        String text = Files.readString(file);
        int end = text.indexOf(SEPARATOR);
        String steps = end < 0 ? text : text.substring(0, end);
        String trace = Scenario.run(steps);
        String rewrite = System.getProperty("wsrep4j.rewrite");
        if (rewrite != null) {
            Files.writeString(Path.of(rewrite).resolve(file.getFileName()), steps + SEPARATOR + trace);
            return;
        }
        assertThat(trace).isEqualTo(end < 0 ? "" : text.substring(end + SEPARATOR.length()));
    }
}

package io.wsrep4j.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * Scenarios as texts that a reviewer reads without Java: each file of a folder is a test, with steps, a line of dashes, and the trace that they must
 * give. With -Dwsrep4j.rewrite=DIRECTORY the traces are written there anew, to be reviewed as a difference.
 */
public final class ScenarioTexts {

    private static final String SEPARATOR = "----\n";

    /** What the steps are run on. */
    @FunctionalInterface
    public interface Runner {

        /** Runs the steps and returns the trace; throws if what they say must be so is not. */
        String run(String steps);
    }

    private ScenarioTexts() {}

    /** A test for each text in a folder of the resources beside the class that asks. */
    public static List<DynamicTest> in(Class<?> beside, String folder, Runner runner)
            throws IOException, URISyntaxException {
        Path directory = Path.of(beside.getResource(folder).toURI());
        try (Stream<Path> files = Files.list(directory)) {
            List<DynamicTest> tests = files.filter(file -> file.toString().endsWith(".txt"))
                    .sorted()
                    .map(file -> DynamicTest.dynamicTest(
                            file.getFileName().toString(), file.toUri(), () -> check(file, runner)))
                    .toList();
            assertThat(tests).as("scenarios in " + directory).isNotEmpty();
            return tests;
        }
    }

    private static void check(Path file, Runner runner) throws IOException {
        String text = Files.readString(file);
        int end = text.indexOf(SEPARATOR);
        String steps = end < 0 ? text : text.substring(0, end);
        String trace = runner.run(steps);
        String rewrite = System.getProperty("wsrep4j.rewrite");
        if (rewrite != null) {
            Files.writeString(Path.of(rewrite).resolve(file.getFileName()), steps + SEPARATOR + trace);
            return;
        }
        assertThat(trace).isEqualTo(end < 0 ? "" : text.substring(end + SEPARATOR.length()));
    }
}

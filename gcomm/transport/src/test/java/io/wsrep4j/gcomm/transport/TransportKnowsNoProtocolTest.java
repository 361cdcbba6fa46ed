package io.wsrep4j.gcomm.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** More than one backend stands on the transport: what it says to an operator names no option of any of them, and what it throws is its own. */
class TransportKnowsNoProtocolTest {

    private static final Pattern FOREIGN =
            Pattern.compile("\\b(gmcast|evs|pc|gcs)\\b|\\bGroupException\\b", Pattern.CASE_INSENSITIVE);

    @Test
    void noSourceNamesAProtocolOfTheStackAbove() throws IOException {
        Path sources = Path.of(System.getProperty("wsrep4j.repository"), "gcomm", "transport", "src", "main", "java");
        List<String> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(sources)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                for (String line : Files.readAllLines(file)) {
                    // a citation of the specification may say whose protocol a format belongs to
                    if (FOREIGN.matcher(line.replaceAll("docs/spec/[a-z.-]+", ""))
                            .find()) {
                        found.add(sources.relativize(file) + ": " + line.strip());
                    }
                }
            }
        }
        assertThat(found).isEmpty();
    }
}

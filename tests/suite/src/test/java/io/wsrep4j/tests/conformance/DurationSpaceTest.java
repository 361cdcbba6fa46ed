package io.wsrep4j.tests.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every spelling of a duration, in every layer that reads one: libgalera and ours accept and refuse the same and show the same. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
final class DurationSpaceTest {

    private static final List<String> OPTIONS =
            List.of("repl.causal_read_timeout", "evs.delay_margin", "gmcast.time_wait", "pc.announce_timeout");

    private static final List<String> SPELLINGS = List.of(
            "P100Y",
            "P290Y",
            "P297Y",
            "P0000001Y",
            "P0000000000001M",
            "PT0000000000000000001H",
            "PT.5S",
            "PT5.S",
            "PT00000000000000000005S",
            "00000000000000000005",
            "9223372036.854775807",
            "9223372036.854775808",
            "9223372037",
            "PT9223372036.854775807S",
            "PT9223372037S",
            "1.",
            ".",
            "1.0000000000",
            "PT1.0000000000S",
            "PT",
            "P1YT",
            "P1H",
            "P1M1M",
            "PT1D",
            "P1D1H",
            "PT1S1M",
            "PT1.5M",
            "p1d");

    @TempDir
    Path directory;

    @Test
    void aDurationIsReadAsLibgaleraReadsIt() throws IOException {
        Map<String, String> theirs = answers(ProviderKind.GALERA);
        assertThat(answers(ProviderKind.WSREP4J)).containsExactlyInAnyOrderEntriesOf(theirs);
    }

    private Map<String, String> answers(ProviderKind kind) throws IOException {
        Map<String, String> answers = new TreeMap<>();
        try (OptionAnswers provider = new OptionAnswers(kind, Files.createDirectory(directory.resolve(kind.name())))) {
            for (String option : OPTIONS) {
                for (String spelling : SPELLINGS) {
                    answers.put(option + "=" + spelling, provider.atStart(option, spelling));
                }
            }
        }
        return answers;
    }
}

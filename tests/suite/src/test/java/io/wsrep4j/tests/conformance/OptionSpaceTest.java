package io.wsrep4j.tests.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.options.OptionSpec;
import io.wsrep4j.provider.options.ProviderOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every option, with values of every kind, at start and at run time: libgalera and ours accept and refuse the same and show the same. Where
 * they differ stands in {@code option-differences.txt}, with the reason, and nothing else may stand there.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
final class OptionSpaceTest {

    private static final boolean LONG = "long".equals(System.getProperty("wsrep4j.effort", "ci"));
    private static final String DIFFERENCES = "option-differences.txt";

    /** One value each of the kinds that somebody writes. */
    private static final List<String> SHORT =
            List.of("", "0", "1", "-1", "2147483648", "1K", "08", "\uFF11\uFF16", "yes", "maybe", "PT2S");

    private static final List<String> MORE = List.of(
            "300",
            "0x10",
            "1.5",
            "2",
            "16",
            "254",
            "255",
            "256",
            "65535",
            "65536",
            "2147483647",
            "-2147483648",
            "4294967296",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775809",
            "18446744073709551616",
            "1k",
            "4M",
            "8388608T",
            "1P",
            "1 K",
            "1Kb",
            "1.5M",
            "0X10",
            "0x",
            "010",
            "+1",
            "--1",
            "-0",
            "1.0",
            "0.5",
            ".5",
            "5.",
            "1e3",
            "-0.5",
            "0.999",
            "1.1",
            "nan",
            "inf",
            "PT0.05S",
            "P1D",
            "P",
            "pt5s",
            "5S",
            "P5S",
            "P1Y2M3DT4H5M6.789S",
            "PT100000H",
            "P300Y",
            "PT0.1234567891S",
            "PT-1S",
            "P1W",
            "2.5",
            "no",
            "on",
            "off",
            "true",
            "FALSE",
            "y",
            "n",
            "yep",
            "none",
            "\u0663",
            "abc",
            "auto",
            "FLAT8",
            "flat16a",
            "asio",
            "ff",
            "0xff",
            "0xffffffff",
            "rr:1",
            "127.0.0.1",
            "a b",
            "\"1\"",
            "'1'");

    @TempDir
    Path directory;

    /** What may not be asked, and what differs, as the file says. */
    private record Reviewed(Set<String> unasked, Set<String> onlyOurs, Set<String> differences) {

        static Reviewed read() throws IOException {
            try (InputStream file = OptionSpaceTest.class.getResourceAsStream(DIFFERENCES)) {
                List<String> lines = new String(file.readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> !line.isBlank() && !line.startsWith("#"))
                        .toList();
                return new Reviewed(
                        after(lines, "not asked: "),
                        after(lines, "only ours: "),
                        lines.stream()
                                .filter(line -> line.startsWith("start ") || line.startsWith("run time "))
                                .collect(Collectors.toCollection(TreeSet::new)));
            }
        }

        private static Set<String> after(List<String> lines, String beginning) {
            return lines.stream()
                    .filter(line -> line.startsWith(beginning))
                    .map(line -> line.substring(beginning.length()))
                    .collect(Collectors.toCollection(TreeSet::new));
        }

        boolean isAsked(String stage, String option, String value) {
            return !unasked.contains(stage + " " + option)
                    && !unasked.contains(stage + " " + option + " \"" + value + "\"");
        }

        /** The differences that these questions can show. */
        Set<String> within(Set<String> questions) {
            return differences.stream()
                    .filter(line -> questions.contains(line.substring(0, line.lastIndexOf("\": ") + 1)))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** Asks one kind of provider. */
    @FunctionalInterface
    private interface Answer {
        String to(OptionAnswers provider, String option, String value) throws IOException;
    }

    @Test
    void whatIsGivenAtStartIsTakenAsLibgaleraTakesIt() throws Exception {
        assertAlike("start", OptionAnswers::atStart);
    }

    @Test
    void whatIsChangedAtRunTimeIsTakenAsLibgaleraTakesIt() throws Exception {
        assertAlike("run time", OptionAnswers::atRunTime);
    }

    private void assertAlike(String stage, Answer answer) throws IOException {
        Reviewed reviewed = Reviewed.read();
        Set<String> asked = new TreeSet<>();
        Set<String> found = new TreeSet<>();
        try (OptionAnswers galera =
                        new OptionAnswers(ProviderKind.GALERA, Files.createDirectory(directory.resolve("galera")));
                OptionAnswers ours =
                        new OptionAnswers(ProviderKind.WSREP4J, Files.createDirectory(directory.resolve("ours")))) {
            for (String option : ProviderOptions.catalog().all().stream()
                    .map(OptionSpec::name)
                    .toList()) {
                for (String value : values()) {
                    if (reviewed.isAsked(stage, option, value)) {
                        String question = stage + " " + option + " \"" + value + "\"";
                        asked.add(question);
                        String theirs = answer.to(galera, option, value);
                        String own = answer.to(ours, option, value);
                        if (reviewed.onlyOurs().contains(option)) {
                            assertThat(theirs).as(question).isEqualTo("refused");
                        } else if (!theirs.equals(own)) {
                            found.add(question + ": " + theirs + " / " + own);
                        }
                    }
                }
            }
        }
        assertThat(found).as("differences, libgalera's answer first").isEqualTo(reviewed.within(asked));
    }

    private static List<String> values() {
        List<String> all = new ArrayList<>(SHORT);
        if (LONG) {
            all.addAll(MORE);
        }
        return all;
    }
}

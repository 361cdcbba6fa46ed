package io.wsrep4j.tests.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.process.NativeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A real mariadbd on each JDK of this machine, with the archive of classes that packaging made for it; and a copy that has none. */
@Timeout(300)
final class EveryJdkTest {

    private static final Path JDKS = Path.of("/usr/lib/jvm");
    private static final Pattern VERSION = Pattern.compile("JAVA_VERSION=\"(\\d+)");
    private static final Duration PREPARED_WITHIN = Duration.ofMinutes(3);

    /** Every installed JDK or JRE that the provider can use, once, by its real path. */
    static List<Path> jdks() throws IOException {
        try (Stream<Path> entries = Files.list(JDKS)) {
            return entries.filter(home -> version(home) >= 17)
                    .map(EveryJdkTest::real)
                    .distinct()
                    .sorted()
                    .toList();
        }
    }

    private static int version(Path home) {
        try {
            boolean usable = Files.isReadable(home.resolve("lib/server/libjvm.so"));
            Matcher version = VERSION.matcher(usable ? Files.readString(home.resolve("release")) : "");
            return version.find() ? Integer.parseInt(version.group(1)) : 0;
        } catch (IOException e) {
            return 0; // a folder without the file "release" is no JDK
        }
    }

    private static Path real(Path home) {
        try {
            return home.toRealPath();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void assertServes(MariaDbServer server) throws Exception {
        server.bootstrap();
        assertThat(server.status("wsrep_ready")).isEqualTo("ON");
        server.execute("CREATE TABLE test.t (a INT PRIMARY KEY)", "INSERT INTO test.t VALUES (17)");
        assertThat(server.queryOne("SELECT a FROM test.t")).isEqualTo("17");
        assertThat(server.status("wsrep_last_committed")).isEqualTo("3"); // the view, the table, the row
        server.stop();
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void a_server_serves_on_this_jdk_and_starts_from_its_archive(Path jdk) throws Exception {
        try (MariaDbServer server = MariaDbServer.named("jdk" + version(jdk))
                .provider(Providers.wsrep4j())
                .providerOptions("java.home=" + jdk)
                .create()) {
            assertServes(server);
            assertThat(server.logText())
                    .contains("started the JVM of " + jdk + " (Java " + version(jdk) + ")")
                    .contains("archive of classes: "
                            + Providers.wsrep4j().resolveSibling("lib/archive").toRealPath())
                    .doesNotContain("no archive of classes")
                    .doesNotContain("JVM:"); // nor does the JVM refuse the archive
        }
    }

    /** The archive belongs to the folder it was made in, since a JVM checks where the jars are. */
    @Test
    void a_copied_folder_serves_without_an_archive_until_prepare_start_makes_one(@TempDir Path temporary)
            throws Exception {
        Path jdk = jdks().get(0);
        Distribution copy = Distribution.copiedTo(temporary).withArchives();
        try (MariaDbServer server = MariaDbServer.named("copied")
                .provider(copy.library())
                .providerOptions("java.home=" + jdk)
                .create()) {
            assertServes(server);
            assertThat(server.logText())
                    .contains("no archive of classes")
                    .contains("run " + copy.library().toRealPath().resolveSibling("prepare-start"));

            prepare(copy, jdk, server.home());
            server.bootstrap();
            assertThat(server.queryOne("SELECT a FROM test.t")).isEqualTo("17");
            server.stop();
            assertThat(server.logText())
                    .contains(
                            "archive of classes: " + copy.library().toRealPath().resolveSibling("lib/archive"));
        }
    }

    private static void prepare(Distribution copy, Path jdk, Path home) throws IOException {
        List<String> command = List.of(copy.file("prepare-start").toString(), jdk.toString());
        try (NativeProcess prepare =
                NativeProcess.start("prepare-start", command, Map.of(), home, home.resolve("prepare.log"))) {
            assertThat(prepare.awaitExit(PREPARED_WITHIN)).as(prepare.tail()).isZero();
        }
    }
}

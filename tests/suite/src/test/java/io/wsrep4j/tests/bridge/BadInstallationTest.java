package io.wsrep4j.tests.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.ServerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an operator reads when an installation is broken: what was looked for, where; and mariadbd ends as for any provider that fails to load. */
@Timeout(180)
final class BadInstallationTest {

    private static final Duration END = Duration.ofSeconds(60);
    /** mariadbd's own exit code for "Aborting". */
    private static final int ABORTING = 1;

    @TempDir
    Path temporary;

    @Test
    void java_home_of_the_file_does_not_exist() throws IOException {
        Distribution broken = distribution().configured("java.home = /nowhere/jdk");
        assertThat(logOfFailedStart(broken))
                .contains("'/nowhere/jdk'")
                .contains("libwsrep4j.conf")
                .contains("lib/server/libjvm.so")
                .contains("17 or later");
    }

    @Test
    void java_home_of_the_provider_options_does_not_exist() throws IOException {
        assertThat(logOfFailedStart(distribution(), "java.home=/nowhere/option", Map.of()))
                .contains("'/nowhere/option'")
                .contains("provider option java.home");
    }

    @Test
    void the_jvm_is_too_old() throws IOException {
        Path old = Files.createDirectories(temporary.resolve("jdk-11"));
        Files.createDirectories(old.resolve("lib/server"));
        Files.writeString(old.resolve("lib/server/libjvm.so"), "");
        Files.writeString(old.resolve("release"), "JAVA_VERSION=\"11.0.22\"\n");
        Distribution broken = distribution().configured("java.home = " + old);
        assertThat(logOfFailedStart(broken))
                .contains(old.toString())
                .contains("Java 11")
                .contains("too old");
    }

    @Test
    void libjvm_is_no_library() throws IOException {
        Path fake = Files.createDirectories(temporary.resolve("jdk-21"));
        Files.createDirectories(fake.resolve("lib/server"));
        Files.writeString(fake.resolve("lib/server/libjvm.so"), "text");
        Files.writeString(fake.resolve("release"), "JAVA_VERSION=\"21\"\n");
        Distribution broken = distribution().configured("java.home = " + fake);
        assertThat(logOfFailedStart(broken))
                .contains("cannot load")
                .contains(fake.resolve("lib/server/libjvm.so").toString());
    }

    @Test
    void a_jar_is_missing() throws IOException {
        Distribution broken = distribution().without("wsrep4j-native");
        assertThat(logOfFailedStart(broken))
                .contains("io.wsrep4j.jna.Bridge")
                .contains(broken.file("lib").toString());
    }

    @Test
    void a_jar_of_the_provider_is_missing() throws IOException {
        Distribution broken = distribution().without("wsrep4j-provider");
        assertThat(logOfFailedStart(broken)).contains("ProviderFactory");
    }

    @Test
    void there_is_no_jar_at_all() throws IOException {
        Distribution broken = distribution().without("");
        assertThat(logOfFailedStart(broken)).contains("no jar in " + broken.file("lib"));
    }

    @Test
    void the_options_file_cannot_be_read() throws IOException {
        Distribution broken = distribution();
        Path file = broken.file("libwsrep4j.conf");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        assertThat(logOfFailedStart(broken))
                .contains("cannot read the JVM options in " + file)
                .contains("Permission denied");
    }

    @Test
    void a_line_of_the_options_file_is_wrong() throws IOException {
        Distribution broken = distribution().configured("# fine", "Xmx12m");
        assertThat(logOfFailedStart(broken))
                .contains("libwsrep4j.conf, line 2: 'Xmx12m'")
                .contains("java.home = PATH");
    }

    @Test
    void the_jvm_refuses_a_flag() throws IOException {
        Distribution broken = distribution().configured("-XX:+NoSuchFlag");
        assertThat(logOfFailedStart(broken))
                .contains("NoSuchFlag")
                .contains("refuses to start")
                .contains("libwsrep4j.conf");
    }

    @Test
    void the_jvm_refuses_a_flag_of_the_environment() throws IOException {
        assertThat(logOfFailedStart(distribution(), "", Map.of("WSREP4J_JAVA_OPTIONS", "-Xmx1k")))
                .contains("JVM:")
                .contains("heap");
    }

    @Test
    void the_environment_has_no_option_but_text() throws IOException {
        assertThat(logOfFailedStart(distribution(), "", Map.of("WSREP4J_JAVA_OPTIONS", "verbose")))
                .contains("WSREP4J_JAVA_OPTIONS='verbose'");
    }

    @Test
    void descriptors_run_out() throws IOException {
        // root would raise the limit
        ServerSettings settings = MariaDbServer.named("bad")
                .provider(distribution().library())
                .startedBy("setpriv", "--bounding-set=-sys_resource", "prlimit", "--nofile=30:30");
        try (MariaDbServer server = settings.create()) {
            server.launch("gcomm://", "--wsrep-new-cluster");
            server.awaitEnd(ABORTING, END);
            assertThat(server.logText())
                    .containsPattern(
                            "file descriptors are short: [0-9]+ of 30 are in use, and wsrep4j needs up to 40 more")
                    .contains("Raise the limit");
        }
    }

    private Distribution distribution() throws IOException {
        return Distribution.copiedTo(temporary);
    }

    private String logOfFailedStart(Distribution distribution) throws IOException {
        return logOfFailedStart(distribution, "", Map.of());
    }

    private String logOfFailedStart(Distribution distribution, String options, Map<String, String> environment)
            throws IOException {
        ServerSettings settings =
                MariaDbServer.named("bad").provider(distribution.library()).providerOptions(options);
        environment.forEach(settings::environment);
        try (MariaDbServer server = settings.create()) {
            server.launch("gcomm://", "--wsrep-new-cluster");
            server.awaitEnd(ABORTING, END);
            return server.logText();
        }
    }
}

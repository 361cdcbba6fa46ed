package io.wsrep4j.tests.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.tests.mariadb.Cluster;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.process.Command;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Somebody adds a backend in a module of its own and touches no other file (ARCHITECTURE.md, "Where do I change"): the launcher builds it, it keeps
 * the contract, and real servers replicate over it.
 */
@Timeout(value = 900, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class FurtherBackendTest {

    private static final Set<String> LEFT_OUT = Set.of("target", ".git");

    @TempDir
    private Path directory;

    private static Path repository() {
        return Path.of(System.getProperty("wsrep4j.repository", "../.."))
                .toAbsolutePath()
                .normalize();
    }

    @Test
    void aBackendIsAddedInOneModuleAndServersReplicateOverIt() throws Exception {
        Path checkout = directory.resolve("checkout");
        copy(repository(), checkout);
        copy(checkout.resolve("tests/suite/src/test/further-backend"), checkout.resolve("gcomm/folder"));

        Command.run(checkout.resolve("wsrep4j").toString(), "package");
        assertThat(Command.run("tar", "-tzf", archive(checkout).toString())).contains("/lib/wsrep4j-gcomm-folder-");
        keepsTheContract(checkout);
        serversReplicate(checkout.resolve("native/target/wsrep4j/libwsrep4j.so"));
    }

    private static Path archive(Path checkout) throws IOException {
        try (var files = Files.newDirectoryStream(checkout.resolve("native/target"), "wsrep4j-*.tar.gz")) {
            return files.iterator().next();
        }
    }

    private static void keepsTheContract(Path checkout) throws IOException {
        Command.run(
                "mvn",
                "-B",
                "-ntp",
                "-f",
                checkout.resolve("target/with-further-backends.xml").toString(),
                "-Dfurther-backends",
                "-pl",
                ":wsrep4j-gcomm-folder",
                "-am",
                "-Dtest=FolderChannelContractTest",
                "-Dsurefire.failIfNoSpecifiedTests=false",
                "test");
        assertThat(checkout.resolve(
                        "gcomm/folder/target/surefire-reports/org.example.folder.FolderChannelContractTest.txt"))
                .content()
                .contains("Failures: 0, Errors: 0");
    }

    private void serversReplicate(Path provider) throws Exception {
        Path shared = Files.createDirectory(directory.resolve("shared"));
        // for the servers' user
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxrwx"));
        String address = "folder://" + shared;
        try (MariaDbServer one = MariaDbServer.named("one").provider(provider).create();
                MariaDbServer two =
                        MariaDbServer.named("two").provider(provider).create()) {
            one.start(address, "--wsrep-new-cluster");
            assertThat(one.queryOne("SELECT @@wsrep_provider_options")).contains("folder.poll_interval = 500;");
            one.execute("CREATE TABLE test.folder (id INT PRIMARY KEY)");
            two.start(address);
            one.awaitStatus("wsrep_cluster_size", "2", Cluster.SOON);
            two.execute("INSERT INTO test.folder VALUES (1)");
            one.execute("SET SESSION wsrep_sync_wait = 1", "INSERT INTO test.folder SELECT id + 1 FROM test.folder");
            two.kill();
            one.awaitStatus("wsrep_cluster_size", "1", Cluster.SOON);
            one.execute("INSERT INTO test.folder VALUES (3)");
            two.start(address);
            one.awaitStatus("wsrep_cluster_size", "2", Cluster.SOON);
            assertThat(two.queryOne("SELECT GROUP_CONCAT(id ORDER BY id) FROM test.folder"))
                    .isEqualTo("1,2,3");
            two.stop();
            one.stop();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                if (LEFT_OUT.contains(folder.getFileName().toString())) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                Files.createDirectories(to.resolve(from.relativize(folder)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(file, to.resolve(from.relativize(file)));
                return FileVisitResult.CONTINUE;
            }
        });
    }
}

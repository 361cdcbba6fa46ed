package io.wsrep4j.tests.debian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.process.Command;
import io.wsrep4j.tests.process.PrivateNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is in the package, and how dpkg brings, keeps and removes it on a copy of this machine. Installs nothing on the machine itself. */
@Timeout(300)
final class DebianPackageTest {

    private static final String HOME = "/usr/lib/wsrep4j";
    private static final String CONFIGURATION = "/etc/mysql/mariadb.conf.d/70-wsrep4j.cnf";
    private static final String ARCHIVES = "/var/cache/wsrep4j/archive";

    /** MariaDB of other releases, which tests unpack there. */
    private static final String CACHE_OF_TESTS = "/var/cache/wsrep4j/mariadb-*";

    @TempDir
    private static Path packages;

    private static Path built;

    @TempDir
    private Path directory;

    private DebianHost host;

    @BeforeAll
    static void build() throws IOException {
        built = DebianPackage.build(DebianPackage.version(), packages);
    }

    @AfterEach
    void removeHost() throws IOException {
        if (host != null) {
            host.close();
        }
    }

    @Test
    void itsVersionIsThePomsAndComesBeforeTheReleaseOfThatName() throws IOException {
        String pom = Files.readString(
                Path.of(System.getProperty("wsrep4j.repository", "../..")).resolve("pom.xml"));
        String version = field("Version");
        assertThat(pom).contains("<revision>" + version.replaceFirst("-1$", "").replace('~', '-') + "</revision>");
        Command.run("dpkg", "--compare-versions", version, "lt", "0.1.0-1");
    }

    @Test
    void theSameInputGivesTheSameBytes() throws IOException {
        Path again = DebianPackage.build(DebianPackage.version(), directory);
        assertThat(again).hasSameBinaryContentAs(built);
    }

    @Test
    void itNeedsAJavaRuntimeWithoutScreenAndTheCLibraryOnly() throws IOException {
        assertThat(field("Depends").split(", "))
                .hasSize(3)
                .anyMatch(one -> one.startsWith("libc6 (>= 2."))
                .contains("adduser", "default-jre-headless (>= 2:1.17) | java17-runtime-headless");
    }

    @Test
    void whatAServerLoadsIsTheBuildsFolderWithoutWhatThisMachineMadeOfIt() throws IOException {
        Path unpacked = unpacked();
        assertThat(namesBelow(unpacked.resolve("usr/lib/wsrep4j/lib")))
                .containsExactlyInAnyOrderElementsOf(
                        namesBelow(Providers.wsrep4j().resolveSibling("lib")));
        assertThat(unpacked.resolve(ARCHIVES.substring(1))).isEmptyDirectory();
    }

    /** Of each folder the names, but those of the archives of classes. */
    private static List<String> namesBelow(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.map(file -> folder.relativize(file).toString())
                    .filter(name -> !name.startsWith("archive/"))
                    .collect(Collectors.toList());
        }
    }

    @Test
    void ofADatabaseServersConfigurationNothingIsInForce() throws IOException {
        assertThat(Files.readAllLines(unpacked().resolve(CONFIGURATION.substring(1))))
                .contains("#wsrep_provider           = " + HOME + "/libwsrep4j.so")
                .allMatch(line -> line.isEmpty() || line.startsWith("#") || line.equals("[mariadb]"));
    }

    @Test
    void allBelowEtcIsTheOperators() throws IOException {
        assertThat(Command.run("dpkg-deb", "--info", built.toString(), "conffiles")
                        .lines())
                .containsExactly(
                        "/etc/apparmor.d/abstractions/wsrep4j",
                        "/etc/default/wsrep4j-arbitrator",
                        CONFIGURATION,
                        "/etc/wsrep4j/libwsrep4j.conf");
    }

    @Test
    void noFileOfGalerasPackagesIsTouched() throws IOException {
        String galera = Command.run("dpkg", "-L", "galera-4", "galera-arbitrator-4");
        List<String> ours = Command.run("bash", "-c", "dpkg-deb --fsys-tarfile " + built + " | tar -t | grep -v '/$'")
                .lines()
                .map(name -> name.substring(1))
                .toList();
        assertThat(ours).isNotEmpty().doesNotContainAnyElementsOf(galera.lines().toList());
    }

    private Path unpacked() throws IOException {
        Path target = directory.resolve("unpacked");
        Command.run("dpkg-deb", "--extract", built.toString(), target.toString());
        return target;
    }

    private static String field(String name) throws IOException {
        return Command.run("dpkg-deb", "--field", built.toString(), name).strip();
    }

    @Test
    void itIsInstalledUpgradedRemovedAndPurged() throws IOException {
        openHost();
        host.take(built);
        String before = host.run(everyFile());

        assertThat(host.run("dpkg -i " + built.getFileName() + " 2>&1")).doesNotContain("takes longer");
        host.run("dpkg --audit | cmp - /dev/null");
        assertThat(archives()).hasSize(1);
        assertThat(host.run("wsrep4j arbitrator --help")).contains("--address");
        assertThat(host.run("id _wsrep4j")).contains("_wsrep4j");

        host.run("sed -i 's/^#\\([a-z]\\)/\\1/' " + CONFIGURATION + "; echo '-Xmx300m' >>/etc/wsrep4j/libwsrep4j.conf");
        Path newer = DebianPackage.build("99.1", directory);
        host.take(newer);
        String old = host.run("cat " + ARCHIVES + "/*.stamp");
        assertThat(host.run("dpkg -i " + newer.getFileName() + " 2>&1")).doesNotContain("takes longer");
        assertThat(host.run("tail -n 1 /etc/wsrep4j/libwsrep4j.conf")).isEqualTo("-Xmx300m\n");
        assertThat(host.run("grep -c ^wsrep " + CONFIGURATION)).isEqualTo("6\n");
        assertThat(host.run("cat " + ARCHIVES + "/*.stamp")).isNotEqualTo(old);

        assertThat(host.run("dpkg -r wsrep4j 2>&1"))
                .contains("mariadbd will not start until wsrep_provider is another one")
                .contains(CONFIGURATION)
                .doesNotContain(HOME + "' not empty");
        host.run("test -e " + CONFIGURATION + " && ! test -e " + HOME + " && ! test -e " + ARCHIVES);
        host.run("dpkg -P wsrep4j");
        assertThat(host.run(everyFile())).isEqualTo(before);
    }

    /** Of ours, below where packages put anything, but for what dpkg itself keeps and what other tests keep on this machine. */
    private static String everyFile() {
        return "find /usr /etc /var -xdev \\( -path /var/lib/dpkg -o -path /var/log -o -path /var/tmp -o -path '"
                + CACHE_OF_TESTS + "' \\) -prune -o -iname '*wsrep*' -print | sort";
    }

    @Test
    void theArchivesOfClassesFollowTheJdksThatComeAndGo() throws IOException {
        openHost();
        host.take(built);
        host.run("dpkg -i " + built.getFileName());
        host.run("rm -r " + ARCHIVES);

        // two names of one JDK: what matters is that something changed below that folder
        Path jdk = DebianPackage.other("jdk-for-a-test", "usr/lib/jvm/jdk-for-a-test/release", directory);
        host.take(jdk);
        assertThat(host.run("dpkg -i " + jdk.getFileName())).contains("preparing the start with each JDK");
        assertThat(archives()).hasSize(1);

        host.run("cd " + ARCHIVES + " && for file in *; do cp $file gone_$file; done;"
                + " sed -i '1s:^/:/gone/:' gone_*.stamp; dpkg -P jdk-for-a-test");
        assertThat(archives()).hasSize(1).noneMatch(name -> name.startsWith("gone_"));
    }

    private List<String> archives() throws IOException {
        return host.run("cd " + ARCHIVES + " && ls *.jsa && cat *.stamp >/dev/null")
                .lines()
                .toList();
    }

    /** With the oldest JDK of this machine only: each takes its time. */
    private void openHost() throws IOException {
        String obstacle = PrivateNetwork.obstacle();
        assumeTrue(obstacle == null, () -> "needs root's rights and kernel namespaces: " + obstacle);
        host = DebianHost.copyOfThisMachine(directory);
        host.run("cd /usr/lib/jvm && rm -rf $(ls | grep -v -- '-17-\\|1.17.0\\|^openjdk-17$') /opt/java /opt/jdk");
    }

    @Test
    void theArbitratorsServiceSaysInOneLineWhatItsSettingsLack() throws IOException {
        Path service = unpacked().resolve("usr/lib/wsrep4j/start-arbitrator");
        Path settings = Files.writeString(directory.resolve("settings"), "GALERA_NODES=\"10.94.0.1\"\n");
        String command = "WSREP4J_ARBITRATOR_SETTINGS=" + settings + " " + service + "; echo ended with $?";
        assertThat(Command.run("bash", "-c", command))
                .isEqualTo("wsrep4j-arbitrator: GALERA_GROUP in " + settings
                        + " is empty; needed is the cluster's name\nended with 78\n");
        Files.writeString(settings, "GALERA_GROUP=x\nGALERA_NODES=\" , \"\n");
        assertThat(Command.run("bash", "-c", command))
                .isEqualTo("wsrep4j-arbitrator: GALERA_NODES in " + settings
                        + " is empty; needed are the addresses of the cluster's nodes\nended with 78\n");
    }

    @Test
    void aMisspeltArgumentOfTheLauncherIsRefusedBeforeAnythingIsBuilt() throws IOException {
        String launcher = Path.of(System.getProperty("wsrep4j.repository", "../.."))
                .resolve("wsrep4j")
                .toString();
        assertThat(Command.run("bash", "-c", launcher + " package --debb 2>&1 | head -n 1; echo ${PIPESTATUS[0]}"))
                .isEqualTo("package: unknown argument: --debb; allowed: --deb\n2\n");
    }
}

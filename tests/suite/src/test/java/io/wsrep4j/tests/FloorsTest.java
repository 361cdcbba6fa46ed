package io.wsrep4j.tests;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTag;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.Serializable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;

/** The floors of ARCHITECTURE.md: a package imports only from floors below its own, and inside a module no packages import each other in a circle. */
@ArchTag("unit")
@AnalyzeClasses(packages = "io.wsrep4j", importOptions = ImportOption.DoNotIncludeTests.class)
final class FloorsTest {

    private static final int LONGEST_CLASS = 400;

    /** Files that are longer still, and how long: they may only shrink, and leave this list. */
    private static final Map<String, Integer> STILL_LONGER = Map.of("Receiver.java", 483);

    private static final String[] PURE = {
        "io.wsrep4j.flow..",
        "io.wsrep4j.gcomm.evs..",
        "io.wsrep4j.gcomm.gmcast..",
        "io.wsrep4j.gcomm.group",
        "io.wsrep4j.gcomm.group.message..",
        "io.wsrep4j.gcomm.pc.."
    };

    @ArchTest
    static final ArchRule A_PACKAGE_IMPORTS_ONLY_FROM_FLOORS_BELOW = layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage("io.wsrep4j..")
            .layer("api")
            .definedBy("io.wsrep4j.api..")
            .layer("options")
            .definedBy("io.wsrep4j.options..")
            .layer("flow")
            .definedBy("io.wsrep4j.flow..")
            .layer("gcache")
            .definedBy("io.wsrep4j.gcache..")
            .layer("group")
            .definedBy(
                    "io.wsrep4j.gcomm",
                    "io.wsrep4j.gcomm.group..",
                    "io.wsrep4j.gcomm.local..",
                    "io.wsrep4j.gcomm.log..")
            .layer("transport")
            .definedBy(
                    "io.wsrep4j.gcomm.frame..",
                    "io.wsrep4j.gcomm.netty..",
                    "io.wsrep4j.gcomm.options..",
                    "io.wsrep4j.gcomm.transport..")
            .layer("gcomm://")
            .definedBy(
                    "io.wsrep4j.gcomm.channel..",
                    "io.wsrep4j.gcomm.evs..",
                    "io.wsrep4j.gcomm.gmcast..",
                    "io.wsrep4j.gcomm.pc..")
            // not on this class path before the provider has it; its own module checks it, too
            .optionalLayer("paxos://")
            .definedBy("io.wsrep4j.gcomm.paxos..")
            .layer("ist")
            .definedBy("io.wsrep4j.ist..")
            .layer("sst")
            .definedBy("io.wsrep4j.sst..")
            .layer("provider")
            .definedBy("io.wsrep4j.provider..")
            .layer("native")
            .definedBy("io.wsrep4j.jna..")
            .layer("tests")
            .definedBy("io.wsrep4j.tests..")
            .whereLayer("api")
            .mayNotAccessAnyLayer()
            .whereLayer("options")
            .mayOnlyAccessLayers("api")
            .whereLayer("flow")
            .mayOnlyAccessLayers("api")
            .whereLayer("gcache")
            .mayOnlyAccessLayers("api", "options")
            .whereLayer("group")
            .mayOnlyAccessLayers("api", "options", "flow")
            .whereLayer("transport")
            .mayOnlyAccessLayers("api", "options", "group")
            // a backend, which nobody above knows but as a GroupChannel, and which knows no other backend
            .whereLayer("gcomm://")
            .mayOnlyAccessLayers("api", "options", "group", "transport")
            .whereLayer("paxos://")
            .mayOnlyAccessLayers("api", "options", "group", "transport")
            .whereLayer("ist")
            .mayOnlyAccessLayers("api", "options", "gcache")
            .whereLayer("sst")
            .mayOnlyAccessLayers("api")
            .whereLayer("provider")
            .mayOnlyAccessLayers("api", "options", "flow", "gcache", "group", "transport", "ist")
            .whereLayer("native")
            .mayOnlyAccessLayers("api", "provider");

    @ArchTest
    static final ArchRule NO_PACKAGES_IMPORT_EACH_OTHER_IN_A_CIRCLE =
            slices().matching("io.wsrep4j.(**)").should().beFreeOfCycles();

    /** By lines of the file, of whatever is in src/main/java of a module, the tests' kit and benchmarks included. */
    @ArchTest
    static void noClassIsLongerThanAReaderBears(JavaClasses classes) throws IOException {
        Path repository = Path.of(System.getProperty("wsrep4j.repository", "../.."))
                .toAbsolutePath()
                .normalize();
        Map<String, Integer> tooLong = new TreeMap<>();
        int read = 0;
        try (Stream<Path> files = Files.walk(repository)) {
            for (Path file : files.filter(FloorsTest::isMainSource).toList()) {
                read++;
                int lines = Files.readAllLines(file).size();
                if (lines > LONGEST_CLASS) {
                    tooLong.merge(file.getFileName().toString(), lines, Integer::max);
                }
            }
        }
        assertThat(read).as("main classes").isGreaterThan(400);
        assertThat(tooLong)
                .as(
                        "classes of more than %d lines: split them by concern. One that is listed and short now leaves the list",
                        LONGEST_CLASS)
                .hasSameSizeAs(STILL_LONGER)
                .allSatisfy((name, lines) ->
                        assertThat(lines).as(name).isLessThanOrEqualTo(STILL_LONGER.getOrDefault(name, LONGEST_CLASS)));
    }

    private static boolean isMainSource(Path file) {
        String path = file.toString();
        return path.contains("/src/main/java/") && path.endsWith(".java") && !path.contains("/target/");
    }

    /** What a deterministic state machine must not know: what happens depends on more than what goes in then. */
    private static final DescribedPredicate<JavaClass> WORLD = resideInAnyPackage(
                    "java.util.concurrent..",
                    "java.io..",
                    "java.net..",
                    "java.nio.channels..",
                    "java.nio.file..",
                    "java.security..",
                    "java.time..",
                    "io.netty.bootstrap..",
                    "io.netty.channel..",
                    "io.netty.handler..",
                    "io.netty.util.concurrent..")
            .or(assignableTo(Thread.class))
            .or(assignableTo(Random.class))
            .or(type(ThreadLocal.class))
            .as("threads, locks, clocks, random sources and I/O")
            // exceptions and values do nothing by themselves
            .and(not(assignableTo(Throwable.class)))
            .and(not(type(Duration.class)))
            .and(not(type(InetAddress.class)))
            .and(not(type(InetSocketAddress.class)))
            .and(not(type(Serializable.class)));

    @ArchTest
    static final ArchRule PROTOCOLS_ARE_PURE = noClasses()
            .that()
            .resideInAnyPackage(PURE)
            .should()
            .dependOnClassesThat(WORLD)
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Math.class, "random")
            .orShould()
            .callMethod(UUID.class, "randomUUID");

    @ArchTest
    static final ArchRule PROTOCOLS_LOCK_NOTHING = noMethods()
            .that()
            .areDeclaredInClassesThat()
            .resideInAnyPackage(PURE)
            .should()
            .haveModifier(JavaModifier.SYNCHRONIZED);

    @ArchTest
    static void noPackageLiesInTwoModules(JavaClasses classes) {
        Map<String, Set<String>> modules = new TreeMap<>();
        for (JavaClass one : classes) {
            String file = one.getSource().orElseThrow().getUri().toString();
            String path = one.getName().replace('.', '/') + ".class";
            String root = file.substring(0, file.length() - path.length());
            if (!root.endsWith("-tests.jar!/") && !root.endsWith("/test-classes/")) {
                modules.computeIfAbsent(one.getPackageName(), name -> new TreeSet<>())
                        .add(root);
            }
        }
        assertThat(modules).containsKeys("io.wsrep4j.gcomm", "io.wsrep4j.gcomm.evs", "io.wsrep4j.gcomm.netty");
        assertThat(modules)
                .allSatisfy((name, roots) -> assertThat(roots).as(name).hasSize(1));
    }
}

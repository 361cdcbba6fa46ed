package io.wsrep4j.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.junit.ArchTag;
import io.wsrep4j.tests.group.OwnArbitrator;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.MariadbTestRun;
import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.process.Garbd;
import io.wsrep4j.tests.process.PrivateNetwork;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The tag {@code unit} stands where it belongs: at the tests that {@code ./wsrep4j test unit} can run, and at all of them. */
@Tag("unit")
final class UnitTagTest {

    /** What needs a server, Galera's library, our package or root's rights. */
    private static final Set<Class<?>> NOT_FOR_UNITS = Set.of(
            MariaDbServer.class,
            MariadbTestRun.class,
            Providers.class,
            Garbd.class,
            OwnArbitrator.class,
            PrivateNetwork.class);

    @Test
    void testsAreTaggedAsUnitsIfNothingTheyUseNeedsMoreThanAJvm() {
        JavaClasses classes = new ClassFileImporter().importPackages(UnitTagTest.class.getPackageName());
        Set<String> tagged = new TreeSet<>();
        Set<String> units = new TreeSet<>();
        for (JavaClass test : classes) {
            if (!test.getSimpleName().endsWith("Test") || test.getModifiers().contains(JavaModifier.ABSTRACT)) {
                continue;
            }
            if (isTagged(test)) {
                tagged.add(test.getName());
            }
            if (test.equals(classes.get(UnitTagTest.class)) || !needsMore(test)) {
                units.add(test.getName());
            }
        }

        assertThat(tagged).isNotEmpty().isEqualTo(units);
    }

    private static boolean isTagged(JavaClass test) {
        return test.tryGetAnnotationOfType(Tag.class)
                        .map(tag -> tag.value().equals("unit"))
                        .orElse(false)
                || test.tryGetAnnotationOfType(ArchTag.class)
                        .map(tag -> tag.value().equals("unit"))
                        .orElse(false);
    }

    /** Follows what the test uses within the packages of tests. */
    private static boolean needsMore(JavaClass test) {
        Set<JavaClass> seen = new HashSet<>(Set.of(test));
        ArrayDeque<JavaClass> open = new ArrayDeque<>(seen);
        for (JavaClass next = open.poll(); next != null; next = open.poll()) {
            JavaClass used = next;
            if (NOT_FOR_UNITS.stream().anyMatch(used::isEquivalentTo)) {
                return true;
            }
            next.getDirectDependenciesFromSelf().stream()
                    .map(dependency -> dependency.getTargetClass().getBaseComponentType())
                    .filter(target -> target.getPackageName().startsWith(UnitTagTest.class.getPackageName()))
                    .filter(seen::add)
                    .forEach(open::add);
        }
        return false;
    }
}

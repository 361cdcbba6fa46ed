package io.wsrep4j.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.wsrep4j.api.MalformedException;
import io.wsrep4j.ist.IstException;
import java.lang.reflect.Constructor;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is thrown because of bytes that somebody else sent: one scheme over all modules, and no stack, since he can send as many as he likes. */
@Tag("unit")
final class MalformedInputTest {

    private static List<JavaClass> thrown() {
        return new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("io.wsrep4j").stream()
                        .filter(one -> one.isAssignableTo(Throwable.class))
                        .toList();
    }

    @Test
    void whatIsNamedMalformedOrCorruptHasTheOneBase() {
        Set<String> others = new TreeSet<>();
        for (JavaClass one : thrown()) {
            boolean named = one.getSimpleName().matches("(Malformed|Corrupt).*");
            if (named && !one.isAssignableTo(MalformedException.class)) {
                others.add(one.getName());
            }
        }
        assertThat(others).isEmpty();
    }

    @Test
    void noneHasAStackAndEachSaysWhereWhatWasGivenAndWhatIsAllowed() throws Exception {
        List<JavaClass> concrete = thrown().stream()
                .filter(one -> one.isAssignableTo(MalformedException.class))
                .filter(one -> !one.getModifiers().contains(JavaModifier.ABSTRACT))
                .toList();
        assertThat(concrete)
                .extracting(JavaClass::getPackageName)
                .as("who reads what others send")
                .contains(
                        "io.wsrep4j.gcomm.group.message",
                        "io.wsrep4j.gcomm.frame",
                        "io.wsrep4j.gcomm.gmcast",
                        "io.wsrep4j.gcomm.evs",
                        "io.wsrep4j.gcomm.pc",
                        "io.wsrep4j.provider.writeset",
                        "io.wsrep4j.provider.transfer");
        for (JavaClass one : concrete) {
            Throwable made = make(one.reflect());
            assertThat(made.getStackTrace()).as(one.getName()).isEmpty();
            assertThat(made.getMessage()).as(one.getName()).matches("(?s).+: .+; allowed: .+");
        }
        assertThat(new IstException(1, "a stranger's bytes").getStackTrace()).isEmpty();
    }

    private static Throwable make(Class<?> type) throws ReflectiveOperationException {
        Constructor<?> constructor = Stream.of(type.getDeclaredConstructors())
                .filter(one -> !one.isSynthetic())
                .findFirst()
                .orElseThrow();
        constructor.setAccessible(true);
        return (Throwable) constructor.newInstance(Stream.of(constructor.getParameterTypes())
                .map(MalformedInputTest::some)
                .toArray());
    }

    private static Object some(Class<?> type) {
        if (type == String.class) {
            return "something";
        }
        if (type == int.class) {
            return 1;
        }
        if (type == long.class) {
            return 1L;
        }
        return type.isEnum() ? type.getEnumConstants()[0] : null;
    }
}

package io.wsrep4j.gcomm.paxos;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The core is a state machine: events and time in, effects out (docs/spec/paxos.md 29). */
@AnalyzeClasses(packages = "io.wsrep4j.gcomm.paxos", importOptions = ImportOption.DoNotIncludeTests.class)
final class PurityTest {

    @ArchTest
    static final ArchRule NO_THREAD_LOCK_CLOCK_CHANCE_OR_DEVICE = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "java.util.concurrent..",
                    "java.net..",
                    "java.io..",
                    "java.nio.channels..",
                    "java.nio.file..",
                    "java.time..")
            .orShould()
            .dependOnClassesThat()
            .haveNameMatching("java\\.lang\\.Thread|java\\.util\\.Random|java\\.util\\.Timer")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");

    @ArchTest
    static final ArchRule KNOWS_ONLY_THE_FLOORS_BELOW = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.wsrep4j.provider..",
                    "io.wsrep4j.gcomm.evs..",
                    "io.wsrep4j.gcomm.gmcast..",
                    "io.wsrep4j.gcomm.pc..",
                    "io.wsrep4j.gcomm.channel..");

    @ArchTest
    static final ArchRule MESSAGES_KNOW_NO_PROTOCOL = noClasses()
            .that()
            .resideInAPackage("io.wsrep4j.gcomm.paxos.message")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.wsrep4j.gcomm.paxos");
}

package dev.septet.walls;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.conditions.ArchConditions.dependOnClassesThat;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;

import dev.septet.llm.sandbox.Probe;
import dev.septet.workflows.payload.SeptetDataConverter;

import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.schedules.ScheduleClientOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;

import org.junit.jupiter.api.Test;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** The walls between Septet's rooms, as its architecture names them. */
class WallsTest {
    private static final JavaClasses SEPTET =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("dev.septet", "ai.djl.pytorch.jni");

    @Test
    void theWallsStandAroundSomething() {
        for (String room :
                List.of("dsl.spec", "dsl.parse", "workflows", "activities", "llm", "workers")) {
            assertThat(
                            SEPTET.stream()
                                    .filter(
                                            type ->
                                                    type.getPackageName()
                                                            .startsWith("dev.septet." + room)))
                    .as("classes of %s that were scanned", room)
                    .hasSizeGreaterThan(4);
        }
    }

    @Test
    void stagesSeeOnlyTheSpecOfTheLanguage() {
        check(
                noClasses()
                        .that()
                        .resideInAnyPackage("dev.septet.workflows..", "dev.septet.activities..")
                        .and(not(resideInAPackage("dev.septet.activities.catalog..")))
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(
                                "dev.septet.dsl",
                                "dev.septet.dsl.parse..",
                                "dev.septet.dsl.vocabulary..",
                                "dev.septet.dsl.bind..",
                                "dev.septet.dsl.problem.."));
    }

    @Test
    void modulesSeeOnlyThoseToTheirLeft() {
        check(
                noClasses()
                        .that()
                        .resideInAPackage("dev.septet.dsl..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(
                                "dev.septet.workflows..",
                                "dev.septet.activities..",
                                "dev.septet.llm..",
                                "dev.septet.workers..",
                                "io.temporal..",
                                "ai.djl.."));
        check(
                noClasses()
                        .that()
                        .resideInAPackage("dev.septet.workflows..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(
                                "dev.septet.activities..",
                                "dev.septet.llm..",
                                "dev.septet.workers..",
                                "ai.djl.."));
    }

    @Test
    void theEngineKnowsNothingOfTemporalOrStages() {
        check(
                noClasses()
                        .that()
                        .resideInAPackage("dev.septet.llm..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(
                                "io.temporal..",
                                "dev.septet.activities..",
                                "dev.septet.workflows..",
                                "dev.septet.workers.."));
    }

    @Test
    void onlyActivityImplementationsTouchTemporal() {
        check(
                noClasses()
                        .that()
                        .resideInAPackage("dev.septet.activities..")
                        .and(not(simpleNameEndingWith("ActivitiesImpl")))
                        .and(not(resideInAPackage("dev.septet.activities.support..")))
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("io.temporal.."));
    }

    @Test
    void onlyTheParserKnowsGroovyAndNothingCompilesIt() {
        check(
                noClasses()
                        .that(not(resideInAPackage("dev.septet.dsl.parse..")))
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(
                                "groovy..", "org.codehaus.groovy..", "org.apache.groovy.."));
        check(
                noClasses()
                        .should()
                        .dependOnClassesThat()
                        .haveNameMatching(
                                "groovy\\.lang\\.(GroovyShell|GroovyClassLoader)"
                                        + "|org\\.codehaus\\.groovy\\.control\\.CompilationUnit"));
    }

    @Test
    void workflowsAreDeterministic() {
        check(
                classes()
                        .that()
                        .resideInAPackage("dev.septet.workflows..")
                        .should(
                                com.tngtech.archunit.lang.conditions.ArchConditions.never(
                                        dependOnClassesThat(
                                                resideInAnyPackage(
                                                                "java.io",
                                                                "java.nio.file..",
                                                                "java.net..",
                                                                "java.util.concurrent..")
                                                        .as(
                                                                "reside in files, network, threads")))));
        check(
                noClasses()
                        .that()
                        .resideInAPackage("dev.septet.workflows..")
                        .should()
                        .callMethod(System.class, "currentTimeMillis")
                        .orShould()
                        .callMethod(System.class, "nanoTime")
                        .orShould()
                        .callMethod(UUID.class, "randomUUID")
                        .orShould()
                        .callMethod(Math.class, "random")
                        .orShould()
                        .callMethod(java.time.Instant.class, "now")
                        .orShould()
                        .dependOnClassesThat()
                        .belongToAnyOf(
                                Thread.class,
                                Random.class,
                                SecureRandom.class,
                                ThreadLocalRandom.class,
                                File.class));
        check(
                fields().that()
                        .areDeclaredInClassesThat()
                        .resideInAPackage("dev.septet.workflows..")
                        .and()
                        .areStatic()
                        .should()
                        .beFinal());
    }

    @Test
    void roomsDoNotDependOnEachOtherInCircles() {
        check(slices().matching("dev.septet.dsl.(*)..").should().beFreeOfCycles());
        check(slices().matching("dev.septet.workflows.(*)..").should().beFreeOfCycles());
        check(slices().matching("dev.septet.activities.(*)..").should().beFreeOfCycles());
        check(slices().matching("dev.septet.llm.(*)..").should().beFreeOfCycles());
        check(slices().matching("dev.septet.workers.(*)..").should().beFreeOfCycles());
        check(slices().matching("dev.septet.(*)..").should().beFreeOfCycles());
    }

    /** So that none of Septet's processes can forget to encode its payloads. */
    @Test
    void clientOptionsAreMadeInOnePlace() {
        check(
                noClasses()
                        .that()
                        .resideInAPackage("dev.septet.workers..")
                        .and(not(resideInAPackage("dev.septet.workers.client..")))
                        .should()
                        .dependOnClassesThat()
                        .haveFullyQualifiedName(SeptetDataConverter.class.getName())
                        .orShould()
                        .callMethod(WorkflowClientOptions.class, "newBuilder")
                        .orShould()
                        .callMethod(ScheduleClientOptions.class, "newBuilder")
                        .orShould()
                        .callMethod(
                                WorkflowClient.class, "newInstance", WorkflowServiceStubs.class));
    }

    @Test
    void onlyTheCommandLineWritesToStandardStreams() {
        check(
                noClasses()
                        .that(
                                not(
                                        resideInAnyPackage(
                                                "dev.septet.workers.cli..",
                                                "dev.septet.examples..")))
                        // A process of its own, whose parent reads what it writes.
                        .and(not(type(Probe.class)))
                        .should()
                        .accessField(System.class, "out")
                        .orShould()
                        .accessField(System.class, "err")
                        .orShould()
                        .callMethod(Throwable.class, "printStackTrace"));
    }

    @Test
    void nobodyDeserializesObjectsAndOnlyTheVocabularyReflects() {
        check(
                noClasses()
                        .should()
                        .dependOnClassesThat()
                        .belongToAnyOf(java.io.ObjectInputStream.class));
        check(
                noClasses()
                        .that(
                                not(
                                        resideInAnyPackage(
                                                "dev.septet.dsl.vocabulary..",
                                                // Temporal's data converters are given a Type.
                                                "dev.septet.workflows.payload..")))
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("java.lang.reflect.."));
    }

    @Test
    void everyRoomIsNullMarked() throws IOException {
        List<Path> modules =
                Stream.of("dsl", "workflows", "activities", "workers")
                        .map(module -> Path.of("..", module, "src/main/java"))
                        .toList();
        for (Path module : modules) {
            try (Stream<Path> files = Files.walk(module)) {
                List<Path> rooms =
                        files.filter(file -> file.toString().endsWith(".java"))
                                .map(Path::getParent)
                                .distinct()
                                .toList();
                assertThat(rooms).isNotEmpty();
                for (Path room : rooms) {
                    assertThat(room.resolve("package-info.java")).content().contains("@NullMarked");
                }
            }
        }
    }

    private static void check(ArchRule rule) {
        rule.check(SEPTET);
    }
}

package dev.septet.walls;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.dependOnClassesThat;
import static com.tngtech.archunit.lang.conditions.ArchConditions.never;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import dev.septet.workflows.RunRef;
import java.io.File;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** The walls of workflows and contracts. */
class WorkflowWallsTest extends RoomRules {
    WorkflowWallsTest() {
        super(RunRef.class);
    }

    @Override
    protected List<String> rooms() {
        return List.of("dev.septet.workflows");
    }

    @Override
    protected List<String> withoutCircles() {
        return List.of("dev.septet.workflows");
    }

    @Test
    void workflowsSeeOnlyTheSpecOfTheLanguageAndNothingThatWorks() {
        check(noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.septet.dsl",
                        "dev.septet.dsl.parse..",
                        "dev.septet.dsl.vocabulary..",
                        "dev.septet.dsl.bind..",
                        "dev.septet.dsl.problem..",
                        "groovy..",
                        "org.codehaus.groovy..",
                        "org.apache.groovy..",
                        "dev.septet.activities..",
                        "dev.septet.llm..",
                        "dev.septet.workers..",
                        "ai.djl.."));
    }

    @Test
    void workflowsAreDeterministic() {
        check(classes()
                .should(never(dependOnClassesThat(
                        resideInAnyPackage("java.io", "java.nio.file..", "java.net..", "java.util.concurrent..")
                                .as("reside in files, network, threads")))));
        check(noClasses()
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(UUID.class, "randomUUID")
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Thread.class, Random.class, SecureRandom.class, ThreadLocalRandom.class, File.class));
        check(fields().that().areStatic().should().beFinal());
    }
}

package dev.septet.walls;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import dev.septet.activities.store.ArtifactStore;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The walls of the stages. */
class ActivityWallsTest extends RoomRules {
    ActivityWallsTest() {
        super(ArtifactStore.class);
    }

    @Override
    protected List<String> rooms() {
        return List.of("dev.septet.activities");
    }

    @Override
    protected List<String> withoutCircles() {
        return List.of("dev.septet", "dev.septet.activities", "dev.septet.activities.train");
    }

    @Test
    void stagesSeeOnlyTheSpecOfTheLanguage() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.septet.activities..")
                .and(not(resideInAPackage("dev.septet.activities.catalog..")))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.septet.dsl",
                        "dev.septet.dsl.parse..",
                        "dev.septet.dsl.vocabulary..",
                        "dev.septet.dsl.bind..",
                        "dev.septet.dsl.problem.."));
        check(noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "groovy..", "org.codehaus.groovy..", "org.apache.groovy..", "dev.septet.workers.."));
    }

    @Test
    void onlyActivityImplementationsTouchTemporal() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.septet.activities..")
                .and(not(simpleNameEndingWith("ActivitiesImpl")))
                .and(not(resideInAnyPackage("dev.septet.activities.attempt..", "dev.septet.activities.result..")))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.temporal.."));
    }
}

package dev.septet.walls;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.llm.sandbox.SandboxProbe;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The walls of activities and of the engine. */
class ActivityWallsTest extends RoomRules {
    ActivityWallsTest() {
        super(ArtifactStore.class);
    }

    @Override
    protected List<String> rooms() {
        return List.of("dev.septet.activities", "dev.septet.llm");
    }

    @Override
    protected List<String> withoutCircles() {
        return List.of("dev.septet", "dev.septet.activities", "dev.septet.llm");
    }

    /** A process of its own, whose parent reads what it writes. */
    @Override
    protected DescribedPredicate<JavaClass> printing() {
        return type(SandboxProbe.class);
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
    void theEngineKnowsNothingOfTemporalOrStages() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.septet.llm..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.temporal..", "dev.septet.activities..", "dev.septet.workflows.."));
    }

    @Test
    void onlyActivityImplementationsTouchTemporal() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.septet.activities..")
                .and(not(simpleNameEndingWith("ActivitiesImpl")))
                .and(not(resideInAPackage("dev.septet.activities.support..")))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.temporal.."));
    }
}

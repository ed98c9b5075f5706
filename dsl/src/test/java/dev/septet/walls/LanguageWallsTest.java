package dev.septet.walls;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import dev.septet.dsl.pipeline.PipelineSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The walls of the pipeline language. */
class LanguageWallsTest extends RoomRules {
    LanguageWallsTest() {
        super(PipelineSpec.class);
    }

    @Override
    protected List<String> rooms() {
        return List.of("dev.septet.dsl.pipeline", "dev.septet.dsl.parse");
    }

    @Override
    protected List<String> withoutCircles() {
        return List.of("dev.septet.dsl");
    }

    @Test
    void theLanguageKnowsNothingOfWhatRunsIt() {
        check(noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.septet.workflows..",
                        "dev.septet.activities..",
                        "dev.septet.llm..",
                        "dev.septet.workers..",
                        "io.temporal..",
                        "ai.djl.."));
    }

    @Test
    void onlyTheParserKnowsGroovyAndNothingCompilesIt() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage("dev.septet.dsl.parse..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("groovy..", "org.codehaus.groovy..", "org.apache.groovy.."));
        check(noClasses()
                .should()
                .dependOnClassesThat()
                .haveNameMatching("groovy\\.lang\\.(GroovyShell|GroovyClassLoader)"
                        + "|org\\.codehaus\\.groovy\\.control\\.CompilationUnit"));
    }
}

package dev.septet.walls;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import dev.septet.workers.serve.ModelServer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The walls of the model server. */
class ServerWallsTest extends RoomRules {
    ServerWallsTest() {
        super(ModelServer.class);
    }

    @Override
    protected List<String> rooms() {
        return List.of("dev.septet.workers.serve");
    }

    @Override
    protected List<String> withoutCircles() {
        return List.of("dev.septet.workers.serve");
    }

    @Test
    void answersWithoutTemporalAndGroovy() {
        check(noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.temporal..", "groovy..", "org.codehaus.groovy..", "org.apache.groovy.."));
    }
}

package dev.septet.walls;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import dev.septet.workflows.payload.SeptetDataConverter;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.schedules.ScheduleClientOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What holds in every module whose classes run in a process of Septet. */
public abstract class ProcessRules extends RoomRules {
    /**
     * Scans a module's own classes.
     *
     * @param anchor any class of the module
     */
    protected ProcessRules(Class<?> anchor) {
        super(anchor);
    }

    @Override
    protected List<String> withoutCircles() {
        return List.of("dev.septet.workers");
    }

    /** So that none of Septet's processes can forget to encode its payloads. */
    @Test
    void clientOptionsAreMadeInOnePlace() {
        check(noClasses()
                .that(not(resideInAPackage("dev.septet.workers.client..")))
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName(SeptetDataConverter.class.getName())
                .orShould()
                .callMethod(WorkflowClientOptions.class, "newBuilder")
                .orShould()
                .callMethod(ScheduleClientOptions.class, "newBuilder")
                .orShould()
                .callMethod(WorkflowClient.class, "newInstance", WorkflowServiceStubs.class));
    }

    @Test
    void onlyTheParserKnowsGroovy() {
        check(noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("groovy..", "org.codehaus.groovy..", "org.apache.groovy.."));
    }
}

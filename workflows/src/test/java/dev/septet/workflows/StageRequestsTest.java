package dev.septet.workflows;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.Golden;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.retrain.Retraining;
import dev.septet.workflows.retrain.Trigger;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What a run asks of its stages is persisted in histories, and other versions' workers read it. */
class StageRequestsTest {
    @Test
    void asksAllSevenForWhatItAskedThem() throws IOException {
        try (Stack stack = new Stack(600)) {
            check(stack, "all-stages");
        }
    }

    @Test
    void asksAnotherPipelineForItsRows() throws IOException {
        try (Stack stack = new Stack(600)) {
            stack.activities.spec = Specs.from("hello", "tickets");
            stack.activities.others.put("tickets", Specs.from("tickets", null));
            check(stack, "rows-of-another");
        }
    }

    private static void check(Stack stack, String name) throws IOException {
        WorkflowStub run = stack.pipeline("hello");
        run.start(PipelineRequest.named("hello")
                .retraining(new Retraining(Trigger.SCHEDULE, "by its schedule", null, null, 3)));
        PipelineReport report = run.getResult(PipelineReport.class);
        String id = Objects.requireNonNull(report.run()).runId();
        StringBuilder text = new StringBuilder();
        for (var event : stack.server.getWorkflowClient().fetchHistory("hello").getEvents()) {
            if (event.hasStartChildWorkflowExecutionInitiatedEventAttributes()) {
                var child = event.getStartChildWorkflowExecutionInitiatedEventAttributes();
                JsonNode asked = SpecJson.mapper()
                        .readTree(child.getInput().getPayloads(0).getData().toByteArray());
                text.append(child.getWorkflowId())
                        .append('\n')
                        .append(asked.toString())
                        .append('\n');
            }
        }
        String told = text.toString().replace(id, "RUN").replaceAll("(\"millis\":)\\d+", "$1 0");
        Golden.check(Path.of("src/test/resources/requests", name + ".txt"), told);
    }
}

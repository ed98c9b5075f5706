package dev.septet.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.workflows.artifact.SourceRows;
import dev.septet.workflows.prepare.PrepareRequest;
import io.temporal.failure.ApplicationFailure;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SourcePipelinesTest {
    private final Stack stack = new Stack(0);

    @AfterEach
    void close() {
        stack.close();
    }

    @Test
    void eachPreparesItsRowsForTheNext() {
        stack.activities.spec = Specs.from("hello", "tickets");
        stack.activities.others.put("tickets", Specs.from("tickets", "raw"));
        stack.activities.others.put("raw", Specs.from("raw", null));

        PipelineReport report = stack.run("hello");

        List<PrepareRequest> prepared = stack.activities.prepared;
        assertThat(prepared).extracting(request -> request.run().pipeline()).containsExactly("raw", "tickets", "hello");
        assertThat(prepared.get(0).rows()).isNull();
        assertThat(prepared.get(1).rows()).isNotNull();
        assertThat(prepared.get(2).rows()).isNotNull();
        assertThat(report.sources()).extracting(SourceRows::pipeline).containsExactly("raw", "tickets");
        assertThat(stack.activities.calls.stream().filter("Train@lab-gpu"::equals))
                .hasSize(1);
    }

    @Test
    void refusesACircle() {
        stack.activities.spec = Specs.from("hello", "tickets");
        stack.activities.others.put("tickets", Specs.from("tickets", "raw"));
        stack.activities.others.put("raw", Specs.from("raw", "tickets"));

        assertFails("prepare: pipelines take their rows from each other in a circle: hello -> tickets"
                + " -> raw -> tickets");
        assertThat(stack.activities.prepared).isEmpty();
        assertThat(stack.status("hello").stages().get(0).state()).isEqualTo(StageStatus.State.FAILED);
    }

    @Test
    void refusesItself() {
        stack.activities.spec = Specs.from("hello", "hello");

        assertFails("prepare: pipelines take their rows from each other in a circle: hello -> hello");
    }

    @Test
    void saysThatThereIsNoSuchPipeline() {
        stack.activities.spec = Specs.from("hello", "tickts");

        assertFails("`tickts` is not a known pipeline. Known: hello");
    }

    private void assertFails(String message) {
        assertThatThrownBy(() -> stack.run("hello"))
                .cause()
                .isInstanceOfSatisfying(ApplicationFailure.class, failure -> {
                    assertThat(failure.getType()).isEqualTo("InvalidPipeline");
                    assertThat(failure.getOriginalMessage()).isEqualTo(message);
                });
    }
}

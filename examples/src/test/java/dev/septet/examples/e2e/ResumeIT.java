package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.StageStatus;
import dev.septet.workflows.StageStatus.State;
import dev.septet.workflows.artifact.CheckpointRef;
import io.temporal.client.WorkflowStub;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run is gone on with from a stage, and only where the changed file allows it. */
@Tag("long")
class ResumeIT {
    private static final String NAME = "resumed";
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    @TempDir
    private Path root = Path.of("");

    @Test
    void saysWhatAChangedFileAllowsAndMakesTheRestAnew() throws Exception {
        String file = Pipelines.small(12).replace("NAME", NAME);
        Workspace workspace = Workspace.in(root, NAME, 120, file);
        try (DevStack stack = DevStack.start(root.resolve("state"), workspace.folder())) {
            assertThat(septet(stack, "resume nobody --from train").status()).isEqualTo(5);
            WorkflowStub first = stack.begin(NAME);
            assertThat(septet(stack, "resume %s --from prepare".formatted(NAME)).err())
                    .contains("it is running, so there is nothing to resume");
            CheckpointRef trained = checkpoint(stack.result(first, PATIENCE));

            workspace.write(file.replace("steps 12", "steps 14"));
            Shell.Said no = septet(stack, "resume %s --from evaluate --dry-run".formatted(NAME));
            assertThat(no.status()).isEqualTo(1);
            assertThat(no.out())
                    .containsPattern("train\\.steps +\\| +12 +\\| +14 +\\| incompatible +\\| train depends");
            assertThat(no.err()).contains("train depends on it: resume from train");
            Shell.Said yes = septet(stack, "resume %s --from train --dry-run --json".formatted(NAME));
            assertThat(yes.status()).as(yes.all()).isZero();
            assertThat(yes.out()).contains("\"verdict\" : \"RERUN\"", "\"word\" : \"train.steps\"");
            assertThat(stack.status(NAME).runId())
                    .as("nothing was started")
                    .isEqualTo(first.getExecution().getRunId());

            workspace.write(file);
            Shell.Said again = septet(stack, "resume %s --from train".formatted(NAME));
            assertThat(again.status()).as(again.all()).isZero();
            assertThat(again.out()).contains("Nothing changed since run ");
            assertThat(stack.status(NAME).stages())
                    .extracting(StageStatus::state)
                    .startsWith(State.REUSED, State.REUSED, State.REUSED, State.DONE, State.DONE);
            CheckpointRef anew =
                    checkpoint(stack.client().newUntypedWorkflowStub(NAME).getResult(PipelineReport.class));
            assertThat(anew.origin().why()).isEqualTo("made again: the run was resumed from train");
            assertThat(anew.artifact()).as("the same bytes").isEqualTo(trained.artifact());

            String earlier = first.getExecution().getRunId();
            Shell.Said compared = septet(stack, "compare %s %s --json".formatted(NAME, earlier));
            assertThat(compared.status()).as(compared.all()).isZero();
            JsonNode comparison = SpecJson.mapper().readTree(compared.out());
            assertThat(comparison.at("/runs/1/source").asText()).startsWith("run %s on ".formatted(earlier));
            assertThat(comparison.at("/changes/0/equal").asBoolean())
                    .as("the spec of each run is in its history")
                    .isTrue();
            assertThat(comparison.at("/measures/0/differences/0/method").asText())
                    .isEqualTo("paired");
            assertThat(comparison.at("/measures/0/differences/0/difference").asDouble())
                    .isZero();
            assertThat(comparison.path("facts").findValuesAsText("name"))
                    .contains("method", "steps", "training rows", "took, with all waits", "size of the trained files");
            Shell.Said same = septet(
                    stack, "compare %s %s".formatted(NAME, stack.status(NAME).runId()));
            assertThat(same.status()).as(same.all()).isEqualTo(2);
            assertThat(same.err()).contains("are the same run");
        }
    }

    private static CheckpointRef checkpoint(PipelineReport report) {
        return Objects.requireNonNull(report.checkpoint());
    }

    private static Shell.Said septet(DevStack stack, String arguments) throws Exception {
        return TemporalCli.paste(stack, "septet " + arguments);
    }
}

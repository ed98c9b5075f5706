package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.temporal.client.WorkflowStub;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Killed at any instant, a run ends in the bytes of one that nobody disturbed. */
@Tag("long")
class KillIT extends KilledRuns {
    private static final int STEPS = 90;
    private static final int KILLS = 5;

    KillIT() {
        super(STEPS);
    }

    @Test
    void aTrainingKilledAgainAndAgainLosesAtMostOneIntervalPerKillAndNoBit() throws IOException {
        killTraining("train", KILLS);
    }

    @Test
    void prepareEvaluateAndDeployPublishTheSameOrNothing() throws IOException {
        Workspace workspace = workspace("stages");
        try (DevStack stack = DevStack.start(root.resolve("stages-state"), workspace.folder());
                PublicationWatch watch = PublicationWatch.of(workspace.folder().resolve("out"))) {
            WorkflowStub run = stack.begin(NAME);
            stage(stack, "prepare");
            stack.awaitSuccessor("light", stack.kill("light"));
            awaitDone(stack, stage(stack, "evaluate"), 3);
            stack.awaitSuccessor("training", stack.kill("training"));
            awaitDone(stack, stage(stack, "deploy"), 1);
            long training = stack.kill("training");
            long light = stack.kill("light");
            stack.awaitSuccessor("training", training);
            stack.awaitSuccessor("light", light);

            assertSame(outcome(stack, workspace, stack.result(run, PATIENCE)));
            assertThat(watch.looks()).as("looks at the published folder").isPositive();
            assertThat(watch.halves())
                    .as("times that something half was published")
                    .isEmpty();
        }
    }
}

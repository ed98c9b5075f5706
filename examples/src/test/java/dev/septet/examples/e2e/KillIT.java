package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.septet.workflows.Progress;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Killed at any instant, a run ends in the bytes of one that nobody disturbed. */
@Tag("long")
class KillIT extends KilledRuns {
    private static final int STEPS = 90;
    private static final int KILLS = 5;

    /** Steps of a trial, and those of its first rung. The second one takes longer than two heartbeats are apart. */
    private static final int TRIAL = 48;

    private static final int RUNG = 16;

    KillIT() {
        super(STEPS);
    }

    @Override
    String pipeline(int steps) {
        return super.pipeline(steps)
                .replace("setup { seed 11; heartbeat 10.seconds }", String.format(Locale.ROOT, """
            setup {
                seed 11
                search {
                    learningRate 1e-4, 1e-3, 4e-3
                    steps %d
                    halving reduction: 3, rungs: 2
                }
                heartbeat 10.seconds
                retry attempts: 30, backoff: 1.seconds, factor: 1.0
            }
            """, TRIAL));
    }

    /** One run, because each takes minutes: a kill in each stage, five in the training. */
    @Test
    void aRunKilledInEveryStageLosesAtMostOneIntervalPerKillAndNoBit() throws IOException {
        Workspace workspace = workspace("killed");
        try (DevStack stack = DevStack.start(root.resolve("killed-state"), workspace.folder());
                PublicationWatch watch = PublicationWatch.of(workspace.folder().resolve("out"))) {
            WorkflowStub run = stack.begin(NAME);
            stage(stack, "prepare");
            stack.awaitSuccessor("light", stack.kill("light"));
            killInTheSecondRung(stack);
            killTraining(stack, KILLS);
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

    /** Kills the trial that goes on from its first rung, between that rung and its end. */
    private static void killInTheSecondRung(DevStack stack) throws IOException {
        String setup = stage(stack, "setup");
        List<String> rungs = IntStream.range(0, 3)
                .mapToObj(trial -> String.format(Locale.ROOT, "%s/%d/1", setup, trial))
                .toList();
        Progress before = await("the second rung")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(
                        () -> rungs.stream()
                                .flatMap(rung -> stack.progress(rung).stream())
                                .findFirst()
                                .orElse(null),
                        progress -> progress != null && progress.done() > RUNG);
        long pid = stack.kill("training");
        assertThat(before.done()).as("steps of %d at the kill", TRIAL).isLessThan(TRIAL);
        stack.awaitSuccessor("training", pid);
    }
}

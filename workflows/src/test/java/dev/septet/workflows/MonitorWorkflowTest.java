package dev.septet.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.spec.CanarySpec;
import dev.septet.workflows.monitor.DriftAlarm;
import dev.septet.workflows.monitor.MonitorRequest;
import dev.septet.workflows.monitor.MonitorStatus;
import dev.septet.workflows.monitor.MonitorWorkflow;
import dev.septet.workflows.payload.SeptetDataConverter;
import dev.septet.workflows.retrain.Retraining;
import dev.septet.workflows.retrain.Start;
import dev.septet.workflows.retrain.Starts;
import dev.septet.workflows.retrain.Trigger;

import io.temporal.client.WorkflowStub;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

class MonitorWorkflowTest {
    @Test
    void looksAsOftenAsTheFileSays() {
        try (Stack stack = new Stack(600)) {
            stack.run("hello");

            stack.server.sleep(Duration.ofDays(10).plusMinutes(1));

            assertThat(status(stack).windows()).isEqualTo(41);
            assertThat(status(stack).retraining()).isNull();
        }
    }

    @Test
    void carriesOnAsANewExecutionAndForgetsNothing() {
        try (Stack stack = new Stack(600)) {
            stack.run("hello");

            stack.server.sleep(Duration.ofDays(200).plusHours(3)); // looks take time, too

            assertThat(status(stack).windows()).isEqualTo(801);
            assertThat(stack.activities.looks.values())
                    .as("each once; calls may be more: a machine that stands still tries one again")
                    .containsExactlyElementsOf(IntStream.range(0, 801).boxed().toList());
        }
    }

    @Test
    void startsOneRetrainingPerCooldownAndWatchesTheNewModel() {
        try (Stack stack = new Stack(600)) {
            stack.activities.driftAtWindow = window -> window >= 4 && window < 12;
            stack.run("hello");

            stack.server.sleep(Duration.ofDays(2));
            assertThat(stack.activities.trained).hasSize(2);
            assertThat(status(stack).retraining()).isEqualTo("hello/retrain");

            stack.server.sleep(Duration.ofDays(8));
            assertThat(stack.activities.trained)
                    .as("drift ended before the cool-down of three days did")
                    .hasSize(2);
            assertThat(status(stack).windows())
                    .as("the watch went on over the retraining")
                    .isGreaterThan(35);
        }
    }

    @Test
    void retrainsAgainWhenDriftOutlivesTheCooldown() {
        try (Stack stack = new Stack(600)) {
            stack.activities.driftAtWindow = window -> window >= 4;
            stack.run("hello");

            stack.server.sleep(Duration.ofDays(8));

            assertThat(stack.activities.trained).hasSize(4);
        }
    }

    @Test
    void saysWhyItStartedARunAndWhyItDidNot() {
        try (Stack stack = new Stack(600)) {
            stack.activities.driftAtWindow = window -> window >= 4;
            stack.run("hello");

            stack.server.sleep(Duration.ofDays(2));

            Retraining why = Objects.requireNonNull(stack.activities.prepared.get(1).retraining());
            assertThat(why.trigger()).isEqualTo(Trigger.DRIFT);
            assertThat(why.why()).isEqualTo("it drifted");
            assertThat(status(stack).starts().all()).hasSize(1);
            assertThat(status(stack).held())
                    .startsWith("it drifted, but the last run began")
                    .endsWith("the cool-down is 3 d");
        }
    }

    @Test
    void feedbackStartsARunOnceThereIsEnoughOfItAndCountsItOnce() {
        try (Stack stack = new Stack(600)) {
            stack.activities.spec = Specs.learning(20, Duration.ofDays(1));
            stack.run("hello");
            stack.activities.reviewed = 19;
            stack.server.sleep(Duration.ofDays(2));
            assertThat(stack.activities.prepared).hasSize(1);

            stack.activities.reviewed = 25;
            stack.server.sleep(Duration.ofDays(5));

            assertThat(stack.activities.prepared).hasSize(2);
            Retraining why = Objects.requireNonNull(stack.activities.prepared.get(1).retraining());
            assertThat(why.trigger()).isEqualTo(Trigger.FEEDBACK);
            assertThat(why.why()).isEqualTo("25 rows were reviewed since the last training");
            assertThat(why.reviewed()).isEqualTo(25);
            assertThat(why.replay()).isEqualTo(0.1);
            assertThat(why.learned()).isNotNull();
            stack.activities.reviewed = 44;
            stack.server.sleep(Duration.ofDays(2));
            assertThat(stack.activities.prepared).hasSize(2);
            stack.activities.reviewed = 45;
            stack.server.sleep(Duration.ofDays(2));
            assertThat(stack.activities.prepared).hasSize(3);
        }
    }

    @Test
    void whatAScheduledRunLearnedStartsNoOther() {
        try (Stack stack = new Stack(600)) {
            stack.activities.spec = Specs.learning(20, Duration.ofHours(12));
            stack.run("hello");
            stack.server.sleep(Duration.ofHours(1)); // the first look is over
            stack.activities.reviewed = 25;
            WorkflowStub scheduled = stack.pipeline("hello");
            scheduled.start(
                    PipelineRequest.named("hello")
                            .retraining(
                                    new Retraining(
                                            Trigger.SCHEDULE, "by its schedule", null, null, -1)));
            scheduled.getResult(PipelineReport.class);

            stack.server.sleep(Duration.ofDays(2));

            assertThat(stack.activities.prepared).hasSize(2);
            assertThat(status(stack).starts().reviewed()).isEqualTo(25);
        }
    }

    @Test
    void aRetrainingAskedForTwiceIsOne() {
        try (Stack stack = new Stack(600)) {
            stack.activities.spec =
                    Specs.retrained(
                            new CanarySpec(0.1, Duration.ofDays(10), 50, 0.02, 0.05, 0.1, 1, 2));
            stack.run("hello");
            stack.activities.champion = "c".repeat(64);
            stack.pipeline("hello/retrain").start(PipelineRequest.named("hello"));
            stack.activities.driftAtWindow = window -> true;

            stack.server.sleep(Duration.ofDays(6));

            assertThat(stack.activities.prepared).hasSize(2);
            assertThat(status(stack).held()).isEqualTo("it drifted, but a retraining is under way");
        }
    }

    @Test
    void whatALookFindsAboutTheModelBeforeIsNotHeldAgainstTheNewOne() {
        try (Stack stack = new Stack(0)) {
            AtomicInteger handedOver = new AtomicInteger();
            stack.activities.driftAtWindow =
                    window -> {
                        if (window != 4 || handedOver.getAndIncrement() > 0) {
                            return false;
                        }
                        monitor(stack).follow(successor(stack));
                        return true;
                    };
            stack.run("hello");

            stack.server.sleep(Duration.ofDays(2));

            assertThat(handedOver.get()).as("looks at the rows of that window").isEqualTo(2);
            assertThat(status(stack).alarm().raised()).isFalse();
            assertThat(status(stack).retraining()).isNull();
            assertThat(stack.activities.trained).hasSize(1);
        }
    }

    /** What another run of the pipeline tells the watch. */
    private static MonitorRequest successor(Stack stack) {
        var begun =
                stack.server
                        .getWorkflowClient()
                        .fetchHistory("hello/monitor")
                        .getEvents()
                        .get(0)
                        .getWorkflowExecutionStartedEventAttributes();
        MonitorRequest first =
                SeptetDataConverter.create()
                        .fromPayloads(
                                0,
                                Optional.of(begun.getInput()),
                                MonitorRequest.class,
                                MonitorRequest.class);
        RunRef before = first.run();
        return new MonitorRequest(
                new RunRef(before.pipeline(), "run-2", before.folder(), before.specDigest()),
                first.spec(),
                first.setup(),
                first.dataset(),
                first.model(),
                first.checkpoint(),
                first.pipeline(),
                0,
                0,
                Starts.NONE,
                new Start("run-2", 0),
                DriftAlarm.QUIET,
                first.notifications());
    }

    private static MonitorStatus status(Stack stack) {
        return monitor(stack).status();
    }

    private static MonitorWorkflow monitor(Stack stack) {
        return stack.server
                .getWorkflowClient()
                .newWorkflowStub(MonitorWorkflow.class, "hello/monitor");
    }
}

package dev.septet.workflows;

import static dev.septet.workflows.Await.await;
import static io.temporal.api.enums.v1.WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_FAILED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.pipeline.deploy.CanarySpec;
import dev.septet.workflows.artifact.Verdict;
import dev.septet.workflows.canary.CanaryReading;
import dev.septet.workflows.canary.CanaryTrial;
import dev.septet.workflows.monitor.DriftAlarm;
import dev.septet.workflows.monitor.MonitorRequest;
import dev.septet.workflows.monitor.MonitorStatus;
import dev.septet.workflows.monitor.MonitorWorkflow;
import dev.septet.workflows.payload.SeptetDataConverter;
import dev.septet.workflows.retrain.RetrainHistory;
import dev.septet.workflows.retrain.Retraining;
import dev.septet.workflows.retrain.RunQueue;
import dev.septet.workflows.retrain.Start;
import dev.septet.workflows.retrain.Trigger;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class MonitorWorkflowTest {
    @Test
    void looksAsOftenAsTheFileSays() {
        try (Stack stack = new Stack(600)) {
            stack.run("hello");

            stack.server.sleep(Duration.ofDays(10).plusHours(3)); // looks take time, too

            assertThat(status(stack).windows()).isEqualTo(41);
            assertThat(status(stack).retraining()).isNull();
        }
    }

    @Test
    void onlyACheckThatRunsTheModelWaitsForADevice() {
        try (Stack stack = new Stack(600)) {
            stack.run("hello");
            stack.server.sleep(Duration.ofHours(7));
            assertThat(stack.activities.lookQueues).containsExactly(TaskQueues.LIGHT);
        }
        try (Stack stack = new Stack(600)) {
            stack.activities.spec = Specs.reading();
            stack.activities.rows = 99;
            stack.run("hello");
            stack.server.sleep(Duration.ofHours(7));
            assertThat(stack.activities.lookQueues)
                    .as("there is nothing to read yet")
                    .isEmpty();
            assertThat(Objects.requireNonNull(status(stack).last()).rows()).isEqualTo(99);

            stack.activities.rows = 100;
            stack.server.sleep(Duration.ofHours(6));
            assertThat(stack.activities.lookQueues).containsExactly(Specs.TRAINING_QUEUE);
        }
    }

    @Test
    void goesOnWhenAChecksFileIsDamagedAndSaysSoOnce() {
        try (Stack stack = new Stack(600)) {
            stack.activities.spec = Specs.telling(Specs.complete());
            stack.run("hello");
            stack.server.sleep(Duration.ofHours(7));
            int before = status(stack).windows();
            stack.activities.notices.notices.clear();
            stack.activities.lookFailure =
                    FailureType.CHECKPOINT_CORRUPT.of("adapter/weights.bin: its digest is wrong");

            stack.server.sleep(Duration.ofDays(130)); // a continue-as-new lies between

            assertThat(Objects.requireNonNull(status(stack).failing()).message())
                    .isEqualTo("adapter/weights.bin: its digest is wrong");
            assertThat(Objects.requireNonNull(status(stack).failing()).count()).isGreaterThan(500);
            assertThat(Stack.details(stub(stack))).contains("**hello**: checks fail since", "its digest is wrong");
            assertThat(stack.activities.notices.notices)
                    .as("the webhook and the person on call, once, not at every check")
                    .hasSize(2)
                    .allSatisfy(notice -> {
                        assertThat(notice.event()).isEqualTo("failed");
                        assertThat(notice.stage()).isEqualTo("monitor");
                        assertThat(notice.message()).endsWith("its digest is wrong");
                    });

            stack.activities.lookFailure = null;
            stack.server.sleep(Duration.ofHours(13));

            assertThat(status(stack).failing()).isNull();
            assertThat(status(stack).windows()).isGreaterThan(before);
            assertThat(Stack.details(stub(stack))).doesNotContain("checks fail");
            assertThat(stack.activities.notices.notices)
                    .hasSize(4)
                    .last()
                    .satisfies(notice -> assertThat(notice.message()).contains("work again"));
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

    /** A key that encrypted payloads of a monitor can then be removed after one interval, and not only after months. */
    @Test
    void aRenewedMonitorBeginsANewHistoryAfterItsIntervalAndForgetsNothing() {
        try (Stack stack = new Stack(600)) {
            stack.run("hello");
            stack.server.sleep(Duration.ofHours(13));
            assertThat(execution(stack)).isEqualTo(1);
            int before = status(stack).windows();

            stub(stack).signal("renew");
            stack.server.sleep(Duration.ofHours(6).plusMinutes(30));

            assertThat(execution(stack)).isEqualTo(2);
            assertThat(status(stack).windows()).isEqualTo(before + 1);
            stack.server.sleep(Duration.ofDays(3));
            assertThat(execution(stack)).as("once for each signal").isEqualTo(2);
            assertThat(stack.activities.looks.values())
                    .containsExactlyElementsOf(
                            IntStream.range(0, before + 13).boxed().toList());
        }
    }

    /** How many executions the monitor has had. */
    private static int execution(Stack stack) {
        WorkflowClient client = stack.server.getWorkflowClient();
        String id = stub(stack).getExecution().getWorkflowId();
        int number = 1;
        var first = client.fetchHistory(id).getEvents().get(0).getWorkflowExecutionStartedEventAttributes();
        while (!first.getContinuedExecutionRunId().isEmpty()) {
            number++;
            first = client.fetchHistory(id, first.getContinuedExecutionRunId())
                    .getEvents()
                    .get(0)
                    .getWorkflowExecutionStartedEventAttributes();
        }
        return number;
    }

    @Test
    void startsOneRetrainingPerCooldownAndWatchesTheNewModel() {
        try (Stack stack = new Stack(600)) {
            stack.activities.driftAtWindow = window -> window >= 4 && window < 16;
            stack.run("hello");

            stack.server.sleep(Duration.ofDays(2));
            assertThat(stack.activities.trained)
                    .as("the first run cools down, too")
                    .hasSize(1);
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

            assertThat(stack.activities.trained).as("on days 0, 3 and 6").hasSize(3);
        }
    }

    @Test
    void saysWhyItStartedARunAndWhyItDidNot() {
        try (Stack stack = new Stack(600)) {
            stack.activities.driftAtWindow = window -> window >= 4;
            stack.run("hello");

            stack.server.sleep(Duration.ofDays(4));

            Retraining why =
                    Objects.requireNonNull(stack.activities.prepared.get(1).retraining());
            assertThat(why.trigger()).isEqualTo(Trigger.DRIFT);
            assertThat(why.why()).isEqualTo("it drifted");
            assertThat(status(stack).starts().all()).hasSize(2);
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
            Retraining why =
                    Objects.requireNonNull(stack.activities.prepared.get(1).retraining());
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
            scheduled.start(scheduled());
            scheduled.getResult(PipelineReport.class);

            stack.server.sleep(Duration.ofDays(2));

            assertThat(stack.activities.prepared).hasSize(2);
            assertThat(status(stack).starts().reviewed()).isEqualTo(25);
        }
    }

    @Tag("long")
    @Test
    void aRetrainingAskedForTwiceIsOne() {
        try (Stack stack = new Stack(600)) {
            stack.activities.spec = Specs.retrained(trial(Duration.ofDays(10)));
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
            stack.activities.driftAtWindow = window -> {
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
    @Test
    void followsOnlyAModelOfARunThatAWorkerAdmitted() {
        try (Stack stack = new Stack(0)) {
            stack.activities.ticket = "1;;ours";
            stack.run("hello");
            RetrainHistory before = status(stack).starts();

            monitor(stack).follow(successor(stack, null));
            stack.activities.admits = false;
            monitor(stack).follow(successor(stack, "1;;theirs"));
            stack.server.sleep(Duration.ofHours(7));
            assertThat(status(stack).starts()).isEqualTo(before);
            assertThat(status(stack).windows()).as("the watch goes on").isPositive();

            stack.activities.admits = true;
            monitor(stack).follow(successor(stack, "1;;ours"));
            stack.server.sleep(Duration.ofHours(7));
            assertThat(status(stack).starts()).isNotEqualTo(before);
        }
    }

    private static MonitorRequest successor(Stack stack) {
        return successor(stack, null);
    }

    private static MonitorRequest successor(Stack stack, @Nullable String ticket) {
        var begun = stack.server
                .getWorkflowClient()
                .fetchHistory("hello/monitor")
                .getEvents()
                .get(0)
                .getWorkflowExecutionStartedEventAttributes();
        MonitorRequest first = SeptetDataConverter.create()
                .fromPayloads(0, Optional.of(begun.getInput()), MonitorRequest.class, MonitorRequest.class);
        RunRef before = first.run();
        return new MonitorRequest(
                new RunRef(
                        before.pipeline(),
                        "run-2",
                        before.folder(),
                        before.specDigest(),
                        List.of(),
                        null,
                        ticket,
                        false,
                        null),
                first.spec(),
                first.setup(),
                first.dataset(),
                first.model(),
                first.checkpoint(),
                first.pipeline(),
                0,
                0,
                RetrainHistory.NONE,
                RunQueue.NONE,
                new Start("run-2", 0),
                DriftAlarm.QUIET,
                first.notifications());
    }

    @Tag("long")
    @Test
    void noRetrainingStartsBesideARunThatDriftIsFoundIn() {
        try (Stack stack = new Stack(600)) {
            stack.activities.spec = Specs.retrained(trial(Duration.ofDays(8)));
            stack.activities.canary = MonitorWorkflowTest::wellLiked;
            stack.run("hello");
            stack.activities.champion = "c".repeat(64);
            WorkflowStub scheduled = stack.pipeline("by-schedule");
            scheduled.start(scheduled());
            stack.activities.driftAtWindow = window -> true;

            stack.server.sleep(Duration.ofDays(5));
            assertThat(stack.activities.prepared).as("the cool-down is over").hasSize(2);
            assertThat(status(stack).held()).isEqualTo("it drifted, but the run `by-schedule` is under way");

            stack.server.sleep(Duration.ofDays(4));
            assertThat(stack.activities.prepared).hasSize(3);
            assertThat(status(stack).retraining()).isEqualTo("hello/retrain");
        }
    }

    @Test
    void aRunThatFailedCountsInTheCooldown() {
        try (Stack stack = new Stack(600)) {
            stack.activities.spec = Specs.retrained(trial(Duration.ofHours(1)));
            stack.run("hello");
            stack.server.sleep(Duration.ofDays(4));
            stack.activities.verdict = Verdict.NO_GO;
            WorkflowStub run = stack.pipeline("failing");
            run.start(PipelineRequest.named("hello"));
            // Whoever waits for a result lets the server skip time, which is what is measured here.
            await().until(() -> run.describe().getStatus() == WORKFLOW_EXECUTION_STATUS_FAILED);
            stack.activities.driftAtWindow = window -> true;

            stack.server.sleep(Duration.ofDays(2));
            assertThat(status(stack).held()).endsWith("the cool-down is 3 d");
            assertThat(stack.activities.prepared).hasSize(2);
            stack.activities.verdict = Verdict.GO;
            stack.server.sleep(Duration.ofDays(2));
            assertThat(stack.activities.prepared).hasSize(3);
        }
    }

    @Tag("long")
    @Test
    void aRunThatWasTerminatedHoldsNothingUp() {
        try (Stack stack = new Stack(600)) {
            stack.activities.spec = Specs.retrained(trial(Duration.ofDays(30)));
            stack.run("hello");
            stack.activities.champion = "c".repeat(64);
            WorkflowStub run = stack.pipeline("by-hand");
            run.start(PipelineRequest.named("hello"));
            stack.activities.driftAtWindow = window -> true;
            stack.server.sleep(Duration.ofDays(4));
            assertThat(status(stack).held()).contains("`by-hand` is under way");

            stack.activities.terminated.add("by-hand");
            stack.server.sleep(Duration.ofDays(1));

            assertThat(status(stack).retraining()).isEqualTo("hello/retrain");
        }
    }

    @Tag("long")
    @Test
    void aScheduledRunWaitsForTheRetrainingUnderWay() {
        try (Stack stack = new Stack(600)) {
            stack.activities.spec = Specs.retrained(trial(Duration.ofDays(2)));
            stack.activities.canary = MonitorWorkflowTest::wellLiked;
            stack.run("hello");
            stack.activities.champion = "c".repeat(64);
            stack.activities.driftAtWindow = window -> window < 13;
            stack.server.sleep(Duration.ofDays(3).plusHours(7));
            assertThat(stack.activities.prepared).as("it is retrained").hasSize(2);
            WorkflowStub scheduled = stack.pipeline("by-schedule");
            scheduled.start(scheduled());

            stack.server.sleep(Duration.ofDays(1));
            assertThat(stack.activities.prepared).hasSize(2);
            assertThat(stack.status("by-schedule").stages().get(0).detail())
                    .isEqualTo("until the retraining under way has ended");

            stack.server.sleep(Duration.ofDays(2));
            assertThat(stack.activities.prepared).hasSize(3);
        }
    }

    @Test
    void aScheduledRunGoesOnWhenTheRetrainingWasTerminated() {
        try (Stack stack = new Stack(600)) {
            stack.activities.spec = Specs.retrained(trial(Duration.ofDays(60)));
            stack.run("hello");
            stack.activities.champion = "c".repeat(64);
            WorkflowStub retraining = stack.pipeline("hello/retrain");
            retraining.start(PipelineRequest.named("hello"));
            stack.server.sleep(Duration.ofHours(1));
            WorkflowStub scheduled = stack.pipeline("by-schedule");
            scheduled.start(scheduled());
            stack.server.sleep(Duration.ofHours(1));
            assertThat(stack.activities.prepared).hasSize(2);

            stack.activities.terminated.add("hello/retrain");
            stack.server.sleep(Duration.ofHours(3));

            assertThat(stack.activities.prepared).hasSize(3);
        }
    }

    private static CanaryReading wellLiked(CanaryTrial trial) {
        return new CanaryReading(500, 60, List.of());
    }

    private static CanarySpec trial(Duration hold) {
        return new CanarySpec(0.1, hold, 50, 0.02, 0.05, 0.1, 1, 2);
    }

    private static PipelineRequest scheduled() {
        return PipelineRequest.named("hello")
                .retraining(new Retraining(Trigger.SCHEDULE, "by its schedule", null, null, -1));
    }

    private static MonitorStatus status(Stack stack) {
        return monitor(stack).status();
    }

    private static WorkflowStub stub(Stack stack) {
        return stack.server.getWorkflowClient().newUntypedWorkflowStub("hello/monitor");
    }

    private static MonitorWorkflow monitor(Stack stack) {
        return stack.server.getWorkflowClient().newWorkflowStub(MonitorWorkflow.class, "hello/monitor");
    }
}

package dev.septet.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.pipeline.deploy.CanarySpec;
import dev.septet.workflows.monitor.MonitorStatus;
import dev.septet.workflows.monitor.MonitorWorkflow;
import dev.septet.workflows.prepare.PrepareRequest;
import dev.septet.workflows.retrain.Trigger;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionDescription;
import io.temporal.client.WorkflowTargetOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.WorkerFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Three months of weekly retraining, each model tried for five hours: three outages, two drifts,
 * one model that fails on live requests and one that fails the gate. The activities' workers are
 * started anew in every outage; the workflows' worker forgets all but two of them at any time. (The
 * server that skips time never takes a task back from a worker that is gone, and stands still.)
 */
@Tag("long")
class NinetyDaysTest {
    private static final Instant MONDAY = Instant.parse("2026-01-05T00:00:00Z");
    private static final int WEEKS = 13;

    /** Workflows; all others are replayed from their histories, again and again. */
    private static final int REMEMBERED = 2;

    private static final Duration LOOKS = Duration.ofHours(6);
    private static final Duration COOLDOWN = Duration.ofDays(3);

    /** Of all that needs the engine, over a Monday and before its training. */
    private static final World.Outage MACHINE = new World.Outage(
            at("2026-01-18T12:00"),
            at("2026-01-20T12:00"),
            Set.of("Observe", "Preflight", "Train", "Evaluate", "Export"));

    /** Of the files, in the middle of a trial. */
    private static final World.Outage DISK = new World.Outage(at("2026-02-09T06:00"), at("2026-02-10T06:00"), files());

    /** Of the files, from the trial of the second drift's model until after the cool-down. */
    private static final World.Outage LONG = new World.Outage(at("2026-03-19T07:30"), at("2026-03-22T16:00"), files());

    private final TestWorkflowEnvironment server = TestWorkflowEnvironment.newInstance(Stack.options()
            .setInitialTime(MONDAY)
            .setWorkerFactoryOptions(Stack.workers(REMEMBERED))
            .build());
    private final WorkflowClient client = server.getWorkflowClient();
    private final FakeActivities activities = new FakeActivities();
    private WorkerFactory workers = workers();

    @AfterEach
    void close() {
        workers.shutdownNow();
        server.close();
    }

    @Test
    void everyModelIsPromotedOnceOrGoneAndNothingRunsTwice() {
        World world = new World(
                () -> Instant.ofEpochMilli(server.currentTimeMillis()),
                Set.of(10),
                Set.of(8),
                List.of(
                        new World.Drift(at("2026-01-27T12:00"), at("2026-02-20T00:00")),
                        new World.Drift(at("2026-03-17T12:00"), at("2026-04-05T00:00"))),
                List.of(MACHINE, DISK, LONG));
        activities.world = world;
        activities.spec =
                Patience.of(Specs.retrained(new CanarySpec(0.1, Duration.ofHours(5), 50, 0.02, 0.05, 0.1, 1, 2)));
        Stack.weeklyWorker(server);
        server.start();
        Stack.startWeekly(client, WEEKS);

        until("2026-01-19T17:17");
        newWorkers();
        until("2026-01-29T00:00");
        String coolingDown = watch().held();
        until("2026-02-09T21:17");
        newWorkers();
        until("2026-03-21T05:17");
        newWorkers();
        until("2026-03-22T15:30");
        String underWay = watch().held();
        until("2026-04-05T00:00");
        // Now, because the server skips time while this test waits for a run's result.
        MonitorStatus watch = watch();

        // The first has nobody to be tried beside, 3 is late, 5 and 13 are the drifts', 7 and 13
        // outlive an outage, 8 fails on live requests, 10 fails the gate.
        assertThat(String.join(", ", world.journal))
                .isEqualTo("promoted 1, tried 2, promoted 2, tried 3, promoted 3, tried 4, promoted 4,"
                        + " tried 5, promoted 5, tried 6, promoted 6, tried 7, promoted 7,"
                        + " tried 8, rolled back 8, tried 9, promoted 9,"
                        + " tried 11, promoted 11, tried 12, promoted 12,"
                        + " tried 13, promoted 13, tried 14, promoted 14,"
                        + " tried 15, promoted 15");
        assertThat(world.champion()).isEqualTo(String.format(Locale.ROOT, "%064d", 15));
        assertThat(world.challenger()).isNull();
        runsFollowOneAnother();
        assertThat(coolingDown).startsWith("it drifted, but the last run began").endsWith("the cool-down is 3 d");
        assertThat(underWay).isEqualTo("it drifted, but a retraining is under way");
        assertThat(List.of(MACHINE, DISK, LONG))
                .as("attempts that each outage ended")
                .allSatisfy(outage -> assertThat(world.refused.get(outage)).isGreaterThan(10));
        assertThat(world.trainings.get(2)).isAfter(MACHINE.to());

        assertThat(watch.alarm().raised()).isFalse();
        assertThat(watch.held()).isEmpty();
        assertThat(watch.windows()).isBetween(340, 361);
        assertThat(watch.starts().all())
                .as("whatever started them, and however they ended")
                .hasSize(WEEKS + 2);
    }

    /** Why a run published nothing; empty when it did. To a schedule that is a result. */
    private String refusal(WorkflowExecutionDescription run) {
        PipelineReport.Refusal refusal = server.getWorkflowClient()
                .newUntypedWorkflowStub(WorkflowTargetOptions.newBuilder()
                        .setWorkflowId(run.getExecution().getWorkflowId())
                        .setRunId(run.getExecution().getRunId())
                        .build())
                .getResult(PipelineReport.class)
                .refusal();
        return refusal == null ? "" : refusal.type();
    }

    /** What the server knows of the runs, in the order in which they prepared. */
    private void runsFollowOneAnother() {
        List<PrepareRequest> prepared = List.copyOf(activities.prepared);
        assertThat(prepared.stream().map(NinetyDaysTest::trigger))
                .as("13 Mondays and 2 drifts")
                .hasSize(WEEKS + 2)
                .satisfies(all -> {
                    assertThat(all.get(4)).isEqualTo(Trigger.DRIFT);
                    assertThat(all.get(12)).isEqualTo(Trigger.DRIFT);
                })
                .filteredOn(Trigger.SCHEDULE::equals)
                .hasSize(WEEKS);
        int week = 0;
        Instant began = Instant.MIN;
        Instant ended = Instant.MIN;
        for (int at = 0; at < prepared.size(); at++) {
            boolean drift = trigger(prepared.get(at)) == Trigger.DRIFT;
            WorkflowExecutionDescription run = describe(prepared.get(at), drift);
            String what = "run " + (at + 1);
            assertThat(run.getStatus()).as(what).isEqualTo(WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED);
            assertThat(refusal(run)).as(what).isEqualTo(at == 7 ? "CanaryFailed" : at == 9 ? "GateFailed" : "");
            assertThat(run.getStartTime())
                    .as(what + " begins behind the one before")
                    .isAfter(ended);
            if (drift) {
                assertThat(Duration.between(began, run.getStartTime()))
                        .as("at the first look after the cool-down")
                        .isBetween(COOLDOWN, COOLDOWN.plus(LOOKS));
            } else {
                assertThat(Duration.between(MONDAY, run.getStartTime()))
                        .as(what)
                        .isBetween(
                                Duration.ofDays(7L * week).plusHours(3),
                                Duration.ofDays(7L * week).plusHours(4));
                week++;
            }
            began = run.getStartTime();
            ended = Objects.requireNonNull(run.getCloseTime(), what);
        }
    }

    private static Trigger trigger(PrepareRequest request) {
        return Objects.requireNonNull(request.retraining()).trigger();
    }

    private WorkflowExecutionDescription describe(PrepareRequest request, boolean drift) {
        return client.newUntypedWorkflowStub(WorkflowTargetOptions.newBuilder()
                        .setWorkflowId(drift ? "hello/retrain" : "hello")
                        .setRunId(request.run().runId())
                        .build())
                .describe();
    }

    private MonitorStatus watch() {
        return client.newWorkflowStub(MonitorWorkflow.class, "hello/monitor").status();
    }

    /** Ends the workers of all activities and starts others. */
    private void newWorkers() {
        workers.shutdown();
        workers.awaitTermination(10, TimeUnit.SECONDS);
        workers = workers();
    }

    private WorkerFactory workers() {
        WorkerFactory factory = WorkerFactory.newInstance(client);
        factory.newWorker(TaskQueues.LIGHT)
                .registerActivitiesImplementations(activities, activities.steering, activities.pages);
        factory.newWorker(Specs.TRAINING_QUEUE).registerActivitiesImplementations(activities);
        factory.start();
        return factory;
    }

    private void until(String utc) {
        server.sleep(Duration.ofMillis(at(utc).toEpochMilli() - server.currentTimeMillis()));
    }

    private static Instant at(String utc) {
        return Instant.parse(utc + ":00Z");
    }

    private static Set<String> files() {
        return Set.of("Publish", "Challenge", "CanaryCheck", "Promote", "RollBack");
    }
}

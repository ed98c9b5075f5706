package dev.septet.activities.attempt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.llm.sandbox.ReplacedProgramException;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.Progress;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.StageStubs;
import dev.septet.workflows.WaitReason;
import dev.septet.workflows.payload.SeptetDataConverter;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityInterface;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerOptions;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an attempt ended with decides whether it counts; on a server that skips time. */
@Tag("long")
@Timeout(120)
class AttemptCountTest {
    private static final String QUEUE = "counted";
    private static final int ENDS = 12;

    /** Three attempts without progress, a second and more apart. */
    private static final StagePolicy THREE =
            new StagePolicy(Duration.ofHours(1), Duration.ofSeconds(1), 3, Duration.ofSeconds(1), 2);

    private final AtomicInteger attempts = new AtomicInteger();
    private final List<Long> times = new CopyOnWriteArrayList<>();
    private final List<WaitReason> told = new CopyOnWriteArrayList<>();
    private final TestWorkflowEnvironment server =
            TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                    .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                            .setDataConverter(SeptetDataConverter.create())
                            .build())
                    .build());

    @TempDir
    private Path folder = Path.of("");

    private Script script = (attempt, number) -> {};

    /** Whether the work goes on elsewhere between rounds. */
    private boolean rounds;

    private int goesOn = ENDS;

    /** What happens in an attempt; it ends well where nothing does. */
    private interface Script {
        void run(Attempt attempt, int number) throws Exception;
    }

    /** Work in attempts. */
    @ActivityInterface
    public interface Work {
        int work();

        /** Another round follows a negative result. */
        int round(int round);
    }

    /** A run of it. */
    @WorkflowInterface
    public interface Run {
        @WorkflowMethod(name = "Pipeline")
        int run();

        @SignalMethod
        void waits(WaitReason waiting);
    }

    /** A run of it. */
    public final class RunImpl implements Run {
        private final Work work = StageStubs.counted(Work.class, THREE, QUEUE, "work");

        @Override
        public int run() {
            int result = rounds ? -1 : work.work();
            for (int round = 0; result < 0; round++) {
                result = work.round(round);
                Workflow.sleep(Duration.ofSeconds(30));
            }
            return result;
        }

        @Override
        public void waits(WaitReason waiting) {
            told.add(waiting);
        }
    }

    @BeforeEach
    void start() {
        Worker worker = server.newWorker(
                QUEUE,
                WorkerOptions.newBuilder()
                        .setMaxHeartbeatThrottleInterval(Duration.ofMillis(1))
                        .build());
        worker.registerWorkflowImplementationFactory(Run.class, RunImpl::new);
        LocalStore store = new LocalStore(folder);
        RunRef run = new RunRef("hello", "run-1", "/srv", "5eed");
        worker.registerActivitiesImplementations(new Work() {
            @Override
            public int work() {
                return Attempt.of(store, run, "train", THREE, attempt -> worked(attempt));
            }

            @Override
            public int round(int round) {
                return Attempt.round(store, run, "train", round, THREE, result -> result < 0, attempt -> {
                    int number = worked(attempt);
                    return number < goesOn ? -number : number;
                });
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void failuresWithProgressBetweenThemNeverEndTheRun() {
        script = (attempt, number) -> {
            commit(attempt, number);
            if (number <= ENDS) {
                throw new IllegalStateException("it broke");
            }
        };

        assertThat(run()).isEqualTo(ENDS + 1);
    }

    @Test
    void killsWithProgressBetweenThemNeverEndTheRun() {
        script = (attempt, number) -> {
            commit(attempt, number);
            if (number <= ENDS) {
                die();
            }
        };

        assertThat(run()).isEqualTo(ENDS + 1);
    }

    @Test
    void failuresWithoutProgressEndTheRunWithTheirCause() {
        script = (attempt, number) -> {
            commit(attempt, 7); // the first attempt's; the others only find it
            throw new IllegalStateException("it broke");
        };

        assertFailsAfter(3, FailureType.BACKEND_FAILED, "IllegalStateException: it broke");
    }

    @Test
    void killsWithoutProgressEndTheRunWithTheirCause() {
        script = (attempt, number) -> die();

        assertFailsAfter(
                3,
                FailureType.BACKEND_FAILED,
                "the worker sent no more heartbeats",
                "(3 attempts in a row without progress)");
    }

    @Test
    void shutdownsCostNothing() {
        script = (attempt, number) -> {
            if (number <= ENDS) {
                throw new StageProblem(FailureType.INTERRUPTED, "the worker goes");
            }
        };

        assertThat(run()).isEqualTo(ENDS + 1);
        assertThat(times.get(ENDS) - times.get(0))
                .as("each next attempt begins soon")
                .isLessThan(60_000);
    }

    @Test
    void waitingForSpaceCostsNothingAndIsSaidOnce() {
        script = (attempt, number) -> {
            if (number <= 40) {
                throw new StageProblem(FailureType.DISK_FULL, "the disk is full");
            }
        };

        assertThat(run()).isEqualTo(41);
        assertThat(told)
                .singleElement()
                .satisfies(waiting -> assertThat(waiting.reason()).isEqualTo("the disk is full"));
        assertThat(times.get(40) - times.get(0))
                .as("asked again every minute at last")
                .isBetween(30L * 60_000, 45L * 60_000);
    }

    /** An upgrade removed the program under a worker, which is restarted later. */
    @Test
    void waitingForARestartCostsNothing() {
        script = (attempt, number) -> {
            if (number <= 40) {
                throw new ReplacedProgramException(Path.of("/usr/lib/septet/runtime/bin/java"));
            }
        };

        assertThat(run()).isEqualTo(41);
        assertThat(told)
                .singleElement()
                .satisfies(waiting -> assertThat(waiting.reason()).contains("Restart the process"));
    }

    @Test
    void whatIsWaitedForDoesNotForgiveWhatFailed() {
        script = (attempt, number) -> {
            if (number % 2 == 0) {
                throw new StageProblem(FailureType.STORE_AWAY, "the store is away");
            }
            throw new IllegalStateException("it broke");
        };

        assertFailsAfter(5, FailureType.BACKEND_FAILED, "it broke");
    }

    /** A job that fails is started again by the next attempt, which ends well: another round follows it. */
    @Test
    void failuresOfOneRoundCountInTheNextOne() {
        rounds = true;
        script = (attempt, number) -> {
            commit(attempt, 7);
            if (number % 2 == 0) {
                throw new IllegalStateException("the job failed");
            }
        };

        assertFailsAfter(6, FailureType.BACKEND_FAILED, "the job failed");
    }

    @Test
    void aCheckpointOfALaterRoundStartsTheCountAgain() {
        rounds = true;
        goesOn = 40;
        script = (attempt, number) -> {
            commit(attempt, number / 8);
            if (number % 4 == 0 && number < goesOn) {
                throw new IllegalStateException("the job failed");
            }
        };

        assertThat(run()).isEqualTo(goesOn);
    }

    /** The job goes on without the worker. */
    @Test
    void killsOfOneRoundDoNotCountInTheNextOne() {
        rounds = true;
        goesOn = 10;
        script = (attempt, number) -> {
            if (number % 2 == 0) {
                die();
            }
        };

        assertThat(run()).isEqualTo(goesOn + 1);
    }

    private int worked(Attempt attempt) throws Exception {
        int number = attempts.incrementAndGet();
        times.add(server.currentTimeMillis());
        script.run(attempt, number);
        return number;
    }

    private static void commit(Attempt attempt, int step) {
        attempt.heartbeats().report(new Progress("training", step, 100, "steps", null, null, null, step, "5a"));
    }

    /** As a process that is killed: the server hears no more of it. */
    private static void die() {
        Activity.getExecutionContext().doNotCompleteOnReturn();
    }

    private int run() {
        WorkflowStub run = begin();
        return run.getResult(Integer.class);
    }

    private WorkflowStub begin() {
        WorkflowStub run = server.getWorkflowClient()
                .newUntypedWorkflowStub(
                        "Pipeline",
                        WorkflowOptions.newBuilder().setTaskQueue(QUEUE).build());
        run.start();
        return run;
    }

    private void assertFailsAfter(int count, FailureType type, String... words) {
        assertThatThrownBy(this::run)
                .isInstanceOf(WorkflowFailedException.class)
                .cause()
                .isInstanceOf(ActivityFailure.class)
                .cause()
                .isInstanceOfSatisfying(ApplicationFailure.class, failure -> {
                    assertThat(failure.getType()).isEqualTo(type.type());
                    assertThat(failure.getOriginalMessage()).contains(words);
                    assertThat(failure.isNonRetryable()).isTrue();
                });
        assertThat(attempts).hasValue(count);
    }
}

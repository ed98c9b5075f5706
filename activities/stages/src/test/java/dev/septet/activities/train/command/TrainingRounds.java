package dev.septet.activities.train.command;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.Shutdown;
import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.quota.Period;
import dev.septet.activities.quota.Quota;
import dev.septet.activities.quota.TeamUse;
import dev.septet.activities.quota.UsageRecords;
import dev.septet.activities.quota.UsedKind;
import dev.septet.activities.store.CheckpointStore.Checkpoint;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.train.TrainActivitiesImpl;
import dev.septet.dsl.pipeline.backend.BackEndSpec;
import dev.septet.dsl.pipeline.backend.CommandTrainerSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.train.OutsideTrainingActivities;
import dev.septet.workflows.train.TrainActivities;
import dev.septet.workflows.train.TrainOutcome;
import dev.septet.workflows.train.TrainRequest;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;

/** Follows a job as the workflow does, in rounds of the activity, each with a worker of its own. */
public abstract class TrainingRounds {
    /** Options of a training that takes 24 seconds: it still runs when a slow machine has found its checkpoint. */
    protected static final Map<String, Object> SLOW = Map.of("milliseconds", 2000L);

    /** The same training without these pauses, which continues from its checkpoint. */
    protected static final Map<String, Object> FAST = Map.of("milliseconds", 22L);

    @TempDir
    protected Path temp;

    @SuppressWarnings("NullAway.Init") // prepare
    protected LocalStore store;

    /** A test may set others, as on another machine. */
    @SuppressWarnings("NullAway.Init") // prepare
    protected OutsideTrainers trainers;

    @SuppressWarnings("NullAway.Init") // prepare
    DatasetRef dataset;

    /** Counts what trainings cost; null = nothing is counted. */
    private @Nullable TeamUse use;

    /** Before each test, when the subclass has written its file of trainers. */
    protected final void prepare(OutsideTrainers declared) throws IOException {
        trainers = declared;
        store = new LocalStore(temp.resolve("store"));
        dataset = new TinyPipeline(store, "run-1", temp).datasetWithTexts();
    }

    /** From now on, the team pays for what trainings use. */
    protected final void countUse() {
        RunRef run = new RunRef("desk", "run-1", "/srv", "0dd").withTeam("search");
        use = new TeamUse(new UsageRecords(store), run, "Train", "run-1 Train 1", System::currentTimeMillis);
    }

    /** What the team used in this month. */
    protected final double used(UsedKind kind) throws IOException {
        Quota quota = new Quota(kind, 5, Period.MONTH, ZoneOffset.UTC);
        long now = System.currentTimeMillis();
        return new UsageRecords(store).reading().used("search", quota, Period.MONTH.around(now, ZoneOffset.UTC), now);
    }

    /** Rounds until the training is over. */
    protected final CheckpointRef done(TrainRequest request) {
        AtomicInteger polls = new AtomicInteger(60);
        TrainOutcome last = Awaitility.await("the end of the training")
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> attempt(request, polls.getAndIncrement()), outcome -> outcome.waiting() == null);
        return Objects.requireNonNull(last.checkpoint());
    }

    /** Rounds until a checkpoint is stored, beside those of a training before. */
    protected final void awaitCheckpoint(TrainRequest request) throws IOException {
        Optional<Checkpoint> before = newest();
        AtomicInteger polls = new AtomicInteger(1);
        await("a stored checkpoint", () -> {
            attempt(request, polls.getAndIncrement());
            return newest().isPresent() && !newest().equals(before);
        });
    }

    private Optional<Checkpoint> newest() throws IOException {
        return store.checkpoints().newestValid("run-1/train").checkpoint();
    }

    /** The first attempt that does not wait fails so. */
    protected final void awaitFailure(TrainRequest request, String message) {
        Awaitility.await(message)
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(
                        () -> assertThatThrownBy(() -> attempt(request, 50)).hasStackTraceContaining(message));
    }

    protected final TrainOutcome attempt(TrainRequest request, int polls) {
        TestActivityEnvironment environment = environment();
        try {
            return environment.newActivityStub(TrainActivities.class).train(request, polls);
        } finally {
            new Thread(environment::close).start();
        }
    }

    protected final void end(TrainRequest request) {
        TestActivityEnvironment environment = environment();
        try {
            environment.newActivityStub(OutsideTrainingActivities.class).end(request, 500);
        } finally {
            new Thread(environment::close).start();
        }
    }

    private TestActivityEnvironment environment() {
        TestActivityEnvironment environment = TestActivityEnvironment.newInstance();
        environment.registerActivitiesImplementations(
                new TrainActivitiesImpl(store, store.checkpoints(), new Shutdown(), used -> {
                    if (use != null) {
                        use.open(); // in the thread of the activity
                    }
                    return trainers.of(used);
                }));
        return environment;
    }

    protected static CommandTrainerSpec command(Map<String, Object> options) {
        return new CommandTrainerSpec("fake", new HashMap<>(options));
    }

    protected final TrainRequest request(BackEndSpec by) throws IOException {
        return new TinyPipeline(store, "run-1", temp).trainRequest(TinyPipeline.by(by), dataset);
    }

    protected final Path run() {
        return temp.resolve("runs/run-1-train");
    }

    protected static void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what)
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(50))
                .until(condition);
    }
}

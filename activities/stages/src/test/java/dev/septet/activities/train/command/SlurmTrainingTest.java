package dev.septet.activities.train.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.Shutdown;
import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.train.TrainActivitiesImpl;
import dev.septet.activities.train.TrainingLedger;
import dev.septet.dsl.pipeline.train.CommandTrainerSpec;
import dev.septet.dsl.pipeline.train.SlurmSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.train.OutsideTrainingActivities;
import dev.septet.workflows.train.TrainActivities;
import dev.septet.workflows.train.TrainOutcome;
import dev.septet.workflows.train.TrainRequest;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs of a real Slurm cluster of one node. */
@Tag("long")
class SlurmTrainingTest {
    @TempDir
    static Path cluster;

    private static String conf = "";

    @TempDir
    Path temp;

    private LocalStore store;
    private OutsideTrainers trainers;
    private DatasetRef dataset;

    @BeforeAll
    static void startCluster() throws Exception {
        conf = run(Map.of(), script(), cluster.toString()).strip();
    }

    @AfterAll
    static void stopCluster() throws Exception {
        run(Map.of(), script(), cluster.toString(), "stop");
    }

    @BeforeEach
    void declare() throws IOException {
        store = new LocalStore(temp.resolve("store"));
        Path file = temp.resolve("trainers.yaml");
        Files.writeString(file, """
            trainers:
              fake:
                command: [python3, %s]
                environment: {ADAPTER: "%s", SLURM_CONF: "%s"}
                grace: 5s
                orphan: 30s
                options:
                  mode: {type: text, default: good}
                  milliseconds: {type: whole, default: 20}
            """.formatted(
                        Path.of("src/test/resources/dev/septet/activities/train/command/trainer.py")
                                .toAbsolutePath(),
                        TinyPipeline.baseModel().resolveSibling("lora"),
                        conf));
        trainers = new OutsideTrainers(file, temp.resolve("runs"));
        dataset = dataset();
    }

    @Test
    void aJobTrainsAndItsResultIsTaken() throws Exception {
        CheckpointRef result = done(request(Map.of()));

        assertThat(result.steps()).isEqualTo(TinyPipeline.STEPS);
        assertThat(TrainingLedger.read(store.fetch(result.ledger()).resolve(TrainingLedger.FILE))
                        .lines())
                .hasSize(TinyPipeline.STEPS);
        assertThat(jobs()).isEmpty();
    }

    @Test
    void aJobThatSlurmEndsContinuesFromItsCheckpoint() throws Exception {
        CheckpointRef undisturbed = done(request(Map.of("milliseconds", 21L)));
        TrainRequest request = request(Map.of("milliseconds", 400L));
        int polls = 0;
        assertThat(attempt(request, polls++).waiting()).isNotNull();
        await("a stored checkpoint", () -> {
            attempt(request, 1);
            return store.checkpoints().newestValid("run-1/train").checkpoint().isPresent();
        });
        run(Map.of("SLURM_CONF", conf), "scancel", "--signal=KILL", "--full", jobs().get(0));
        await("the job's end", () -> jobs().isEmpty());
        assertThatThrownBy(() -> attempt(request, 2)).hasStackTraceContaining("train: trainer fake: it");

        CheckpointRef result = done(request);

        assertThat(result.artifact()).isEqualTo(undisturbed.artifact());
        assertThat(result.ledger()).isEqualTo(undisturbed.ledger());
    }

    @Test
    void aSubmissionWhoseRecordWasLostIsNotRepeated() throws Exception {
        TrainRequest request = request(Map.of("milliseconds", 400L));
        attempt(request, 0);
        List<String> before = jobs();
        Files.delete(temp.resolve("runs/run-1-train/job"));
        Files.delete(temp.resolve("runs/run-1-train/request.json"));

        attempt(request, 1);

        assertThat(jobs()).isEqualTo(before);
        end(request);
        assertThat(jobs()).isEmpty();
    }

    @Test
    void whatSlurmRefusesIsTold() throws Exception {
        TrainRequest request = request(new SlurmSpec(command(Map.of()), "gpu", null, 1, 0, null, null, null));

        assertThatThrownBy(() -> attempt(request, 0))
                .hasStackTraceContaining("Slurm did not take the job")
                .hasStackTraceContaining("invalid partition");
    }

    private CheckpointRef done(TrainRequest request) throws Exception {
        for (int poll = 3; ; poll++) {
            TrainOutcome outcome = attempt(request, poll);
            if (outcome.waiting() == null) {
                return Objects.requireNonNull(outcome.checkpoint());
            }
            Thread.sleep(200);
        }
    }

    private TrainOutcome attempt(TrainRequest request, int polls) {
        TestActivityEnvironment environment = environment();
        try {
            return environment.newActivityStub(TrainActivities.class).train(request, polls);
        } finally {
            new Thread(environment::close).start();
        }
    }

    private void end(TrainRequest request) {
        TestActivityEnvironment environment = environment();
        try {
            environment.newActivityStub(OutsideTrainingActivities.class).end(request, 9);
        } finally {
            new Thread(environment::close).start();
        }
    }

    private TestActivityEnvironment environment() {
        TestActivityEnvironment environment = TestActivityEnvironment.newInstance();
        environment.registerActivitiesImplementations(
                new TrainActivitiesImpl(store, store.checkpoints(), new Shutdown(), trainers));
        return environment;
    }

    private static CommandTrainerSpec command(Map<String, Object> options) {
        return new CommandTrainerSpec("fake", new HashMap<>(options));
    }

    private TrainRequest request(Map<String, Object> options) throws IOException {
        return request(new SlurmSpec(command(options), "test", null, 1, 0, null, null, null));
    }

    private TrainRequest request(SlurmSpec by) throws IOException {
        TrainSpec plain = TinyPipeline.train(TinyPipeline.LORA);
        TrainSpec spec = new TrainSpec(
                plain.method(),
                plain.epochs(),
                plain.steps(),
                plain.batch(),
                plain.optimizer(),
                plain.learningRate(),
                plain.clip(),
                plain.checkpoint(),
                plain.validateEvery(),
                null,
                plain.onNonFinite(),
                null,
                null,
                by,
                plain.policy());
        return new TinyPipeline(store, "run-1", temp).trainRequest(spec, dataset);
    }

    private DatasetRef dataset() throws IOException {
        DatasetRef plain = new TinyPipeline(store, "run-1", temp).dataset();
        Path files = store.fetch(plain.artifact());
        Map<String, Path> all = new HashMap<>();
        try (Stream<Path> list = Files.list(files)) {
            list.filter(file -> !file.getFileName().toString().equals("manifest.json"))
                    .forEach(file -> all.put(file.getFileName().toString(), file));
        }
        all.put("train.jsonl", files.resolve("test.jsonl"));
        all.put("validation.jsonl", files.resolve("test.jsonl"));
        return new DatasetRef(
                store.put(all, new Fence("run-1/rows", 1)),
                plain.trainRows(),
                plain.validationRows(),
                plain.testRows(),
                plain.trainTokens(),
                plain.longestRow(),
                0,
                0,
                0,
                plain.origin());
    }

    private static List<String> jobs() throws Exception {
        return run(Map.of("SLURM_CONF", conf), "squeue", "--noheader", "--format=%i")
                .lines()
                .map(String::strip)
                .filter(id -> !id.isEmpty())
                .toList();
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(String what, Condition condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("waiting for " + what).isLessThan(end);
            Thread.sleep(100);
        }
    }

    private static String script() {
        return Path.of("../../.ci/slurm-cluster").toAbsolutePath().normalize().toString();
    }

    private static String run(Map<String, String> environment, String... command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(false);
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
        return printed;
    }
}

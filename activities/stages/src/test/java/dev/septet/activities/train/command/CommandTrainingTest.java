package dev.septet.activities.train.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.Shutdown;
import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.train.LedgerLine;
import dev.septet.activities.train.TrainActivitiesImpl;
import dev.septet.activities.train.TrainingLedger;
import dev.septet.dsl.pipeline.ResourcesSpec;
import dev.septet.dsl.pipeline.backend.CommandTrainerSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.train.TrainActivities;
import dev.septet.workflows.train.TrainOutcome;
import dev.septet.workflows.train.TrainRequest;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real processes: the supervisor in bash and a trainer in Python, which are killed. */
@Tag("long")
class CommandTrainingTest {
    private static final int STEPS = TinyPipeline.STEPS;

    @TempDir
    Path temp;

    private LocalStore store;
    private OutsideTrainers trainers;
    private DatasetRef dataset;

    @BeforeEach
    void declare() throws IOException {
        declare("1m", "1m");
    }

    /**
     * Writes the file of trainers.
     *
     * @param orphan how long a trainer waits for a worker; a disk that stands still keeps a worker from the lease, too
     */
    private void declare(String silence, String orphan) throws IOException {
        store = new LocalStore(temp.resolve("store"));
        Path file = temp.resolve("trainers.yaml");
        Files.writeString(file, """
            trainers:
              fake:
                command: [python3, %s]
                environment: {ADAPTER: "%s"}
                grace: 2s
                orphan: %s
                silence: %s
                options:
                  mode: {type: text, default: good}
                  milliseconds: {type: whole, default: 20, min: 0, max: 10000}
            """.formatted(
                        resource("trainer.py"), TinyPipeline.baseModel().resolveSibling("lora"), orphan, silence));
        trainers = new OutsideTrainers(file, temp.resolve("runs"));
        dataset = new TinyPipeline(store, "run-1", temp).datasetWithTexts();
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        assertThat(processes()).isEmpty();
    }

    @Test
    void trainsAndTakesTheAdapterAndTheLedger() throws IOException {
        CheckpointRef result = done(Map.of());

        assertThat(result.adapter()).isTrue();
        assertThat(result.steps()).isEqualTo(STEPS);
        assertThat(result.stopReason()).isEqualTo("all steps done");
        assertThat(result.validationLoss()).isEqualTo(2.0 / STEPS);
        List<LedgerLine> ledger = ledger(result);
        assertThat(ledger.stream().map(LedgerLine::step))
                .containsExactlyElementsOf(IntStream.range(0, STEPS).boxed().toList());
        assertThat(ledger).extracting(LedgerLine::program).containsOnly("command fake");
        assertThat(ledger.get(3).validationLoss()).isEqualTo(0.5);
        PeftAdapter adapter = PeftAdapter.open(store.fetch(result.artifact()));
        assertThat(adapter.config().baseModel()).isEqualTo("model");
        assertThat(run()).doesNotExist();
        assertThat(temp.resolve("store/checkpoints")).isEmptyDirectory();

        assertThat(done(Map.of()).artifact()).isEqualTo(result.artifact()); // found, not trained again
    }

    @Test
    void howFastItTrainedIsStoredForPlans() throws IOException {
        CheckpointRef result = done(Map.of("milliseconds", 1000L));

        TrainerPace pace = TrainerPace.last(store, "tiny").orElseThrow();
        assertThat(pace.runId()).isEqualTo("run-1");
        assertThat(pace.steps()).isBetween(1, STEPS - 1);
        assertThat(pace.secondsPerStep()).isBetween(0.5, 30.0);
        assertThat(result.steps()).isEqualTo(STEPS);
    }

    @Test
    void aWorkerThatShutsDownLeavesTheTrainerAndTheNextAttemptAdoptsIt() throws Exception {
        CheckpointRef undisturbed = done(Map.of("milliseconds", 21L));
        Shutdown shutdown = new Shutdown();
        CompletableFuture<TrainOutcome> first = attempt(request(Map.of("milliseconds", 1000L)), shutdown);
        String pid = awaitTrainer();
        shutdown.request();
        assertThatThrownBy(first::get).hasStackTraceContaining("continues, and the next attempt follows it");
        assertThat(processes()).contains(pid);

        CheckpointRef adopted = done(Map.of("milliseconds", 1000L));

        assertThat(adopted.artifact()).isEqualTo(undisturbed.artifact());
        assertThat(adopted.ledger()).isEqualTo(undisturbed.ledger());
    }

    @ParameterizedTest
    @CsvSource({"trainer", "supervisor", "both"})
    void aKilledProcessCostsNoMoreThanTheStepsSinceTheCheckpoint(String victim) throws Exception {
        CheckpointRef undisturbed = done(Map.of("milliseconds", 21L));
        CompletableFuture<TrainOutcome> first = attempt(request(Map.of("milliseconds", 2000L)), new Shutdown());
        String trainer = awaitTrainer();
        awaitCheckpoint();
        String supervisor = Files.readString(run().resolve("supervisor")).split(" ", -1)[0];
        if (!victim.equals("trainer")) {
            kill(supervisor);
        }
        if (!victim.equals("supervisor")) {
            kill(trainer);
        }
        assertThatThrownBy(() -> first.get(60, TimeUnit.SECONDS))
                .hasStackTraceContaining(victim.equals("trainer") ? "exit status 137" : "its supervisor was killed");

        CheckpointRef result = done(Map.of("milliseconds", 22L));

        assertThat(result.artifact()).isEqualTo(undisturbed.artifact());
        assertThat(result.ledger()).isEqualTo(undisturbed.ledger());
    }

    @Test
    void aTrainerThatNoWorkerFollowsIsEnded() throws Exception {
        declare("1m", "4s");
        Shutdown shutdown = new Shutdown();
        CompletableFuture<TrainOutcome> first = attempt(request(Map.of("mode", "hang", "milliseconds", 20L)), shutdown);
        awaitTrainer();
        shutdown.request();
        assertThatThrownBy(first::get).hasStackTraceContaining("continues");

        await("the orphan's end", () -> processes().isEmpty() && Files.exists(run().resolve("exit")));
        assertThat(Files.readString(run().resolve("exit"))).contains("orphaned");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "crash | RuntimeError: out of luck; the row of [EMAIL] said" + " [text]",
                "never | this trainer knows no such" + " method; [SECRET] was the token",
                "nan | metrics.jsonl:4 is not JSON",
                "gap | metrics.jsonl:4 has step 5, but step 4 comes next",
                "link | has a link or a device",
                "early | it ended without output/adapter",
                "backslash | reserved name",
                "nothing | it ended without output/adapter",
                "pickle | output/adapter has training_args.bin, which the contract does not allow",
                "outlink | output/adapter has adapter_config.json (not a plain file)",
                "cut | adapter_model.safetensors"
            })
    void aBrokenContractIsNamed(String mode, String message) throws Exception {
        CompletableFuture<TrainOutcome> attempt = attempt(request(Map.of("mode", mode)), new Shutdown());

        assertThatThrownBy(() -> attempt.get(60, TimeUnit.SECONDS))
                .hasStackTraceContaining("train: trainer fake")
                .hasStackTraceContaining(message);
    }

    @Test
    void afterAnotherHostItWaitsUntilThatHostsTrainerHasEnded() throws Exception {
        store.putRecord("trainers/run-1/train", "another-host 4 2", new Fence("run-1/record", 1));
        long began = System.nanoTime();
        done(Map.of());
        assertThat(System.nanoTime() - began).isGreaterThan(TimeUnit.SECONDS.toNanos(6));
        assertThat(store.record("trainers/run-1/train")).contains("");
    }

    /** The second machine cannot see the first one's processes, but shares its run folder. */
    @Test
    void aMachineThatSharesTheRunFolderWaitsForTheTrainerOfAnother() throws Exception {
        declare("1m", "4s");
        CheckpointRef undisturbed = done(Map.of("milliseconds", 21L));
        Shutdown shutdown = new Shutdown();
        CompletableFuture<TrainOutcome> first = attempt(request(Map.of("milliseconds", 2500L)), shutdown);
        String trainer = awaitTrainer();
        awaitCheckpoint();
        shutdown.request();
        assertThatThrownBy(first::get).hasStackTraceContaining("continues");
        Path root = temp.resolve("second");
        Files.writeString(Files.createDirectories(root.resolve("etc")).resolve("machine-id"), "second\n");
        trainers = new OutsideTrainers(trainers.file(), trainers.runs(), new TrainerHost(root, Map.of()));

        CompletableFuture<TrainOutcome> second = attempt(request(Map.of("milliseconds", 100L)), new Shutdown());

        await(
                "the end of the first trainer",
                () -> !processes().contains(trainer) && Files.exists(run().resolve("exit")));
        assertThat(Files.readString(run().resolve("exit"))).contains("orphaned");
        assertThat(run().resolve("end")).doesNotExist();
        Files.createSymbolicLink(root.resolve("proc"), Path.of("/proc"));
        CheckpointRef result =
                Objects.requireNonNull(second.get(60, TimeUnit.SECONDS).checkpoint());
        assertThat(result.artifact()).isEqualTo(undisturbed.artifact());
        assertThat(result.ledger()).isEqualTo(undisturbed.ledger());
    }

    /** NCCL and others may hang for ever; one new start from the checkpoint cures that. */
    @Test
    void aTrainerThatHangsIsEnded() throws Exception {
        declare("2s", "1m");
        CompletableFuture<TrainOutcome> attempt = attempt(request(Map.of("mode", "hang")), new Shutdown());

        assertThatThrownBy(() -> attempt.get(60, TimeUnit.SECONDS))
                .hasStackTraceContaining("it wrote no metrics and no checkpoint");
    }

    @Test
    void whatAnotherDeclarationTrainedIsNotTakenOver() throws Exception {
        Shutdown shutdown = new Shutdown();
        CompletableFuture<TrainOutcome> first = attempt(request(Map.of("milliseconds", 2000L)), shutdown);
        String before = awaitTrainer();
        awaitCheckpoint();
        shutdown.request();
        assertThatThrownBy(first::get).hasStackTraceContaining("continues");
        Files.writeString(
                trainers.file(), Files.readString(trainers.file()).replace("grace: 2s", "grace: 2s\n    version: 2"));

        CompletableFuture<TrainOutcome> second = attempt(request(Map.of("milliseconds", 1000L)), new Shutdown());
        await("another trainer", () -> !processes().isEmpty() && !processes().contains(before));
        await("its start", () -> Files.exists(run().resolve("request.json")));
        assertThat(Files.readString(run().resolve("request.json"))).contains("\"resume\" : null");
        assertThat(second.get(60, TimeUnit.SECONDS).checkpoint()).isNotNull();
    }

    @Test
    void theTrainerGetsAsManyCardsAsTheFileRequires() throws Exception {
        Path program = Files.createDirectories(temp.resolve("bin")).resolve("nvidia-smi");
        Files.writeString(program, """
            #!/bin/sh
            for card in 0 1 2; do echo "$card, GPU-a$card, NVIDIA L4, 560.35.03, 8.9"; done
            """);
        assertThat(program.toFile().setExecutable(true)).isTrue();
        trainers = on(Map.of("PATH", program.getParent() + ":/usr/bin:/bin", "CUDA_VISIBLE_DEVICES", "2,0"));

        assertThatThrownBy(() -> attempt(onCards(2), new Shutdown()).get(60, TimeUnit.SECONDS))
                .hasStackTraceContaining("the cards are GPU-a2,GPU-a0");
        assertThatThrownBy(() -> attempt(onCards(1), new Shutdown()).get(60, TimeUnit.SECONDS))
                .hasStackTraceContaining("the cards are GPU-a2");
        assertThatThrownBy(() -> attempt(onCards(3), new Shutdown()).get(60, TimeUnit.SECONDS))
                .hasStackTraceContaining("the file requires 3, but trainer fake can use 2 on this worker");
        trainers = on(Map.of("CUDA_VISIBLE_DEVICES", "MIG-1, MIG-2"));
        assertThatThrownBy(() -> attempt(onCards(1), new Shutdown()).get(60, TimeUnit.SECONDS))
                .hasStackTraceContaining("the cards are MIG-1");
    }

    private OutsideTrainers on(Map<String, String> environment) {
        return new OutsideTrainers(trainers.file(), trainers.runs(), new TrainerHost(Path.of("/"), environment));
    }

    private TrainRequest onCards(int gpus) throws IOException {
        TrainRequest plain = request(Map.of("mode", "cards"));
        SetupSpec setup = plain.setup();
        return new TrainRequest(
                plain.run(),
                plain.spec(),
                plain.initialize(),
                new SetupSpec(
                        new ResourcesSpec(gpus, null, null),
                        setup.precision(),
                        setup.seed(),
                        setup.search(),
                        setup.policy()),
                plain.dataset(),
                plain.model(),
                plain.learningRate(),
                plain.rank());
    }

    /** What a trainer prints must not fill the disk. */
    @Test
    void aLongOutputIsStoredInPart() throws Exception {
        done(Map.of("mode", "flood", "milliseconds", 0L));
        assertThatThrownBy(() -> attempt(request(Map.of("mode", "torrent")), new Shutdown())
                        .get(60, TimeUnit.SECONDS))
                .hasStackTraceContaining("the last line");
        assertThat(run().resolve("output.log")).hasSize(64L << 20);
        assertThat(run().resolve("output.end")).hasSize(1L << 20);
    }

    @Test
    void aTrainerThatFailsOnAFullDiskWaitsForSpace() throws Exception {
        trainers = new OutsideTrainers(trainers.file(), trainers.runs(), new TrainerHost(Path.of("/"), Map.of()) {
            @Override
            long freeBytes(Path folder) {
                return 1 << 20;
            }
        });
        assertThatThrownBy(() -> attempt(request(Map.of("mode", "crash")), new Shutdown())
                        .get(60, TimeUnit.SECONDS))
                .hasStackTraceContaining("The disk of its run folder is full (1 MB are free)")
                .hasStackTraceContaining("type='DiskFull'");
    }

    private CheckpointRef done(Map<String, Object> options) throws IOException {
        return Objects.requireNonNull(
                attempt(request(options), new Shutdown()).join().checkpoint());
    }

    private CompletableFuture<TrainOutcome> attempt(TrainRequest request, Shutdown shutdown) {
        return CompletableFuture.supplyAsync(() -> {
            TestActivityEnvironment environment = TestActivityEnvironment.newInstance();
            try {
                environment.registerActivitiesImplementations(
                        new TrainActivitiesImpl(store, store.checkpoints(), shutdown, trainers));
                return environment.newActivityStub(TrainActivities.class).train(request, 0);
            } finally {
                new Thread(environment::close).start(); // takes seconds
            }
        });
    }

    /** Options that change only the speed do not make another run: the same key finds the same checkpoints. */
    private TrainRequest request(Map<String, Object> options) throws IOException {
        return new TinyPipeline(store, "run-1", temp)
                .trainRequest(TinyPipeline.by(new CommandTrainerSpec("fake", new HashMap<>(options))), dataset);
    }

    private Path run() {
        return temp.resolve("runs/run-1-train");
    }

    private String awaitTrainer() throws Exception {
        await("the trainer's start", () -> !processes().isEmpty() && Files.exists(run().resolve("metrics.jsonl")));
        return processes().get(0);
    }

    private void awaitCheckpoint() throws Exception {
        Awaitility.await("a stored checkpoint")
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptionsInstanceOf(IOException.class) // it is being moved into its place
                .until(() -> store.checkpoints()
                        .newestValid("run-1/train")
                        .checkpoint()
                        .isPresent());
    }

    private static void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what)
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(20))
                .until(condition);
    }

    private List<LedgerLine> ledger(CheckpointRef result) throws IOException {
        return TrainingLedger.read(store.fetch(result.ledger()).resolve(TrainingLedger.FILE))
                .lines();
    }

    /** Processes of this test's trainer. */
    private List<String> processes() {
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            return all.filter(process -> environment(process.pid()).contains("SEPTET_RUN=" + run()))
                    .map(process -> Long.toString(process.pid()))
                    .toList();
        }
    }

    private static String environment(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "environ"));
        } catch (IOException gone) {
            return "";
        }
    }

    private static void kill(String pid) {
        ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
    }

    private static Path resource(String name) {
        return Path.of("src/test/resources/dev/septet/activities/train/command", name)
                .toAbsolutePath();
    }
}

package dev.septet.activities.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.attempt.Shutdown;
import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.train.AdamwSpec;
import dev.septet.dsl.pipeline.train.BatchSpec;
import dev.septet.dsl.pipeline.train.CheckpointSpec;
import dev.septet.dsl.pipeline.train.LearningRateSpec;
import dev.septet.dsl.pipeline.train.LoraSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.weights.RandomInitModel;
import dev.septet.llm.runtime.Torch;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.train.SteeringAction;
import dev.septet.workflows.train.SteeringCommand;
import dev.septet.workflows.train.TrainActivities;
import dev.septet.workflows.train.TrainOutcome;
import dev.septet.workflows.train.TrainRequest;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Memory that runs out in earnest: processes whose address space the kernel limits, so that
 * libtorch's allocations fail.
 */
class ShortageTest {
    private static final int LENGTH = 512;
    private static final int ROWS = 8;
    private static final int STEPS = 2;

    /** Of little work and much memory. */
    private static final ModelConfig CONFIG =
            new ModelConfig(16, 1, 2, 2, 8, 8192, 64, LENGTH, 1e-5, 10_000, null, true);

    /**
     * A full step keeps 0.54 GB and takes 0.4 GB for a moment (seven times 8 rows x 511 tokens x
     * 8192 x 4 bytes), so neither fits a full step nor half of one.
     */
    private static final long LEFT = 420L << 20;

    private static final SteeringCommand PAUSE = new SteeringCommand(1, SteeringAction.PAUSE, null, 1);
    private static final SteeringCommand RESUME = new SteeringCommand(2, SteeringAction.RESUME, null, null);
    private static final String RECORD = "shortages/run-1/train";

    @TempDir
    Path temporary;

    @Tag("long")
    @Test
    @EnabledOnOs(OS.LINUX) // prlimit
    void computesLessAtOnceAndEveryAttemptDoesTheSame() throws Exception {
        Path folder = temporary.resolve("scarce");
        assertThat(limited(folder)).as(log(folder)).isZero();
        LocalStore store = new LocalStore(folder);
        String shortages = store.record(RECORD).orElseThrow();
        assertThat(shortages).matches("\\[0(,0){0,3}]");

        // It was paused after a step; another attempt goes on where there is memory enough.
        steer(store, PAUSE, RESUME);
        CheckpointRef continued = Objects.requireNonNull(train(store, 1).checkpoint());
        assertThat(continued.origin().why())
                .contains("; memory ran out: 1/")
                .endsWith(" as much at once from step 0 on");
        Path ledger = store.fetch(continued.ledger());
        assertThat(Files.readString(ledger.resolve(OutOfMemoryHistory.FILE))).isEqualTo(shortages + "\n");
        assertThat(TrainingLedger.read(ledger.resolve(TrainingLedger.FILE)).lines())
                .hasSize(STEPS);

        // One that was never short, but was told to cut its steps so, makes the same bytes.
        LocalStore plenty = new LocalStore(temporary.resolve("plenty"));
        plenty.putRecord(RECORD, shortages, new Fence("run-1/before", 1));
        CheckpointRef told = Objects.requireNonNull(train(plenty, 0).checkpoint());
        assertThat(told.ledger()).isEqualTo(continued.ledger());
        assertThat(told.artifact()).isEqualTo(continued.artifact());
    }

    @Test
    void saysFromWhichStepOnHowMuchIsComputedAtOnce() {
        OutOfMemoryHistory outOfMemory =
                new OutOfMemoryHistory(List.of(3, 3)).plus(7).plus(5);
        assertThat(IntStream.range(2, 9).map(outOfMemory::before)).containsExactly(0, 2, 2, 3, 3, 4, 4);
        assertThat(outOfMemory.describe())
                .isEqualTo("memory ran out: 1/4 as much at once from step 3 on, 1/8 as much at once"
                        + " from step 5 on, 1/16 as much at once from step 7 on");
        StageKey plain = StageKey.of(Stage.TRAIN);
        assertThat(new OutOfMemoryHistory(List.of()).key(plain)).isEqualTo(plain);
        assertThat(outOfMemory.key(plain).digest()).isNotEqualTo(plain.digest());
    }

    private static String log(Path store) throws IOException {
        Path log = store.resolveSibling("limited.log");
        return Files.exists(log) ? Files.readString(log) : "no log";
    }

    private static int limited(Path store) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx192m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ShortageTest.class.getName(),
                        store.toString())
                .redirectErrorStream(true)
                .redirectOutput(store.resolveSibling("limited.log").toFile());
        // Each further arena of the allocator reserves 64 MB of addresses, and the moment decides how many there are.
        builder.environment().put("MALLOC_ARENA_MAX", "1");
        Process process = builder.start();
        if (!process.waitFor(4, TimeUnit.MINUTES)) {
            process.destroyForcibly().waitFor();
        }
        return process.exitValue();
    }

    /** The other process: takes one step in little memory. */
    public static void main(String[] arguments) throws Exception {
        LocalStore store = new LocalStore(Path.of(arguments[0]));
        Torch.newScope().close(); // loads libtorch
        long size = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmSize"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .sum();
        new ProcessBuilder("prlimit", "--pid=" + ProcessHandle.current().pid(), "--as=" + (size + LEFT))
                .inheritIO()
                .start()
                .waitFor();
        steer(store, PAUSE);
        int status = 4; // an exception must end the process, which other threads would keep alive
        try {
            status = train(store, 0).equals(TrainOutcome.paused(1, 1)) ? 0 : 3;
        } catch (Throwable e) {
            e.printStackTrace(System.err);
        } finally {
            Runtime.getRuntime().halt(status);
        }
    }

    private static void steer(LocalStore store, SteeringCommand... commands) throws IOException {
        new SteeringRecords(store, "run-1")
                .putCommands(List.of(commands), new Fence("run-1/steering", commands.length));
    }

    private static TrainOutcome train(LocalStore store, int pauses) throws IOException {
        TrainRequest request = request(store);
        TestActivityEnvironment environment = TestActivityEnvironment.newInstance();
        try {
            environment.registerActivitiesImplementations(
                    new TrainActivitiesImpl(store, store.checkpoints(), new Shutdown()));
            return environment.newActivityStub(TrainActivities.class).train(request, pauses);
        } finally {
            environment.close();
        }
    }

    private static TrainRequest request(LocalStore store) throws IOException {
        TinyPipeline tiny = new TinyPipeline(store, "run-1", store.root());
        Fence fence = new Fence("run-1/model", 1);
        Path folder = store.scratch(fence);
        RandomInitModel.write(folder, CONFIG, ElementType.F32, 1);
        Files.writeString(folder.resolve("tokenizer.json"), "{}");
        ModelRef like = tiny.model();
        ModelRef model = new ModelRef(
                store.put(folder, fence), like.architecture(), like.parameters(), 1, "mit", 1000, 1, like.origin());
        List<TokenDataset.Row> rows =
                IntStream.range(0, STEPS * ROWS).mapToObj(ShortageTest::row).toList();
        DatasetRef data = tiny.dataset(rows, List.of(row(77)));
        DatasetRef longer =
                new DatasetRef(data.artifact(), rows.size(), 1, 1, data.trainTokens(), LENGTH, 0, 0, 0, data.origin());
        TrainSpec spec = new TrainSpec(
                new LoraSpec(2, 4, 0, List.of("q_proj", "v_proj")),
                1,
                STEPS,
                new BatchSpec(ROWS, 1),
                AdamwSpec.DEFAULT,
                new LearningRateSpec(LearningRateSpec.Shape.CONSTANT, 1e-3, 0),
                1.0,
                new CheckpointSpec(1, 2),
                STEPS,
                null,
                TrainSpec.OnNonFinite.STOP,
                null,
                null,
                TrainSpec.DEFAULT_POLICY);
        return new TrainRequest(
                tiny.run(),
                spec,
                TinyPipeline.initialize(),
                SetupSpec.DEFAULT,
                longer,
                model,
                spec.learningRate().peak(),
                0);
    }

    private static TokenDataset.Row row(int number) {
        int[] tokens = new int[LENGTH];
        byte[] mask = new byte[LENGTH];
        Arrays.setAll(tokens, t -> (number * 7 + t * (3 + number % 4)) % 64);
        Arrays.fill(mask, 1, 40, (byte) 1);
        return new TokenDataset.Row(tokens, mask);
    }
}

package dev.septet.llm.train.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.septet.llm.format.ElementType;
import dev.septet.llm.method.Dora;
import dev.septet.llm.method.Full;
import dev.septet.llm.method.Lora;
import dev.septet.llm.method.Method;
import dev.septet.llm.method.Partial;
import dev.septet.llm.method.Qlora;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.weights.RandomInitModel;
import dev.septet.llm.optimizer.AdamW;
import dev.septet.llm.train.CachedActivations;
import dev.septet.llm.train.CachedActivationsWriter;
import dev.septet.llm.train.Plans;
import dev.septet.llm.train.Trainer;
import dev.septet.llm.train.TrainingInputs;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.plan.Objective;
import dev.septet.llm.train.plan.TrainingPlan;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("long")
class MemoryEstimateTest {
    private static final ModelConfig CONFIG =
            new ModelConfig(128, 6, 4, 2, 32, 320, 512, 512, 1e-5, 10_000, null, true);
    private static final Lora LORA = new Lora(8, 16, 0, List.of("q_proj", "v_proj", "down_proj"));
    private static final Map<String, Method> METHODS =
            Map.of("lora", LORA, "dora", new Dora(LORA), "full", new Full(), "partial", new Partial(2));
    private static final int LENGTH = 256;

    @TempDir
    Path temporary;

    /** The constant of the process itself is in it: 275 MB of these. */
    @ParameterizedTest
    @CsvSource({"lora, FLOAT32", "lora, BF16", "dora, FLOAT32", "dora, BF16", "full, BF16", "partial, FLOAT32"})
    @EnabledOnOs(OS.LINUX) // the kernel tells a process's peak in /proc
    void isNearTheMeasuredPeak(String method, ComputePrecision precision) throws Exception {
        RandomInitModel.write(temporary, CONFIG, ElementType.F32, 1);
        Files.writeString(temporary.resolve("tokenizer.json"), "{}");
        long peak = peakOf(method, precision);
        assertThat(estimate(Objects.requireNonNull(METHODS.get(method)), precision, 16)
                        .total())
                .isCloseTo(peak, withinPercentage(15));
    }

    @Test
    void growsWithWhatIsTrained() {
        MemoryEstimate lora = estimate(LORA, ComputePrecision.FLOAT32, 16);
        MemoryEstimate partial = estimate(new Partial(1), ComputePrecision.FLOAT32, 16);
        MemoryEstimate full = estimate(new Full(), ComputePrecision.FLOAT32, 16);
        assertThat(full.moments()).isEqualTo(8 * CONFIG.parameters());
        assertThat(full.weights()).isEqualTo(4 * CONFIG.parameters());
        assertThat(lora.moments()).isEqualTo(8L * 6 * 8 * (128 + 128 + 128 + 64 + 320 + 128));
        assertThat(estimate(new Qlora(LORA), ComputePrecision.FLOAT32, 16).weights())
                .as("0.52 instead of 4 bytes for most weights")
                .isLessThan(lora.weights() / 3);
        assertThat(MicroBatchBudget.fitting(CONFIG, plan(new Qlora(LORA), ComputePrecision.FLOAT32, 16), 1L << 50))
                .as("a block's matrices are never kept, however much memory there is")
                .matches(MicroBatchBudget::recompute);
        assertThat(lora.gradients()).isEqualTo(lora.moments() / 2);
        assertThat(partial.activations()).as("one block of six").isLessThan(full.activations() * 2 / 5);
        assertThat(estimate(LORA, ComputePrecision.BF16, 16).activations()).isLessThan(lora.activations() * 4 / 5);
        assertThat(estimate(LORA, ComputePrecision.FLOAT32, 8).activations()).isLessThan(lora.activations() * 3 / 4);
    }

    @Test
    void aPairIsTwoRows() {
        TrainingPlan rows = plan(LORA, ComputePrecision.FLOAT32, 8);
        TrainingPlan pairs = plan(LORA, ComputePrecision.FLOAT32, 4).with(new Objective.Dpo(0.1));
        assertThat(MemoryEstimate.of(CONFIG, pairs, LENGTH)).isEqualTo(MemoryEstimate.of(CONFIG, rows, LENGTH));
        assertThat(MicroBatchBudget.of(pairs)).isEqualTo(MicroBatchBudget.of(rows));
    }

    @ParameterizedTest
    @ValueSource(strings = {"lora", "dora", "full"})
    void aSnapshotTakesWhatATrainerCopies(String name) throws IOException {
        RandomInitModel.write(temporary, CONFIG, ElementType.F32, 1);
        Files.writeString(temporary.resolve("tokenizer.json"), "{}");
        Method method = Objects.requireNonNull(METHODS.get(name));
        TokenDataset data = rows(temporary, 1);
        TrainingPlan plan = plan(method, ComputePrecision.FLOAT32, 1);
        try (Trainer trainer = Trainer.open(plan, temporary, data, Optional.empty())) {
            assertThat(estimate(method, ComputePrecision.FLOAT32, 1).snapshot()).isEqualTo(trainer.snapshotBytes());
        }
    }

    /** Two steps in a process of their own; its peak resident size in bytes. */
    private long peakOf(String method, ComputePrecision precision) throws Exception {
        Path result = temporary.resolve("peak");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        MemoryEstimateTest.class.getName(),
                        temporary.toString(),
                        method,
                        precision.name())
                .redirectErrorStream(true)
                .redirectOutput(new File(temporary.toFile(), "process.log"));
        // As training processes are started: the allocator keeps what it has, in huge pages.
        builder.environment()
                .put(
                        "GLIBC_TUNABLES",
                        "glibc.malloc.mmap_threshold=33554432"
                                + ":glibc.malloc.trim_threshold=17179869184"
                                + ":glibc.malloc.top_pad=268435456");
        builder.environment().put("THP_MEM_ALLOC_ENABLE", "1");
        builder.environment().put("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "128");
        builder.environment().put("LRU_CACHE_CAPACITY", "128");
        Process process = builder.start();
        assertThat(process.waitFor())
                .as(temporary.resolve("process.log").toString())
                .isZero();
        return Long.parseLong(Files.readString(result));
    }

    /** The other process. */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        TokenDataset data = rows(folder, 32);
        Method method = Objects.requireNonNull(METHODS.get(arguments[1]));
        TrainingPlan plan = plan(method, ComputePrecision.valueOf(arguments[2]), 16);
        TrainingInputs inputs = new TrainingInputs(folder, data);
        if (CachedActivations.usedBy(plan, ModelConfig.read(folder))) {
            Path hidden = folder.resolve("hidden.safetensors");
            CachedActivationsWriter.write(plan, folder, MicroBatchBudget.of(plan), List.of(data), hidden, done -> {});
            inputs = inputs.with(CachedActivations.open(hidden));
        }
        try (Trainer trainer = Trainer.open(plan, inputs, Optional.empty())) {
            trainer.step();
            trainer.step();
        }
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmHWM")) {
                long kilobytes = Long.parseLong(line.replaceAll("\\D", ""));
                Files.writeString(folder.resolve("peak"), Long.toString(kilobytes << 10));
            }
        }
    }

    private static TokenDataset rows(Path folder, int count) throws IOException {
        byte[] mask = new byte[LENGTH];
        Arrays.fill(mask, (byte) 1);
        return Plans.dataset(
                folder.resolve("rows.safetensors"),
                Collections.nCopies(count, new TokenDataset.Row(new int[LENGTH], mask)));
    }

    private static MemoryEstimate estimate(Method method, ComputePrecision precision, int batch) {
        return MemoryEstimate.of(CONFIG, plan(method, precision, batch), LENGTH);
    }

    private static TrainingPlan plan(Method method, ComputePrecision precision, int batch) {
        return new TrainingPlan(
                        method, precision, 1, batch, 1, 2, AdamW.DEFAULT, Plans.constant(1e-3), 1, Set.of(), LENGTH)
                .cachingFrozen(method instanceof Partial);
    }
}

package dev.septet.workers.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.LibUtils;
import ai.djl.util.cuda.CudaUtils;
import com.sun.jna.Library;
import com.sun.jna.NativeLibrary;
import dev.septet.activities.result.WorkerFingerprint;
import dev.septet.activities.store.Sha256;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.method.Full;
import dev.septet.llm.method.Lora;
import dev.septet.llm.method.Method;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.weights.RandomInitModel;
import dev.septet.llm.optimizer.AdamW;
import dev.septet.llm.optimizer.LearningRate;
import dev.septet.llm.runtime.Torch;
import dev.septet.llm.tokenizer.Tokenizer;
import dev.septet.llm.train.Trainer;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.data.TokenDatasetWriter;
import dev.septet.llm.train.plan.TrainingPlan;
import dev.septet.workers.StateFolder;
import dev.septet.workers.local.TrainingEnvironment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real CUDA build of libtorch, from the wheel of the parity tests, loads into a process and
 * trains on the CPU. No card is needed.
 */
@Tag("long")
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class CudaBuildTest {
    private static final Path PYTHON = Path.of("..", "..", ".ci", "python-env");
    private static final Path TOKENIZER = Path.of("..", "..", "examples", "quickstart", "base-model");

    /** Not in the temporary folder: JUnit warns about each link there that leads out of it. */
    private static final Path CACHE = Path.of("target", "cuda-build").toAbsolutePath();

    private static final ModelConfig CONFIG = new ModelConfig(64, 2, 4, 2, 16, 160, 128, 128, 1e-5, 10_000, null, true);
    private static final Map<String, Method> METHODS = Map.of(
            "lora", new Lora(4, 8, 0, List.of("q_proj", "v_proj", "up_proj")),
            "dropout", new Lora(4, 8, 0.1, List.of("q_proj", "v_proj")),
            "full", new Full());
    private static final int STEPS = 4;
    private static final String TRAIN = "train";

    /** Flags of {@code dlopen}: RTLD_LAZY, without RTLD_GLOBAL, as the engine loads it. */
    private static final int LAZY_AND_LOCAL = 1;

    /** The first call of a process that loads DJL. */
    private static final Map<String, Runnable> FIRST_CALLS = Map.of(
            "gpus", Torch::gpus,
            "memory", Torch::cardMemory,
            "fingerprint", WorkerFingerprint::current,
            "tokenizer", () -> Tokenizer.open(TOKENIZER).close());

    @TempDir
    private Path folder = Path.of("");

    private Map<String, String> variables = Map.of();

    @BeforeEach
    void setUp() throws Exception {
        Process python = new ProcessBuilder(PYTHON.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String interpreter = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(python.waitFor()).isZero();
        StateFolder state = new StateFolder(folder.resolve("state"));
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.put("SEPTET_TORCH", interpreter);
        environment.put("XDG_CACHE_HOME", CACHE.toString());
        GpuSetup.of(state, environment).run(note -> {});
        variables = new HashMap<>(GpuEnvironment.of(state).missing(Map.of()));
        variables.putAll(TrainingEnvironment.of(Map.of()));
        RandomInitModel.write(folder.resolve("model"), CONFIG, ElementType.F32, 1);
        Files.writeString(folder.resolve("model/tokenizer.json"), "{}");
    }

    @Test
    void trainsToTheSameBytesTwice() throws Exception {
        Path first = trained("first");
        Path second = trained("second");

        List<String> engine = Files.readAllLines(first.resolve("engine"));
        assertThat(engine.remove(engine.size() - 1))
                .as("the fingerprint is another one than that of the CPU build")
                .isNotEqualTo(WorkerFingerprint.current());
        assertThat(engine)
                .as("folder of libtorch, its version, that of the CUDA runtime that counts the cards, and TF32")
                .containsExactly(variables.get("PYTORCH_LIBRARY_PATH"), "2.7.1", "126", "off");
        assertThat(digests(first)).hasSizeGreaterThan(METHODS.size()).isEqualTo(digests(second));
    }

    /** Otherwise DJL remembers that there is no card, and the process computes on the CPU. */
    @Test
    void findsTheCudaRuntimeWhateverComesFirst() throws Exception {
        for (String first : FIRST_CALLS.keySet()) {
            assertThat(ended(first, first).resolve("runtime")).as(first).hasContent("126");
        }
    }

    private Path trained(String name) throws Exception {
        return ended(name, TRAIN);
    }

    private Path ended(String name, String task) throws Exception {
        Path result = Files.createDirectories(folder.resolve(name));
        Path log = folder.resolve(name + ".log");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CudaBuildTest.class.getName(),
                        folder.resolve("model").toString(),
                        result.toString(),
                        task)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(variables);
        // An empty cache folder: DJL's bridge is copied into it.
        builder.environment().put("DJL_CACHE_DIR", folder.resolve("djl").toString());
        int status = builder.start().waitFor();
        assertThat(status).as(Files.readString(log)).isZero();
        return result;
    }

    /** The other process. Its arguments are the folders of the model and of the results, and what it does. */
    public static void main(String[] arguments) throws IOException {
        Path model = Path.of(arguments[0]);
        Path result = Path.of(arguments[1]);
        if (!arguments[2].equals(TRAIN)) {
            Objects.requireNonNull(FIRST_CALLS.get(arguments[2])).run();
            Files.writeString(result.resolve("runtime"), CudaUtils.getCudaVersionString());
            return;
        }
        if (Torch.threads() < 1) {
            throw new IllegalStateException("libtorch has no threads");
        }
        Files.write(
                result.resolve("engine"),
                List.of(
                        LibUtils.getLibtorchPath(),
                        Engine.getInstance().getVersion(),
                        CudaUtils.getCudaVersionString(),
                        usesTf32() ? "on" : "off",
                        WorkerFingerprint.current()));
        for (Map.Entry<String, Method> method : METHODS.entrySet()) {
            TokenDataset data = data(result.resolve(method.getKey() + ".safetensors"));
            try (Trainer trainer = Trainer.open(plan(method.getValue()), model, data, Optional.empty())) {
                for (int step = 0; step < STEPS; step++) {
                    trainer.step();
                }
                trainer.exportTo(Files.createDirectories(result.resolve(method.getKey())), "base");
            }
        }
    }

    /** What libtorch itself does with float32 products, besides what the environment forbids NVIDIA's libraries. */
    private static boolean usesTf32() {
        NativeLibrary torch = NativeLibrary.getInstance(
                LibUtils.getLibtorchPath() + "/libtorch_cpu.so", Map.of(Library.OPTION_OPEN_FLAGS, LAZY_AND_LOCAL));
        Object context = torch.getFunction("_ZN2at13globalContextEv").invokePointer(new Object[0]);
        int answer = torch.getFunction("_ZNK2at7Context15allowTF32CuBLASEv").invokeInt(new Object[] {context});
        return (answer & 0xff) != 0;
    }

    private static TrainingPlan plan(Method method) {
        LearningRate rate = new LearningRate(LearningRate.Shape.CONSTANT, 1e-3, 0);
        return new TrainingPlan(
                method, ComputePrecision.FLOAT32, 7, 4, 1, STEPS, AdamW.DEFAULT, rate, 0.5, Set.of(), 64);
    }

    private static TokenDataset data(Path file) throws IOException {
        List<TokenDataset.Row> rows = new ArrayList<>();
        for (int row = 0; row < 16; row++) {
            int[] tokens = new int[8 + row % 5];
            byte[] mask = new byte[tokens.length];
            for (int t = 0; t < tokens.length; t++) {
                tokens[t] = (row * 11 + t * (3 + row % 4)) % 96;
                mask[t] = (byte) (t < 3 ? 0 : 1);
            }
            rows.add(new TokenDataset.Row(tokens, mask));
        }
        TokenDatasetWriter.write(file, rows);
        return TokenDataset.open(file);
    }

    private static Map<String, String> digests(Path result) throws IOException {
        Map<String, String> digests = new TreeMap<>();
        try (Stream<Path> files = Files.walk(result)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                digests.put(result.relativize(file).toString(), Sha256.of(Files.readAllBytes(file)));
            }
        }
        return digests;
    }
}

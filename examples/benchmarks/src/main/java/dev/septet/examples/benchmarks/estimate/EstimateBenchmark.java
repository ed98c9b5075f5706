package dev.septet.examples.benchmarks.estimate;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.septet.examples.benchmarks.BenchmarkModel;
import dev.septet.llm.model.config.ComputePrecision;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares the estimated memory and time of trainings with measured ones, and prints a Markdown
 * table. Each training has a process of its own.
 */
public final class EstimateBenchmark {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MEMORY = "memory";
    private static final List<String> METHODS = ComputePrecision.BF16.orSupported() == ComputePrecision.BF16
            ? List.of("lora", "lora bf16", "full", "partial", "dora", "qlora")
            : List.of("lora", "full", "partial", "dora", "qlora");

    private final Path folder;
    private final int threads;
    private final boolean timed;
    private final int steps;

    private EstimateBenchmark(Path folder, int threads, boolean timed, int steps) {
        this.folder = folder;
        this.threads = threads;
        this.timed = timed;
        this.steps = steps;
    }

    /**
     * Usage: {@code EstimateBenchmark MODEL.gguf [memory] [NAME]...}. With {@code memory} it
     * measures no times. A NAME is SmolLM2-135M or a model of {@link RandomFamily}; without a name
     * it measures all models. The peak is that of 3 steps, or of the number in the variable {@code
     * STEPS}.
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path model = BenchmarkModel.folder(arguments[0]);
        boolean timed = arguments.length == 1 || !arguments[1].equals(MEMORY);
        List<String> names = List.of(arguments).subList(timed ? 1 : 2, arguments.length);
        EstimateBenchmark benchmark = new EstimateBenchmark(
                Files.createTempDirectory("septet-estimate"),
                Integer.getInteger("ai.djl.pytorch.num_threads", 1),
                timed,
                Integer.parseInt(System.getenv().getOrDefault("STEPS", "3")));
        System.out.println(EstimateTable.head(timed));
        if (names.isEmpty() || names.contains("SmolLM2-135M")) {
            benchmark.measure("SmolLM2-135M", model);
        }
        for (RandomFamily family : RandomFamily.values()) {
            if (names.isEmpty() || names.contains(family.title())) {
                benchmark.measure(family.title(), family.write(benchmark.folder));
            }
        }
    }

    private void measure(String name, Path model) throws IOException, InterruptedException {
        for (String method : METHODS) {
            for (boolean recompute : new boolean[] {false, true}) {
                if (recompute || !method.equals("qlora")) { // qlora always recomputes
                    EstimatedRun.Setup setup = new EstimatedRun.Setup(
                            model.toString(),
                            folder.toString(),
                            method.split(" ", -1)[0],
                            method.endsWith("bf16"),
                            recompute,
                            timed,
                            steps);
                    System.out.println(EstimateTable.row(name, method, recompute, run(setup)));
                }
            }
        }
    }

    private EstimatedRun.Result run(EstimatedRun.Setup setup) throws IOException, InterruptedException {
        Path result = folder.resolve("result.json");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-Xmx1g", "-Doffline=true"));
        command.add("-Dai.djl.pytorch.num_threads=" + threads);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(EstimatedRun.class.getName());
        command.add(JSON.writeValueAsString(setup));
        command.add(result.toString());
        File log = folder.resolve("log").toFile();
        int exit = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start()
                .waitFor();
        if (exit != 0) {
            throw new IOException("a training ended with " + exit + "; " + log + " has the reason");
        }
        return JSON.readValue(result.toFile(), EstimatedRun.Result.class);
    }
}

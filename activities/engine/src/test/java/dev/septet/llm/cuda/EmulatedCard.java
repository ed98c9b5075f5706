package dev.septet.llm.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.LibUtils;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * An emulated card for libtorch's CPU build: the resource {@code card.cpp}. Tensors of {@code cuda:0}
 * are in host memory, and the CPU's kernels compute on them. An operator refuses tensors of
 * different devices, as on a card. Test classes run on it in a process of their own.
 *
 * @param folder the compiled libraries
 */
record EmulatedCard(Path folder) {
    private static final Path PYTHON = Path.of("..", "..", ".ci", "python-env");
    private static final String CARD = "libcard.so";

    /** Headers of the version of torch that the engine loads. */
    private static final String INCLUDE = """
        import os, torch
        assert torch.__version__.startswith("%s"), torch.__version__
        print(os.path.join(os.path.dirname(torch.__file__), "include"))
        """;

    /** Where JUnit does not look for links, and where a later build finds the library. */
    private static final Path BUILT = Path.of("target", "emulated-card").toAbsolutePath();

    /**
     * What a process with the card wrote.
     *
     * @param failures names and messages of failed tests; empty when all passed
     * @param operators that ran on the card, such as {@code aten::mm}
     */
    record Outcome(int tests, List<String> failures, List<String> operators) {}

    /** Compiles the card, unless a former build did. It takes a minute. */
    static EmulatedCard build() throws IOException, InterruptedException {
        Files.createDirectories(BUILT);
        Path source = copy("card.cpp");
        Path runtime = copy("cudart.c");
        Path library = BUILT.resolve(CARD);
        if (!Files.exists(library)
                || Files.getLastModifiedTime(library).compareTo(Files.getLastModifiedTime(source)) < 0) {
            Engine.getInstance();
            String libtorch = LibUtils.getLibtorchPath();
            String python = output(PYTHON.toString());
            String include = output(python, "-c", INCLUDE.formatted(CudaLibtorch.VERSION));
            output(
                    "g++",
                    "-std=c++17",
                    "-O1",
                    "-fPIC",
                    "-shared",
                    "-w",
                    "-I" + include,
                    source.toString(),
                    "-o",
                    library.toString(),
                    "-L" + libtorch,
                    "-l:libtorch_cpu.so",
                    "-l:libc10.so");
            output(
                    "gcc",
                    "-shared",
                    "-fPIC",
                    runtime.toString(),
                    "-o",
                    BUILT.resolve("libcudart.so").toString());
        }
        return new EmulatedCard(BUILT);
    }

    /** Runs test classes on the card. */
    Outcome run(Path scratch, List<Class<?>> tests) throws IOException, InterruptedException {
        Engine.getInstance();
        Path log = scratch.resolve("card.log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx1g",
                "-Djna.library.path=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                EmulatedCardMain.class.getName(),
                folder.resolve(CARD).toString(),
                scratch.toString()));
        tests.forEach(test -> command.add(test.getName()));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        // DJL sees a CUDA runtime. Without these it would search for a CUDA build.
        builder.environment()
                .putAll(Map.of(
                        "PYTORCH_LIBRARY_PATH",
                        LibUtils.getLibtorchPath(),
                        "PYTORCH_FLAVOR",
                        "cpu",
                        "PYTORCH_VERSION",
                        CudaLibtorch.VERSION));
        int status = builder.start().waitFor();
        assertThat(status).as(() -> text(log)).isZero();
        return new Outcome(
                Integer.parseInt(Files.readString(scratch.resolve(EmulatedCardMain.COUNT))),
                Files.readAllLines(scratch.resolve(EmulatedCardMain.FAILURES)),
                Files.readAllLines(scratch.resolve(EmulatedCardMain.OPERATORS)));
    }

    private static Path copy(String resource) throws IOException {
        Path file = BUILT.resolve(resource);
        try (InputStream in = Objects.requireNonNull(EmulatedCard.class.getResourceAsStream(resource), resource)) {
            byte[] bytes = in.readAllBytes();
            if (!Files.exists(file) || Files.mismatch(file, Files.write(BUILT.resolve("new"), bytes)) >= 0) {
                Files.write(file, bytes);
            }
        }
        return file;
    }

    private static String output(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
        return output.strip();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}

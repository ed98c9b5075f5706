package dev.septet.llm.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.LibUtils;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
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

    /**
     * Compiles the card, unless a former build did. It takes a minute. The folder's name has the digest
     * of everything that was compiled, and the folder appears when it is whole.
     */
    static EmulatedCard build() throws Exception {
        byte[] card = resource("card.cpp");
        byte[] runtime = resource("cudart.c");
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (byte[] part : List.of(card, runtime, CudaLibtorch.VERSION.getBytes(StandardCharsets.UTF_8))) {
            digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).array());
            digest.update(part);
        }
        Path folder = BUILT.resolve(HexFormat.of().formatHex(digest.digest()));
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(BUILT);
            Path unfinished = Files.createTempDirectory(BUILT, "unfinished");
            compile(
                    Files.write(unfinished.resolve("card.cpp"), card),
                    Files.write(unfinished.resolve("cudart.c"), runtime),
                    unfinished);
            try {
                Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
            } catch (DirectoryNotEmptyException anotherProcessWasFirst) {
                assertThat(folder.resolve(CARD)).exists();
            }
        }
        return new EmulatedCard(folder);
    }

    private static void compile(Path card, Path runtime, Path to) throws IOException, InterruptedException {
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
                card.toString(),
                "-o",
                to.resolve(CARD).toString(),
                "-L" + libtorch,
                "-l:libtorch_cpu.so",
                "-l:libc10.so");
        output(
                "gcc",
                "-shared",
                "-fPIC",
                runtime.toString(),
                "-o",
                to.resolve("libcudart.so").toString());
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
        Process process = builder.start();
        try {
            assertThat(process.waitFor()).as(() -> text(log)).isZero();
        } finally {
            process.destroyForcibly(); // after the test's time limit too
        }
        return new Outcome(
                Integer.parseInt(Files.readString(scratch.resolve(EmulatedCardMain.COUNT))),
                Files.readAllLines(scratch.resolve(EmulatedCardMain.FAILURES)),
                Files.readAllLines(scratch.resolve(EmulatedCardMain.OPERATORS)));
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(EmulatedCard.class.getResourceAsStream(name), name)) {
            return in.readAllBytes();
        }
    }

    private static String output(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
            return output.strip();
        } finally {
            process.destroyForcibly();
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}

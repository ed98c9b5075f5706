package dev.septet.workers.gpu;

import dev.septet.llm.runtime.Torch;
import dev.septet.workers.supervise.BaseEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a process found that loaded libtorch. A library that exists may still lack one that it
 * depends on.
 *
 * @param cards number of cards that libtorch can use
 * @param problem why it did not load; empty when it did
 */
record LoadedLibtorch(int cards, Optional<String> problem) {
    private static final List<String> ENGINE = List.of("CUDA_", "NVIDIA_", "DJL_", "ENGINE_");
    private static final String CAUSE = "Caused by: ";

    /** Loads libtorch in a process of its own with these variables. */
    static LoadedLibtorch with(Map<String, String> variables) throws IOException {
        Path folder = Files.createTempDirectory("septet-libtorch");
        Path result = folder.resolve("cards");
        Path output = folder.resolve("output");
        try {
            ProcessBuilder builder = new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Doffline=true",
                            "-cp",
                            System.getProperty("java.class.path"),
                            LoadedLibtorch.class.getName(),
                            result.toString()))
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment().keySet().removeIf(name -> !passes(name));
            builder.environment().putAll(variables);
            int status = builder.start().waitFor();
            return status == 0
                    ? new LoadedLibtorch(Integer.parseInt(Files.readString(result)), Optional.empty())
                    : new LoadedLibtorch(0, Optional.of(reason(status, Files.readAllLines(output))));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while libtorch was loaded", e);
        } finally {
            Files.deleteIfExists(result);
            Files.deleteIfExists(output);
            Files.deleteIfExists(folder);
        }
    }

    /** Whether the process gets a variable of this name. It needs no secrets. */
    static boolean passes(String name) {
        return BaseEnvironment.holds(name) || ENGINE.stream().anyMatch(name::startsWith);
    }

    /** The root cause in a stack trace, else how the process ended. */
    private static String reason(int status, List<String> output) {
        return output.stream()
                .filter(line -> line.startsWith(CAUSE))
                .reduce((first, last) -> last)
                .map(line -> line.substring(CAUSE.length()).replaceFirst("^[\\w.$]+: ", ""))
                .orElse("its process ended with status " + status);
    }

    /** The process. Its argument is the file for the number of cards. */
    public static void main(String[] arguments) throws IOException {
        Files.writeString(Path.of(arguments[0]), Integer.toString(Torch.gpus()));
    }
}

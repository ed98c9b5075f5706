package dev.septet.examples.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a program to its end, as a person at a terminal would. */
final class Shell {
    private Shell() {}

    /** What a program said and how it ended. */
    record Said(int status, String out, String err) {
        String all() {
            return out + err;
        }
    }

    static Said run(Path folder, Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        return run(folder, environment, List.of(command), 300);
    }

    /** This checkout's {@code ./septet} with these words. */
    static Said septet(Path folder, Map<String, String> environment, int seconds, String... words)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Workspace.CHECKOUT.resolve("septet").toString());
        command.addAll(List.of(words));
        return run(folder, environment, command, seconds);
    }

    /**
     * The lines that a program of {@code .ci} prints: the paths of what it has found or installed.
     *
     * @param seconds longest time for the installation
     * @param words name of the program, and its arguments
     */
    static List<String> installed(int seconds, String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(words));
        command.set(0, Workspace.CHECKOUT.resolve(".ci").resolve(words[0]).toString());
        Said said = run(Workspace.CHECKOUT, Map.of(), command, seconds);
        if (said.status() != 0) {
            throw new AssertionError(String.join(" ", command) + " failed: " + said.all());
        }
        return said.out().lines().toList();
    }

    static Said run(Path folder, Map<String, String> environment, List<String> command, int seconds)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile("septet-out", ".txt");
        Path err = Files.createTempFile("septet-err", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
            process.destroy();
            throw new AssertionError(String.format(
                    Locale.ROOT, "%s did not end in %d s. It said:%n%s%n%s", command, seconds, read(out), read(err)));
        }
        return new Said(process.exitValue(), read(out), read(err));
    }

    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
}

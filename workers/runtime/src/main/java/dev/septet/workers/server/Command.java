package dev.septet.workers.server;

import dev.septet.settings.Setting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a short command and returns its output. */
public final class Command {
    private Command() {}

    /**
     * The result of a command.
     *
     * @param status exit status; -1 when it could not be started or took too long
     */
    public record Result(int status, String output) {
        public boolean ok() {
            return status == 0;
        }

        public String lastLine() {
            return output.lines()
                    .filter(line -> !line.isBlank())
                    .reduce("", (a, b) -> b)
                    .strip();
        }
    }

    /** Runs a command, with standard error in its output, and ends it at the time limit. */
    public static Result run(List<String> command, Duration limit) {
        Path output = null;
        try {
            output = Files.createTempFile("septet", ".out");
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
            // A downloader or a version query needs no secrets of pipelines and no store.
            builder.environment()
                    .keySet()
                    .removeIf(name -> name.startsWith(Setting.SECRET.prefix())
                            || name.equals(Setting.SECRETS.variable())
                            || name.equals(Setting.STORE_KEYS.variable()));
            Process process = builder.start();
            process.getOutputStream().close();
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                return new Result(-1, "no answer within " + limit.toSeconds() + " s");
            }
            return new Result(process.exitValue(), new String(Files.readAllBytes(output), StandardCharsets.UTF_8));
        } catch (IOException e) {
            return new Result(-1, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Result(-1, "interrupted");
        } finally {
            delete(output);
        }
    }

    private static void delete(@org.jspecify.annotations.Nullable Path output) {
        try {
            if (output != null) {
                Files.deleteIfExists(output);
            }
        } catch (IOException left) {
            // Harmless: a small file stays in the temporary folder.
        }
    }
}

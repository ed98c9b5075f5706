package dev.septet.activities.notify;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.pipeline.CommandSpec;
import dev.septet.settings.Setting;
import dev.septet.workflows.FailureType;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs a program of the operator's folder. The notice is its standard input. It gets no arguments,
 * runs without a shell, and sees only the basic variables of the worker's environment.
 */
final class OperatorCommand {
    private final NotifySettings settings;
    private final Duration patience;

    /**
     * @param patience time limit after which the program is killed
     */
    OperatorCommand(NotifySettings settings, Duration patience) {
        this.settings = settings;
        this.patience = patience;
    }

    /**
     * Runs the program to its end.
     *
     * @throws StageProblem POLICY_DENIED when the operator does not allow it, BACKEND_FAILED when
     *     it does not end in time, or its exit status is not 0
     */
    void run(CommandSpec spec, byte[] body) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(program(spec).toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        Map<String, String> environment = builder.environment();
        environment.keySet().retainAll(java.util.Set.of("PATH", "HOME", "LANG", "TZ"));
        Process process = builder.start();
        try {
            try (OutputStream in = process.getOutputStream()) {
                in.write(body);
            } catch (IOException notRead) {
                // The program need not read its input; only its exit status counts.
            }
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw failed(spec, String.format(Locale.ROOT, "did not end in %d s", patience.toSeconds()));
            }
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            throw failed(spec, String.format(Locale.ROOT, "ended with status %d", process.exitValue()));
        }
    }

    private Path program(CommandSpec spec) throws IOException {
        Path folder = settings.commands();
        if (folder == null) {
            throw denied("this worker runs no commands; its operator may name a folder of them in %s"
                    .formatted(Setting.NOTIFY_COMMANDS.variable()));
        }
        Path program = folder.resolve(spec.name());
        if (!Files.isRegularFile(program)
                || !Files.isExecutable(program)
                || !program.toRealPath().startsWith(folder.toRealPath())) {
            throw denied(
                    "'%s' is not a program in the folder of commands of this worker's operator".formatted(spec.name()));
        }
        return program.toRealPath();
    }

    private static StageProblem denied(String reason) {
        return new StageProblem(FailureType.POLICY_DENIED, reason);
    }

    private static StageProblem failed(CommandSpec spec, String detail) {
        return new StageProblem(FailureType.BACKEND_FAILED, "command '%s' %s".formatted(spec.name(), detail));
    }
}

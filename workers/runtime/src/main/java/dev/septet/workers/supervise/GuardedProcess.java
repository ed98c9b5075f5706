package dev.septet.workers.supervise;

import dev.septet.activities.store.FileModes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A child process with a guard script. The guard ends the process when this JVM dies, even by
 * SIGKILL: it then notices that its standard input has closed.
 */
final class GuardedProcess {
    private final Process guard;
    private final Path pidFile;
    private final ProcessSpec spec;

    private GuardedProcess(Process guard, Path pidFile, ProcessSpec spec) {
        this.guard = guard;
        this.pidFile = pidFile;
        this.spec = spec;
    }

    /**
     * Starts the process.
     *
     * @param pids folder of the pid files, which are named after the processes
     */
    static GuardedProcess start(ProcessSpec spec, Path pids) throws IOException {
        FileModes.OWNER.folder(pids);
        Path parent = spec.log().getParent();
        if (parent != null) {
            FileModes.OWNER.folder(parent);
        }
        Path pidFile = pids.resolve(spec.name() + ".pid");
        Files.deleteIfExists(pidFile);
        List<String> command = new ArrayList<>();
        command.addAll(List.of("bash", "-c", script(), "septet-guard", pidFile.toString()));
        command.add(Integer.toString(spec.graceSeconds()));
        command.addAll(spec.command());
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(spec.log().toFile()));
        // The child inherits nothing else, because this process's environment may hold secrets.
        builder.environment().keySet().removeIf(name -> !BaseEnvironment.holds(name));
        spec.environment().forEach((name, value) -> {
            if (value.isEmpty()) {
                builder.environment().remove(name);
            } else {
                builder.environment().put(name, value);
            }
        });
        return new GuardedProcess(builder.start(), pidFile, spec);
    }

    /**
     * Waits for the end of the process and returns its exit status; 128 + n when signal n ended it.
     */
    int await() throws InterruptedException {
        int status = guard.waitFor();
        // If the guard itself was killed, its process must not continue while the next one runs.
        pid().flatMap(ProcessHandle::of).filter(ProcessHandle::isAlive).ifPresent(ProcessHandle::destroyForcibly);
        return status;
    }

    /**
     * Ends the process by SIGTERM, and by SIGKILL after the grace period. Waits until it has ended.
     */
    void end() {
        try {
            guard.getOutputStream().close();
        } catch (IOException gone) {
            // The pipe is closed already: the process is ending.
        }
        try {
            if (!guard.waitFor(spec.graceSeconds() + 5L, TimeUnit.SECONDS)) {
                pid().flatMap(ProcessHandle::of).ifPresent(ProcessHandle::destroyForcibly);
                guard.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The process id of the command itself, once the guard has written it. */
    Optional<Long> pid() {
        try {
            return Optional.of(Long.parseLong(Files.readString(pidFile).strip()));
        } catch (IOException | NumberFormatException notYet) {
            return Optional.empty();
        }
    }

    /** Whether the process runs. */
    boolean isRunning() {
        return guard.isAlive();
    }

    private static String script() {
        try (InputStream in = GuardedProcess.class.getResourceAsStream("guard.sh")) {
            if (in == null) {
                throw new IllegalStateException("guard.sh is missing from this build");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

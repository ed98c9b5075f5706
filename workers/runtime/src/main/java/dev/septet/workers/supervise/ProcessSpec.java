package dev.septet.workers.supervise;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The specification of a process that a supervisor keeps running.
 *
 * @param name name in messages and of its files
 * @param command program and arguments
 * @param environment variables beside those of {@link BaseEnvironment}; it gets nothing else of
 *     this process's environment
 * @param log file to which its output is appended
 * @param graceSeconds seconds between SIGTERM and SIGKILL when it is ended
 */
public record ProcessSpec(
        String name, List<String> command, Map<String, String> environment, Path log, int graceSeconds) {
    public ProcessSpec {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }
}

package dev.septet.workers.supervise;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The specification of a process that a supervisor keeps running.
 *
 * @param name name in messages and of its files
 * @param command program and arguments
 * @param environment variables in addition to those of {@link BaseEnvironment}; the process
 *     inherits no other variable
 * @param log file to which its output is appended
 * @param graceSeconds seconds between SIGTERM and SIGKILL when the process is stopped
 */
public record ProcessSpec(
        String name, List<String> command, Map<String, String> environment, Path log, int graceSeconds) {
    public ProcessSpec {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }
}

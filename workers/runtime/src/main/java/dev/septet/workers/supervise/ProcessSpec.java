package dev.septet.workers.supervise;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * One process to keep alive.
 *
 * @param name what people call it, also the name of its files
 * @param command program and arguments
 * @param environment what it knows beside what every process needs ({@link BaseEnvironment}):
 *     nothing else of this process's own environment reaches it
 * @param log file that receives its output, appended
 * @param graceSeconds time between SIGTERM and SIGKILL when it is ended
 */
public record ProcessSpec(
        String name, List<String> command, Map<String, String> environment, Path log, int graceSeconds) {
    public ProcessSpec {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }
}

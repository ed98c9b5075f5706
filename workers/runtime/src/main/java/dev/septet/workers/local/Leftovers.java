package dev.septet.workers.local;

import dev.septet.activities.backup.BackupProblem;
import dev.septet.workers.StateFolder;
import dev.septet.workers.server.ServerFile;
import dev.septet.workers.server.ServerProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Files that killed processes could not remove. They do no harm, but are misleading. */
public final class Leftovers {
    private Leftovers() {}

    /**
     * The leftover files of a state folder; none while a process runs Septet's server and workers
     * on it.
     */
    public static List<Path> of(StateFolder state) throws IOException {
        if (!Files.exists(state.path())
                || new ServerFile(state.server()).owned().isPresent()) {
            return List.of();
        }
        List<Path> left = new ArrayList<>();
        for (Path file : List.of(state.server(), state.path().resolve("catalogue.json"))) {
            if (Files.exists(file)) {
                left.add(file);
            }
        }
        if (Files.isDirectory(state.processes())) {
            try (Stream<Path> files = Files.list(state.processes())) {
                files.filter(file -> file.toString().endsWith(".pid"))
                        .filter(file -> dead(file).orElse(true))
                        .sorted()
                        .forEach(left::add);
            }
        }
        return left;
    }

    /**
     * Removes the leftover files.
     *
     * @return the removed files; empty when a process took the folder meanwhile
     */
    public static List<Path> remove(StateFolder state) throws IOException {
        try (StateLock held = StateLock.take(state)) {
            List<Path> left = held.lock().isValid() ? of(state) : List.of();
            for (Path file : left) {
                Files.deleteIfExists(file);
            }
            return left;
        } catch (ServerProblem | BackupProblem busy) {
            return List.of();
        }
    }

    private static Optional<Boolean> dead(Path file) {
        try {
            long pid = Long.parseLong(Files.readString(file).strip());
            return Optional.of(
                    ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
        } catch (IOException | NumberFormatException unreadable) {
            return Optional.empty();
        }
    }
}

package dev.septet.examples.e2e;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * The processes of outside trainers.
 *
 * @param runs absolute path of a folder; their run folders are anywhere below it
 */
record TrainerProcesses(Path runs) {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** Ids of the processes that run now. */
    List<Long> all() {
        String mark = "SEPTET_RUN=" + runs;
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            return all.map(ProcessHandle::pid)
                    .filter(pid -> environment(pid).contains(mark))
                    .toList();
        }
    }

    /** Waits until there are any. */
    List<Long> awaitAny() {
        return await("the trainer's process").atMost(PATIENCE).until(this::all, all -> !all.isEmpty());
    }

    /** Kills all of them with SIGKILL. */
    void kill() {
        awaitAny().forEach(TrainerProcesses::kill);
    }

    static void kill(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    /** The last step that any of them wrote down; 0 before the first one. */
    int lastStep() throws IOException {
        int last = 0;
        try (Stream<Path> files = Files.walk(runs)) {
            for (Path metrics :
                    files.filter(file -> file.endsWith("metrics.jsonl")).toList()) {
                for (String line : Files.readAllLines(metrics)) {
                    last = Math.max(last, step(line));
                }
            }
        } catch (IOException | java.io.UncheckedIOException removedMeanwhile) {
            return last;
        }
        return last;
    }

    private static int step(String line) {
        try {
            JsonNode json = SpecJson.mapper().readTree(line);
            return json.path("step").asInt();
        } catch (IOException halfALine) {
            return 0;
        }
    }

    private static String environment(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "environ"));
        } catch (IOException | RuntimeException gone) {
            return "";
        }
    }
}

package dev.septet.workers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which activities were running in how many crashes of a process in a row, kept in the state
 * folder. A crash is a death that native code dies of by itself; a kill or an orderly end says
 * nothing of the activities that it meets.
 *
 * @param file beside the file of running activities
 */
record CrashRecord(Path file) {
    /** What ran alone in so many crashes in a row has caused them. */
    private static final int CRASHES_ALONE = 2;

    /** What ran beside others has met the crash of another one more easily. */
    private static final int CRASHES_AMONG_OTHERS = 3;

    /** Work that went on for so long is not what a crash is inherent to. */
    private static final Duration WENT_ON = Duration.ofMinutes(10);

    /**
     * 128 and the signals of an illegal instruction, trap, abort, bus, arithmetic, memory, call.
     */
    private static final Set<Integer> CRASHES = Set.of(132, 133, 134, 135, 136, 139, 159);

    static CrashRecord of(StateFolder state, String process) {
        return new CrashRecord(state.processes().resolve(process + ".crashes.json"));
    }

    static boolean isCrash(int status) {
        return CRASHES.contains(status);
    }

    /** Whether an activity with so many crashes in a row is not to be run again. */
    static boolean isPoisoned(int crashes, int running) {
        return crashes >= (running == 1 ? CRASHES_ALONE : CRASHES_AMONG_OTHERS);
    }

    /**
     * Counts a crash.
     *
     * @param lost what was running in it
     * @param ran how long nothing had begun or ended before it
     * @return crashes in a row, by {@link #key}
     */
    Map<String, Integer> crashed(List<RunningActivity> lost, Duration ran) throws IOException {
        Map<String, Integer> before = ran.compareTo(WENT_ON) < 0 ? read() : Map.<String, Integer>of();
        Map<String, Integer> now = new TreeMap<>();
        for (RunningActivity activity : lost) {
            now.put(key(activity), before.getOrDefault(key(activity), 0) + 1);
        }
        write(now);
        return now;
    }

    /** The same for all attempts of an activity. */
    static String key(RunningActivity activity) {
        return String.join(" ", activity.namespace(), activity.workflowId(), activity.runId(), activity.activityId());
    }

    private Map<String, Integer> read() throws IOException {
        try {
            return SpecJson.mapper().readValue(Files.readString(file), new TypeReference<Map<String, Integer>>() {});
        } catch (NoSuchFileException | JsonProcessingException noneOrDamaged) {
            return Map.of(); // a damaged one must not keep later crashes from being counted
        }
    }

    private void write(Map<String, Integer> crashes) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(fresh, SpecJson.mapper().writeValueAsString(crashes));
        Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
    }
}

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
 * Counts, for each activity, in how many consecutive crashes of a worker process it was running.
 * The counts are a file in the state folder. A crash is an end by a signal that faulty native code
 * raises. A kill or an orderly end does not count: it says nothing about the activities that were
 * running.
 *
 * @param file beside the file of running activities
 */
record CrashRecord(Path file) {
    /** An activity that ran alone in this number of consecutive crashes has caused them. */
    private static final int CRASHES_ALONE = 2;

    /**
     * An activity that ran at the same time as others may not be the cause of the crash, so more
     * crashes are required.
     */
    private static final int CRASHES_AMONG_OTHERS = 3;

    /**
     * An activity that ran for this long without a crash does not cause a crash each time it runs.
     */
    private static final Duration WENT_ON = Duration.ofMinutes(10);

    /** Exit statuses 128 + n of SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV and SIGSYS. */
    private static final Set<Integer> CRASHES = Set.of(132, 133, 134, 135, 136, 139, 159);

    static CrashRecord of(StateFolder state, String process) {
        return new CrashRecord(state.processes().resolve(process + ".crashes.json"));
    }

    static boolean isCrash(int status) {
        return CRASHES.contains(status);
    }

    /**
     * Whether an activity must not run again.
     *
     * @param crashes consecutive crashes in which it was running
     * @param running number of activities that were running in the last crash
     */
    static boolean isPoisoned(int crashes, int running) {
        return crashes >= (running == 1 ? CRASHES_ALONE : CRASHES_AMONG_OTHERS);
    }

    /**
     * Counts a crash.
     *
     * @param lost the activities that were running in it
     * @param ran time since the last activity began or ended before it
     * @return consecutive crashes, by {@link #key}
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

    /** Identifies an activity: the key is the same for all attempts. */
    static String key(RunningActivity activity) {
        return String.join(" ", activity.namespace(), activity.workflowId(), activity.runId(), activity.activityId());
    }

    private Map<String, Integer> read() throws IOException {
        try {
            return SpecJson.mapper().readValue(Files.readString(file), new TypeReference<Map<String, Integer>>() {});
        } catch (NoSuchFileException | JsonProcessingException noneOrDamaged) {
            return Map.of(); // a damaged file must not prevent counting of later crashes
        }
    }

    private void write(Map<String, Integer> crashes) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Path temporary = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(temporary, SpecJson.mapper().writeValueAsString(crashes));
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}

package dev.septet.activities.train.command;

import dev.septet.activities.quota.TeamUse;
import dev.septet.activities.train.outside.TrainerFolder;
import dev.septet.activities.train.outside.TrainerLauncher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Counts the GPUs of a cluster's job as use of the run and its team, from round to round. What was counted is in a file of the run folder,
 * because each round may have another worker. The time since the last round counts when the job runs now, or has ended.
 *
 * @param gpus of all nodes of the job; 0 = nothing is counted
 * @param longestRound the longest time between two rounds that counts, because no job runs longer without a worker
 */
record TrainerUse(TrainerFolder folder, int gpus, Duration longestRound) {
    /** No training takes longer. */
    private static final Duration LONGEST = Duration.ofDays(62);

    private static final Pattern RECORD = Pattern.compile("(?<from>[0-9]{1,18}) (?<until>[0-9]{1,18})\\s*");

    /** The job exists from now on. */
    void begin() throws IOException {
        TeamUse use = TeamUse.current();
        if (use != null && gpus > 0) {
            write(use.now(), use.now());
        }
    }

    /**
     * Counts a job that runs. The time in which it waits for its turn does not count. While its platform does not answer, the next
     * round counts.
     */
    void round(Optional<TrainerLauncher.Waiting> queued) throws IOException {
        TeamUse use = TeamUse.current();
        if (use == null || gpus <= 0) {
            return;
        }
        Optional<Counted> counted = counted(use.now());
        if (queued.isEmpty() && counted.isPresent()) {
            count(use, counted.get(), use.now());
        } else if (counted.isEmpty() || queued.get().known()) {
            begin();
        }
    }

    /** Counts a job that has ended, until the program's end. A job that never ran counts nothing. */
    void end() throws IOException {
        TeamUse use = TeamUse.current();
        if (use == null || gpus <= 0) {
            return;
        }
        Optional<Counted> counted = counted(use.now());
        boolean written = Files.isRegularFile(folder.exit(), LinkOption.NOFOLLOW_LINKS);
        if (counted.isPresent()
                && (written || counted.get().until() > counted.get().from())) {
            long ended = written ? Files.getLastModifiedTime(folder.exit()).toMillis() : use.now();
            count(use, counted.get(), Math.min(use.now(), Math.max(counted.get().until(), ended)));
        }
        Files.deleteIfExists(folder.used());
    }

    /** What was counted before, in milliseconds since 1970. */
    private record Counted(long from, long until) {}

    private void count(TeamUse use, Counted before, long now) throws IOException {
        long until = Math.min(now, before.until() + longestRound.toMillis());
        if (until > before.from()) {
            use.countGpus(folder.root().getFileName().toString(), gpus, before.from(), until, before.until());
            write(before.from(), until);
        }
    }

    private void write(long from, long until) throws IOException {
        folder.write(folder.used(), String.format(Locale.ROOT, "%d %d\n", from, until));
    }

    /** Empty also where the file has times that no job has: the trainer may write to its folder, and clocks may be wrong. */
    private Optional<Counted> counted(long now) throws IOException {
        return folder.read(folder.used())
                .map(RECORD::matcher)
                .filter(Matcher::matches)
                .map(record -> new Counted(Long.parseLong(record.group("from")), Long.parseLong(record.group("until"))))
                .filter(counted -> counted.from() <= counted.until()
                        && counted.until() <= now + longestRound.toMillis()
                        && counted.from() > now - LONGEST.toMillis());
    }
}

package dev.septet.activities.train.command;

import dev.septet.activities.quota.TeamUse;
import dev.septet.activities.train.outside.TrainerFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Counts the GPUs of a cluster's job as use of the run's team, from round to round. What was counted is in a file of the run folder,
 * because each round may have another worker. The time since the last round counts when the job runs now, or has ended.
 *
 * @param gpus of all nodes of the job; 0 = nothing is counted
 * @param longestRound the longest time between two rounds that counts, because no job runs longer without a worker
 */
record TrainerUse(TrainerFolder folder, int gpus, Duration longestRound) {
    private static final Pattern RECORD = Pattern.compile("(?<from>[0-9]{1,18}) (?<until>[0-9]{1,18})\\s*");

    /** The job exists from now on. */
    void begin() throws IOException {
        TeamUse use = TeamUse.current();
        if (use != null && gpus > 0) {
            write(use.now(), use.now());
        }
    }

    /** Counts a job that runs. The time in which it waits for its turn does not count. */
    void round(boolean runs) throws IOException {
        TeamUse use = TeamUse.current();
        if (use == null || gpus == 0) {
            return;
        }
        Optional<Matcher> record = record();
        if (runs && record.isPresent()) {
            count(use, record.get(), use.now());
        } else {
            begin();
        }
    }

    /** Counts a job that has ended, until the program's end. A job that never ran counts nothing. */
    void end() throws IOException {
        TeamUse use = TeamUse.current();
        Optional<Matcher> record = record();
        if (use == null || gpus == 0 || record.isEmpty()) {
            return;
        }
        boolean written = Files.isRegularFile(folder.exit(), LinkOption.NOFOLLOW_LINKS);
        boolean seen = until(record.get()) > from(record.get());
        if (written || seen) {
            long ended = written ? Files.getLastModifiedTime(folder.exit()).toMillis() : use.now();
            count(use, record.get(), Math.min(use.now(), Math.max(until(record.get()), ended)));
        }
        Files.deleteIfExists(folder.used());
    }

    private void count(TeamUse use, Matcher record, long now) throws IOException {
        long from = from(record);
        long until = Math.min(now, until(record) + longestRound.toMillis());
        if (until > from) {
            use.countGpus(folder.root().getFileName().toString(), gpus, from, until, until(record));
            write(from, until);
        }
    }

    private void write(long from, long until) throws IOException {
        folder.write(folder.used(), String.format(Locale.ROOT, "%d %d\n", from, until));
    }

    private Optional<Matcher> record() throws IOException {
        return folder.read(folder.used()).map(RECORD::matcher).filter(Matcher::matches);
    }

    private static long from(Matcher record) {
        return Long.parseLong(record.group("from"));
    }

    private static long until(Matcher record) {
        return Long.parseLong(record.group("until"));
    }
}

package dev.septet.activities.train.command;

import dev.septet.activities.train.outside.TrainerFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long a job has written no metrics and no checkpoint while it ran. The time is in a file of the run folder, because
 * each round may have another worker. The clock is that of the folder's file system: the time at which this round
 * renewed the lease. A clock that jumps, or a time without workers, counts as {@code longestRound} at the most.
 *
 * @param longestRound the longest time between two rounds that counts
 */
record TrainerSilence(TrainerFolder folder, Duration longestRound) {
    private static final Pattern RECORD = Pattern.compile("([0-9]{1,18}) ([0-9]{1,18}) (\\S+)");

    /**
     * Adds the time since the last round.
     *
     * @param runs whether the job runs; the time in which it waits for its turn does not count
     * @return how long it has been silent
     */
    Duration round(boolean runs) throws IOException {
        Path file = folder.silence();
        String progress = progress();
        long now = Files.getLastModifiedTime(folder.lease()).toMillis();
        Matcher last = RECORD.matcher(folder.read(file).orElse("").strip());
        long silent = 0;
        if (runs && last.matches() && last.group(3).equals(progress)) {
            long since = now - Long.parseLong(last.group(2));
            silent = Long.parseLong(last.group(1)) + Math.max(0, Math.min(longestRound.toMillis(), since));
        }
        folder.write(file, String.format(Locale.ROOT, "%d %d %s\n", silent, now, progress));
        return Duration.ofMillis(silent);
    }

    /** Changes when the trainer writes metrics, or completes a checkpoint. */
    private String progress() throws IOException {
        var checkpoints = folder.complete();
        return String.format(
                Locale.ROOT,
                "%d-%d",
                Files.isRegularFile(folder.metrics(), LinkOption.NOFOLLOW_LINKS) ? Files.size(folder.metrics()) : 0,
                checkpoints.isEmpty() ? 0 : checkpoints.lastKey());
    }
}

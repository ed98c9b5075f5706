package dev.septet.activities.train.command;

import dev.septet.activities.time.SteadyClock;
import dev.septet.activities.train.outside.TrainerFolder;
import dev.septet.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Run folders that runs left behind which failed for good, or were terminated. A run that succeeds or is cancelled
 * removes its own.
 *
 * @param runs folder of the run folders
 * @param age time without a change after which a run folder may be removed
 */
public record ExpiredRunFolders(Path runs, Duration age) {
    private static final Logger LOG = LoggerFactory.getLogger(ExpiredRunFolders.class);
    private static final Pattern NAME = Pattern.compile("([A-Za-z0-9-]+)-train");
    private static final long DAYS = 14;

    /**
     * As the environment says.
     *
     * @param standard folder of the run folders, unless the environment names another
     */
    public static ExpiredRunFolders of(Map<String, String> environment, Path standard) {
        String days = Setting.TRAINER_RUN_DAYS.text(environment);
        return new ExpiredRunFolders(
                OutsideTrainers.of(environment, standard).runs(),
                Duration.ofDays(days.isEmpty() ? DAYS : Long.parseLong(days)));
    }

    /**
     * Removes the run folders that nobody changed for this time, of closed runs. One whose lock is held stays.
     *
     * @param open whether a run with this id is open
     * @return the removed folders
     */
    public List<Path> remove(Predicate<String> open) throws IOException {
        List<Path> removed = new ArrayList<>();
        if (!Files.isDirectory(runs)) {
            return removed;
        }
        List<Path> all;
        try (Stream<Path> list = Files.list(runs)) {
            all = list.sorted().toList();
        }
        Instant now = SteadyClock.now();
        for (Path folder : all) {
            Matcher name = NAME.matcher(folder.getFileName().toString());
            try {
                if (name.matches()
                        && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                        && changed(folder).isBefore(now.minus(age))
                        && !open.test(name.group(1))
                        && isFree(new TrainerFolder(folder))) {
                    TrainerFolder.remove(folder);
                    removed.add(folder);
                    LOG.info("removed {}, the run folder of a closed run", folder);
                }
            } catch (NoSuchFileException another) {
                LOG.debug("another worker removes {}", folder);
            } catch (IOException stays) {
                LOG.warn("{}, the run folder of a closed run, cannot be removed", folder, stays);
            }
        }
        return removed;
    }

    /** A worker that follows the run renews the lease, and a trainer writes metrics. */
    private static Instant changed(Path folder) throws IOException {
        Instant newest = Files.getLastModifiedTime(folder).toInstant();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Instant time = Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS)
                        .toInstant();
                newest = time.isAfter(newest) ? time : newest;
            }
        }
        return newest;
    }

    /** Java's locks are of another kind than those of flock, so flock tells. */
    private static boolean isFree(TrainerFolder folder) throws IOException {
        if (Files.notExists(folder.lock())) {
            return true;
        }
        Process flock = new ProcessBuilder("flock", "-n", folder.lock().toString(), "true").start();
        try {
            return flock.waitFor(1, TimeUnit.MINUTES) && flock.exitValue() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            flock.destroy();
        }
    }
}

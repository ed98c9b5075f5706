package dev.septet.workers.doctor;

import dev.septet.activities.backup.LastBackup;
import dev.septet.activities.store.FileModes;
import dev.septet.workers.StateFolder;
import dev.septet.workers.local.Leftovers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Checks the state folder: its permissions, what killed processes left behind, and the age of its last backup.
 *
 * @param fix whether to repair what can be repaired
 */
record StateChecks(StateFolder state, boolean fix) {
    private static final int MOST_ENTRIES = 200_000;

    /** Who makes backups makes them at least each week. */
    private static final int OLD_DAYS = 8;

    List<Finding> look() {
        Path folder = state.path();
        if (!Files.exists(folder)) {
            return List.of(Finding.ok("state", folder + " does not exist yet; the first run creates it"));
        }
        if (!Files.isDirectory(folder) || !Files.isWritable(folder)) {
            return List.of(Finding.fail(
                    "state",
                    folder + " cannot be written to",
                    "make yourself its owner, or set SEPTET_STATE to another folder"));
        }
        try {
            return List.of(permissions(folder), leftovers(), backup());
        } catch (IOException e) {
            return List.of(Finding.fail(
                    "state",
                    "%s cannot be read: %s".formatted(folder, e.getMessage()),
                    "set SEPTET_STATE to another folder"));
        }
    }

    /**
     * Checks that only the owner can read the folder: models, audit logs and databases hold what
     * users wrote.
     */
    private Finding permissions(Path folder) throws IOException {
        List<Path> open = FileModes.openToOthers(folder, MOST_ENTRIES);
        if (open.isEmpty()) {
            return Finding.ok("state", folder + " is open to its owner only");
        }
        String found = "other users may read or write %s%s"
                .formatted(
                        open.get(0),
                        open.size() == 1 ? "" : String.format(Locale.ROOT, " and %d more", open.size() - 1));
        if (fix) {
            for (Path path : open) {
                FileModes.closeToOthers(path);
            }
            return Finding.ok("state", found + "; from now on only the owner may");
        }
        return Finding.warn("state", found, "chmod -R go= %s, or `septet doctor --fix`".formatted(folder));
    }

    private Finding leftovers() throws IOException {
        List<Path> left = Leftovers.of(state);
        if (left.isEmpty()) {
            return Finding.ok("locks", "killed processes have left no files");
        }
        if (fix) {
            return Finding.ok("locks", "removed what killed processes had left: " + names(Leftovers.remove(state)));
        }
        return Finding.warn(
                "locks",
                "killed processes have left " + names(left),
                "`septet doctor --fix` removes these files; `septet dev` starts even if they exist");
    }

    private Finding backup() {
        Optional<LastBackup> last;
        try {
            last = LastBackup.read(state.lastBackup());
        } catch (IOException unreadable) {
            return Finding.warn(
                    "backup",
                    "%s: the time of the last backup is not known".formatted(unreadable.getMessage()),
                    "`septet backup TO` writes a backup, and the file again");
        }
        if (last.isEmpty()) {
            return Finding.ok("backup", "`septet backup` has never copied this state folder");
        }
        long days = Duration.between(last.get().begin(), Instant.now()).toDays();
        String found = String.format(
                Locale.ROOT,
                "the last one, %s in %s, is %s",
                last.get().id(),
                last.get().to(),
                days == 0 ? "of the last 24 hours" : days + (days == 1 ? " day old" : " days old"));
        return days < OLD_DAYS
                ? Finding.ok("backup", found)
                : Finding.warn(
                        "backup",
                        found,
                        "`septet backup %s`, each night".formatted(last.get().to()));
    }

    private static String names(List<Path> files) {
        return String.join(
                ", ", files.stream().map(file -> file.getFileName().toString()).toList());
    }
}

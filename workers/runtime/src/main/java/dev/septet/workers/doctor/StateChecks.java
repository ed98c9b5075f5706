package dev.septet.workers.doctor;

import dev.septet.activities.store.FileModes;
import dev.septet.workers.StateFolder;
import dev.septet.workers.local.Leftovers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Checks the state folder: its permissions, and what killed processes left behind.
 *
 * @param fix whether to repair what can be repaired
 */
record StateChecks(StateFolder state, boolean fix) {
    private static final int MOST_ENTRIES = 200_000;

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
            return List.of(permissions(folder), leftovers());
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

    private static String names(List<Path> files) {
        return String.join(
                ", ", files.stream().map(file -> file.getFileName().toString()).toList());
    }
}

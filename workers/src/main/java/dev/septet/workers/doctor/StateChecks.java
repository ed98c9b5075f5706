package dev.septet.workers.doctor;

import dev.septet.workers.StateFolder;
import dev.septet.workers.local.Leftovers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The state folder: who may write there, and what killed processes left behind.
 *
 * @param fix whether to mend what can be mended
 */
record StateChecks(StateFolder state, boolean fix) {
    private static final Set<PosixFilePermission> OTHERS_WRITE =
            EnumSet.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

    List<Finding> look() {
        Path folder = state.path();
        if (!Files.exists(folder)) {
            return List.of(
                    Finding.ok("state", folder + " does not exist yet; the first run makes it"));
        }
        if (!Files.isDirectory(folder) || !Files.isWritable(folder)) {
            return List.of(
                    Finding.fail(
                            "state",
                            folder + " cannot be written to",
                            "make it a folder of yours, or set SEPTET_STATE to another one"));
        }
        try {
            return List.of(permissions(folder), leftovers());
        } catch (IOException e) {
            return List.of(
                    Finding.fail(
                            "state",
                            "%s cannot be read: %s".formatted(folder, e.getMessage()),
                            "set SEPTET_STATE to another folder"));
        }
    }

    private Finding permissions(Path folder) throws IOException {
        Set<PosixFilePermission> permissions;
        try {
            permissions = Files.getPosixFilePermissions(folder);
        } catch (UnsupportedOperationException notPosix) {
            return Finding.ok("state", folder + " can be written to");
        }
        EnumSet<PosixFilePermission> tooMany = EnumSet.copyOf(OTHERS_WRITE);
        tooMany.retainAll(permissions);
        if (tooMany.isEmpty()) {
            return Finding.ok("state", folder + " is written to by its owner only");
        }
        if (fix) {
            EnumSet<PosixFilePermission> fewer = EnumSet.copyOf(permissions);
            fewer.removeAll(tooMany);
            Files.setPosixFilePermissions(folder, fewer);
            return Finding.ok(
                    "state", "others could write to %s; now they cannot".formatted(folder));
        }
        return Finding.warn(
                "state",
                "others may write to " + folder + ", and so change models and checkpoints",
                "chmod go-w %s, or `septet doctor --fix`".formatted(folder));
    }

    private Finding leftovers() throws IOException {
        List<Path> left = Leftovers.of(state);
        if (left.isEmpty()) {
            return Finding.ok("locks", "nothing is left of killed processes");
        }
        if (fix) {
            return Finding.ok(
                    "locks",
                    "removed what killed processes had left: " + names(Leftovers.remove(state)));
        }
        return Finding.warn(
                "locks",
                "killed processes have left " + names(left),
                "`septet doctor --fix` removes it; `septet dev` also starts as it is");
    }

    private static String names(List<Path> files) {
        return String.join(
                ", ", files.stream().map(file -> file.getFileName().toString()).toList());
    }
}

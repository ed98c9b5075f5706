package dev.septet.workers.doctor;

import dev.septet.activities.retention.StoredVersions;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.LocalStore;
import dev.septet.workers.StateFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Checks the artifact store: whether its bytes match their digests, what killed processes left
 * there, and whether there is free space.
 *
 * @param fix whether to repair what can be repaired
 * @param deep whether to read every artifact, however large
 */
record StoreChecks(StateFolder state, ArtifactStore store, boolean fix, boolean deep) {
    /** Most disks read this in about a second. */
    private static final long SAMPLE_BYTES = 256L << 20;

    /** A disk with room for fewer versions needs attention before the next retrainings. */
    private static final long FEW_VERSIONS = 3;

    List<Finding> look() {
        try {
            List<Finding> findings = new ArrayList<>(List.of(artifacts(), leftovers()));
            findings.addAll(versions());
            if (store instanceof LocalStore local) {
                findings.addAll(space(local.root()));
            }
            return findings;
        } catch (IOException | RuntimeException e) {
            return List.of(Finding.fail(
                    "store",
                    "the artifact store cannot be read: " + e.getMessage(),
                    "correct SEPTET_STORE, or check that its server answers"));
        }
    }

    private Finding artifacts() throws IOException {
        ArtifactStore.Checked checked = store.check(deep ? Long.MAX_VALUE : SAMPLE_BYTES, fix);
        if (checked.damaged().isEmpty()) {
            return Finding.ok(
                    "artifacts",
                    String.format(
                            Locale.ROOT,
                            "%d of %d artifacts were read and verified%s%s",
                            checked.artifacts() - checked.locked(),
                            checked.all(),
                            checked.artifacts() < checked.all() ? " (--deep reads all)" : "",
                            checked.locked() == 0
                                    ? ""
                                    : String.format(
                                            Locale.ROOT,
                                            "; %d could not be read without their keys",
                                            checked.locked())));
        }
        String found = String.format(
                Locale.ROOT,
                "%d of %d artifacts are damaged: %s",
                checked.damaged().size(),
                checked.artifacts(),
                String.join("; ", checked.damaged().stream().limit(3).toList()));
        return fix && store instanceof LocalStore
                ? Finding.warn(
                        "artifacts",
                        found + "; moved to the store's folder damaged",
                        "run the pipelines again: they create what they need again; then check the" + " disk")
                : Finding.fail(
                        "artifacts",
                        found,
                        "check the disk; a run that needs one creates it again"
                                + (store instanceof LocalStore ? ", and `septet doctor --fix` moves them aside" : ""));
    }

    private Finding leftovers() throws IOException {
        ArtifactStore.Leftovers left = fix ? store.removeLeftovers() : store.leftovers();
        if (left.isEmpty()) {
            return Finding.ok("leftovers", "dead processes have left no fence or scratch folder");
        }
        String found = String.format(
                Locale.ROOT,
                "killed processes left %d fences and %d scratch folders",
                left.fences().size(),
                left.scratch().size());
        return fix
                ? Finding.ok("leftovers", found + "; they are removed")
                : Finding.warn(
                        "leftovers", found, "`septet doctor --fix` removes them, or the next run of any pipeline");
    }

    /** Forecasts for how many versions the disk has room. */
    private List<Finding> versions() throws IOException {
        StoredVersions stored = StoredVersions.of(store);
        if (stored.versions() == 0 || !(store instanceof LocalStore local)) {
            return List.of();
        }
        long free = Files.getFileStore(existing(local.root())).getUsableSpace();
        long room = free / Math.max(1, stored.mean());
        String found = String.format(
                Locale.ROOT,
                "%,d versions of %,d pipelines with %,d MB each on average; the disk has room for %,d more",
                stored.versions(),
                stored.pipelines(),
                stored.mean() / 1_000_000,
                room);
        return List.of(
                room < FEW_VERSIONS
                        ? Finding.warn(
                                "versions",
                                found,
                                "`septet gc --dry-run` shows what can be deleted; SEPTET_KEEP says how many versions"
                                        + " stay")
                        : Finding.ok("versions", found));
    }

    /** Checks the free space if the store is on another disk than the state folder. */
    private List<Finding> space(Path root) throws IOException {
        Path there = existing(root);
        if (Files.getFileStore(there).equals(Files.getFileStore(existing(state.path())))) {
            return List.of();
        }
        return List.of(MachineChecks.disk(root, Files.getFileStore(there).getUsableSpace()));
    }

    private static Path existing(Path path) {
        Path there = path.toAbsolutePath();
        while (Files.notExists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        return there;
    }
}

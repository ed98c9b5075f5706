package dev.septet.activities.train.command;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.store.CheckpointStore.Checkpoint;
import dev.septet.activities.store.Manifest;
import dev.septet.activities.train.TrainingContext;
import dev.septet.activities.train.outside.OutsideTrainer;
import dev.septet.activities.train.outside.TrainerFolder;
import dev.septet.activities.train.outside.TrainerLauncher;
import dev.septet.activities.train.outside.TrainerProblems;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A trainer's checkpoints on their way between the run folder and the store. */
final class TrainerCheckpoints {
    private static final Set<String> RESERVED = Set.of(Manifest.FILE, TrainerFolder.METRICS, TrainerFolder.FINGERPRINT);

    private final OutsideTrainer trainer;
    private final TrainerFolder folder;
    private final TrainingContext context;
    private final int keep;
    private final Pause pause;
    private @Nullable Checkpoint newest;

    /**
     * @param keep number of newest checkpoints that the store keeps
     */
    TrainerCheckpoints(OutsideTrainer trainer, TrainerFolder folder, TrainingContext context, int keep) {
        this(trainer, folder, context, keep, TrainerLauncher::sleep);
    }

    /** With another pause before a second check of a checkpoint. */
    TrainerCheckpoints(OutsideTrainer trainer, TrainerFolder folder, TrainingContext context, int keep, Pause pause) {
        this.trainer = trainer;
        this.folder = folder;
        this.context = context;
        this.keep = keep;
        this.pause = pause;
    }

    /** Waits a moment. */
    @FunctionalInterface
    interface Pause {
        void run() throws IOException;
    }

    /** The newest checkpoint in the store, if there is one. */
    Optional<Checkpoint> newest() {
        return Optional.ofNullable(newest);
    }

    /** Finds the newest checkpoint in the store. Those of another declaration of the trainer are removed. */
    void find() throws IOException {
        newest = context.find().checkpoint().orElse(null);
        if (newest != null && !folder.hasFingerprint(newest.folder(), trainer.fingerprint())) {
            context.prune(0, Set.of());
            newest = null;
        }
    }

    /**
     * Stores the newest complete checkpoint of the run folder, unless the store has it.
     *
     * @return whether it stored one
     * @throws StageProblem BACKEND_FAILED naming what breaks the contract
     */
    boolean store(TrainerMetrics metrics) throws IOException {
        return store(metrics, 0);
    }

    /**
     * @param changed step of the checkpoint that changed at the first check; 0 = this is the first check
     */
    private boolean store(TrainerMetrics metrics, int changed) throws IOException {
        SortedMap<Integer, Path> ready = folder.complete().headMap(metrics.done() + 1);
        if (ready.isEmpty() || (newest != null && ready.lastKey() <= newest.step())) {
            return false;
        }
        int step = ready.lastKey();
        Path from = Objects.requireNonNull(ready.get(step));
        String lines = metrics.upTo(step);
        try {
            Map<String, Long> sizes = closed(from);
            newest = context.commit(step, to -> {
                for (String name : sizes.keySet()) {
                    Files.copy(from.resolve(name), to.resolve(flat(name)), LinkOption.NOFOLLOW_LINKS);
                }
                Files.writeString(to.resolve(TrainerFolder.METRICS), lines);
                Files.writeString(to.resolve(TrainerFolder.FINGERPRINT), trainer.fingerprint());
                if (!sizes(from).equals(sizes)) {
                    throw new NoSuchFileException(from.toString(), null, "it changed while it was stored");
                }
            });
        } catch (NoSuchFileException removed) {
            if (!Files.exists(from.resolve(TrainerFolder.COMPLETE))
                    || !folder.complete().tailMap(step + 1).isEmpty()) {
                return false; // the trainer removes old checkpoints; a newer one follows
            } else if (changed == step) {
                throw broken("%s changed after it was complete".formatted(from.getFileName()));
            }
            pause.run(); // the trainer may not have closed the file `complete` yet
            return store(metrics, step);
        }
        context.prune(keep, Set.of());
        return true;
    }

    /** Puts the newest stored checkpoint and its metrics back; returns its path in the run folder, null without one. */
    @Nullable
    String restore() throws IOException {
        if (newest == null) {
            return null;
        }
        Path to = folder.checkpoint(newest.step());
        for (var file : Manifest.filesBelow(newest.folder()).entrySet()) {
            String name = file.getKey();
            if (name.equals(Manifest.FILE) || name.equals(TrainerFolder.FINGERPRINT)) {
                continue;
            }
            Path target = name.equals(TrainerFolder.METRICS)
                    ? folder.metrics()
                    : to.resolve(nested(name)).normalize();
            if (!target.startsWith(folder.root())) {
                throw broken("a stored checkpoint has a file outside of its folder");
            }
            Files.createDirectories(Objects.requireNonNull(target.getParent()));
            Files.copy(file.getValue(), target);
            target.toFile().setWritable(true, true);
        }
        return folder.root().relativize(to).toString();
    }

    /** The sizes of the files. A trainer that has just created {@code complete} gets a moment to write into it. */
    private Map<String, Long> closed(Path checkpoint) throws IOException {
        Map<String, Long> sizes = sizes(checkpoint);
        if (!Objects.equals(sizes.get(TrainerFolder.COMPLETE), 0L)) {
            return sizes;
        }
        pause.run();
        return sizes(checkpoint);
    }

    /** The sizes of a checkpoint's files by their paths in it. */
    private Map<String, Long> sizes(Path checkpoint) throws IOException {
        Map<String, Path> files;
        try {
            files = Manifest.filesBelow(checkpoint);
        } catch (NoSuchFileException removed) {
            throw removed;
        } catch (UncheckedIOException removed) {
            if (removed.getCause() instanceof NoSuchFileException missing) {
                throw missing;
            }
            throw removed;
        } catch (IOException link) {
            throw broken("%s has a link or a device".formatted(checkpoint.getFileName()));
        }
        Map<String, Long> sizes = new TreeMap<>();
        for (var file : files.entrySet()) {
            String name = checkpoint.relativize(file.getValue()).toString();
            if (RESERVED.contains(name) || name.indexOf('\\') >= 0) {
                throw broken("%s has a file with the reserved name %s".formatted(checkpoint.getFileName(), name));
            }
            sizes.put(name, Files.size(file.getValue()));
        }
        return sizes;
    }

    /** A checkpoint in the store has no folders: the path becomes the file's name. */
    private static String flat(String path) {
        return path.replace("%", "%25").replace("/", "%2F");
    }

    private static String nested(String name) {
        return name.replace("%2F", "/").replace("%25", "%");
    }

    private StageProblem broken(String what) {
        return TrainerProblems.broken(trainer, what);
    }
}

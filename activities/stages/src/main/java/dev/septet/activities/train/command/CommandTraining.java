package dev.septet.activities.train.command;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.CheckpointStore.Checkpoint;
import dev.septet.activities.store.FileModes;
import dev.septet.activities.store.Manifest;
import dev.septet.activities.train.BackEnd;
import dev.septet.activities.train.EnginePlan;
import dev.septet.activities.train.SteeringLedger;
import dev.septet.activities.train.TrainingContext;
import dev.septet.activities.train.TrainingEnd;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.Progress;
import dev.septet.workflows.train.TrainRequest;
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
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to train with an outside program: starts it or adopts the one that runs, follows it, stores its
 * checkpoints, and takes its result.
 */
final class CommandTraining {
    private static final int RETRY_LATER = 75;
    private static final int NEVER = 78;

    /** Largest size of one checkpoint: all files together. */
    private static final long MOST_CHECKPOINT_BYTES = 1L << 42;

    private final OutsideTrainer trainer;
    private final TrainRequest request;
    private final Map<String, Object> options;
    private final TrainingContext context;
    private final ArtifactStore store;
    private final TrainerFolder folder;
    private final TrainerProcess process;
    private final int steps;
    private TrainerMetrics metrics;
    private @Nullable Checkpoint newest;
    private final long began = System.nanoTime();
    private int checkpointOrders;
    private int decidedSteps;
    private boolean stopped;

    CommandTraining(
            OutsideTrainer trainer,
            TrainRequest request,
            Map<String, Object> options,
            TrainingContext context,
            TrainerFolder folder) {
        this.trainer = trainer;
        this.request = request;
        this.options = options;
        this.context = context;
        this.store = context.store();
        this.folder = folder;
        this.process = new TrainerProcess(folder, trainer);
        this.steps = new EnginePlan(request.spec(), request.initialize(), request.setup())
                .steps(EnginePlan.epoch(request.dataset()));
        this.metrics = new TrainerMetrics(folder.metrics(), trainer.name(), steps);
    }

    BackEnd.Result run(Path export) throws IOException {
        try {
            return followed(export);
        } catch (StageProblem problem) {
            if (problem.type() != FailureType.INTERRUPTED) {
                process.end(); // what broke the contract must not go on
            }
            throw problem;
        }
    }

    private BackEnd.Result followed(Path export) throws IOException {
        FileModes.OWNER.folder(folder.root());
        newest = context.find().checkpoint().orElse(null);
        if (!process.held() && !finished()) {
            begin();
        }
        process.renew();
        while (true) {
            interruption();
            boolean held = process.held();
            follow();
            if (paused()) {
                return new BackEnd.Result(newest == null ? 0 : newest.step(), null, metrics.ledger());
            }
            if (!held) {
                break;
            }
            TrainerProcess.sleep();
        }
        follow();
        return ended(export);
    }

    /** Whether the program ended well while no worker followed it. */
    private boolean finished() throws IOException {
        return process.exit()
                .filter(exit -> exit.status() == 0 && exit.reason().equals("exited"))
                .isPresent();
    }

    /** Starts the program from the newest checkpoint. */
    private void begin() throws IOException {
        context.report(Progress.of("starting trainer " + trainer.name(), 0, steps, "steps"));
        if (Files.exists(folder.lock())) {
            process.end(); // a killed supervisor may have left processes behind
            follow(); // checkpoints that no worker stored yet
        }
        awaitOtherHost();
        folder.create(
                store.fetch(request.dataset().artifact()),
                store.fetch(request.model().artifact()));
        metrics = new TrainerMetrics(folder.metrics(), trainer.name(), steps);
        String resume = newest == null ? null : restore(newest);
        TrainerRequest written = TrainerRequest.of(
                request,
                trainer,
                options,
                RowShape.of(folder.data().resolve("train.jsonl")),
                context.attempt().fence().attempt(),
                resume);
        folder.write(
                folder.request(),
                SpecJson.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(written) + "\n");
        process.start();
    }

    /**
     * Waits until a trainer that another host started for this run cannot run any more: its supervisor ends it when its
     * worker renews the lease no longer, and that worker stopped before this attempt began.
     */
    private void awaitOtherHost() throws IOException {
        String here = host();
        if (!store.record(hostRecord())
                .map(String::strip)
                .orElse("")
                .replace(here, "")
                .isEmpty()) {
            long until =
                    System.nanoTime() + trainer.orphan().plus(trainer.grace()).toNanos();
            while (System.nanoTime() - until < 0) {
                interruption();
                context.report(Progress.of(
                        "waiting until trainer %s on another host has ended".formatted(trainer.name()), 0, 0, ""));
                TrainerProcess.sleep();
            }
        }
        store.putRecord(hostRecord(), here, context.attempt().fence());
    }

    private String hostRecord() {
        return "trainers/%s/%s".formatted(context.run().runId(), context.name());
    }

    /** A random id of this host's folder of run folders. */
    private String host() throws IOException {
        Path file = Objects.requireNonNull(folder.root().getParent()).resolve("host.id");
        Optional<String> known = folder.read(file);
        if (known.isPresent()) {
            return known.get().strip();
        }
        String name = UUID.randomUUID().toString();
        folder.write(file, name + "\n");
        return name;
    }

    /** Puts a stored checkpoint back; returns its path in the run folder. */
    private String restore(Checkpoint checkpoint) throws IOException {
        Path to = folder.checkpoint(checkpoint.step());
        for (var file : Manifest.filesBelow(checkpoint.folder()).entrySet()) {
            String name = file.getKey();
            Path target = name.equals(TrainerFolder.METRICS) ? folder.metrics() : to.resolve(nested(name));
            if (!name.equals(Manifest.FILE)) {
                Files.createDirectories(Objects.requireNonNull(target.getParent()));
                Files.copy(file.getValue(), target);
                target.toFile().setWritable(true, true);
            }
        }
        if (Files.notExists(to.resolve(TrainerFolder.COMPLETE))) {
            Files.writeString(to.resolve(TrainerFolder.COMPLETE), "");
        }
        return folder.root().relativize(to).toString();
    }

    /** Reads metrics, stores complete checkpoints, reports progress, and hands on commands of people. */
    private void follow() throws IOException {
        if (Files.notExists(folder.request())) {
            return;
        }
        boolean news = metrics.read();
        storeCheckpoints();
        process.renew();
        if (news) {
            report();
        }
        steer();
    }

    private void storeCheckpoints() throws IOException {
        SortedMap<Integer, Path> complete = folder.complete();
        for (var one : complete.tailMap(newest == null ? 1 : newest.step() + 1).entrySet()) {
            int step = one.getKey();
            if (step > metrics.done()) {
                return; // its metrics are not written yet
            }
            String lines = metrics.upTo(step);
            try {
                Map<String, Path> files = checkpointFiles(one.getValue());
                newest = context.commit(step, to -> {
                    for (var file : files.entrySet()) {
                        Files.copy(file.getValue(), to.resolve(flat(file.getKey())), LinkOption.NOFOLLOW_LINKS);
                    }
                    Files.writeString(to.resolve(TrainerFolder.METRICS), lines);
                });
            } catch (NoSuchFileException removed) {
                continue; // the trainer removes old checkpoints, and a newer one follows
            }
            context.prune(request.spec().checkpoint().keep(), Set.of());
            report();
        }
    }

    /** A checkpoint in the store has no folders: the path becomes the file's name. */
    private static String flat(String path) {
        return path.replace("%", "%25").replace("/", "%2F");
    }

    private static String nested(String name) {
        return name.replace("%2F", "/").replace("%25", "%");
    }

    private Map<String, Path> checkpointFiles(Path checkpoint) throws IOException {
        Map<String, Path> files;
        try {
            files = Manifest.filesBelow(checkpoint);
        } catch (NoSuchFileException | UncheckedIOException removed) {
            throw new NoSuchFileException(checkpoint.toString());
        } catch (IOException link) {
            throw broken("%s has a link or a device".formatted(checkpoint.getFileName()));
        }
        long bytes = 0;
        for (Path file : files.values()) {
            bytes += Files.size(file);
        }
        if (bytes > MOST_CHECKPOINT_BYTES
                || files.containsKey(TrainerFolder.METRICS)
                || files.containsKey(Manifest.FILE)) {
            throw broken("%s is too large, or has a file %s or %s"
                    .formatted(checkpoint.getFileName(), TrainerFolder.METRICS, Manifest.FILE));
        }
        return files;
    }

    private void report() {
        double seconds = Math.max(1e-9, (System.nanoTime() - began) / 1e9);
        context.report(new Progress(
                "training with " + trainer.name(),
                metrics.done(),
                steps,
                "steps",
                metrics.lastLoss(),
                metrics.tokens() == 0 ? null : (Double) (metrics.tokens() / seconds),
                null,
                newest == null ? null : (Integer) newest.step(),
                newest == null ? null : newest.manifestSha256()));
    }

    private void steer() throws IOException {
        int next = metrics.done();
        SteeringLedger steering = context.steering().update(next, steps);
        for (; decidedSteps <= next; decidedSteps++) {
            if (steering.commits(decidedSteps)) {
                folder.write(folder.control("checkpoint"), ++checkpointOrders + "\n");
            }
        }
        decidedSteps = next;
        if (steering.stops(next) && !stopped) {
            stopped = true;
            folder.write(folder.control("stop"), "");
        }
    }

    private boolean paused() throws IOException {
        if (!context.steering().ledger().pauses(metrics.done())) {
            return false;
        }
        process.end();
        metrics.read();
        storeCheckpoints();
        return true;
    }

    /**
     * Ends the attempt, if it must end. After a cancellation the trainer ends too. When the worker shuts down, or
     * another attempt took over, the trainer continues, and the next attempt adopts it.
     */
    private void interruption() throws IOException {
        if (context.shutdown().requested()) {
            throw new StageProblem(
                    FailureType.INTERRUPTED,
                    "the worker is shutting down; trainer %s continues, and the next attempt follows it"
                            .formatted(trainer.name()));
        }
        if (context.attempt().heartbeats().cancelled()) {
            process.end();
            metrics.read();
            storeCheckpoints();
            folder.remove();
        }
        context.attempt().heartbeats().check();
    }

    private BackEnd.Result ended(Path export) throws IOException {
        Optional<TrainerProcess.Exit> exit = process.exit();
        store.putRecord(hostRecord(), "", context.attempt().fence());
        if (exit.isEmpty()) {
            process.end();
            throw failed("its supervisor was killed; the next attempt continues from the newest checkpoint", false);
        }
        int status = exit.get().status();
        if (!exit.get().reason().equals("exited")) {
            throw failed("it was ended (%s)".formatted(exit.get().reason()), false);
        }
        if (status == NEVER) {
            throw new StageProblem(
                    FailureType.INVALID_PIPELINE,
                    message("it cannot fulfil this request (exit status %d)".formatted(status)));
        }
        if (status != 0) {
            throw failed("it ended with exit status %d".formatted(status), status == RETRY_LATER);
        }
        if (metrics.done() < steps && !stopped) {
            throw broken("it ended after %d of %d steps".formatted(metrics.done(), steps));
        }
        new TrainerOutput(
                        trainer.name(),
                        folder.output(),
                        store.fetch(request.model().artifact()))
                .takeInto(
                        export,
                        EnginePlan.makesAdapter(request.spec().method()),
                        request.initialize().model());
        return new BackEnd.Result(
                metrics.done(),
                TrainingEnd.of(
                        metrics.ledger(),
                        metrics.done(),
                        metrics.validationLoss(),
                        stopped ? "stopped early by a command" : "all steps done"),
                metrics.ledger());
    }

    private StageProblem failed(String what, boolean later) {
        return new StageProblem(later ? FailureType.INTERRUPTED : FailureType.BACKEND_FAILED, message(what));
    }

    private String message(String what) {
        String printed = new PrintedLines(folder).text();
        return "train: trainer %s: %s%s; its output is %s on this worker"
                .formatted(
                        trainer.name(),
                        what,
                        printed.isEmpty() ? "" : ". It printed: " + printed,
                        folder.root().resolve("output.log"));
    }

    private StageProblem broken(String what) {
        return new StageProblem(
                FailureType.BACKEND_FAILED,
                "train: trainer %s broke the contract: %s; see the page trainers.md".formatted(trainer.name(), what));
    }
}

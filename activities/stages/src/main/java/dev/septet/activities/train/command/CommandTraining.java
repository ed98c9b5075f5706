package dev.septet.activities.train.command;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.store.CheckpointStore.Checkpoint;
import dev.septet.activities.store.FileModes;
import dev.septet.activities.train.BackEnd;
import dev.septet.activities.train.EnginePlan;
import dev.septet.activities.train.SteeringLedger;
import dev.septet.activities.train.TrainingContext;
import dev.septet.activities.train.TrainingEnd;
import dev.septet.activities.train.outside.OutsideTrainer;
import dev.septet.activities.train.outside.PrintedLines;
import dev.septet.activities.train.outside.TrainerFolder;
import dev.septet.activities.train.outside.TrainerLauncher;
import dev.septet.activities.train.outside.TrainerProblems;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.Progress;
import dev.septet.workflows.train.SteeringAction;
import dev.septet.workflows.train.TrainRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt to train with an outside program: starts it or adopts the one that runs, follows it, stores its
 * checkpoints, and takes its result.
 */
final class CommandTraining {
    private static final Logger LOG = LoggerFactory.getLogger(CommandTraining.class);

    /** Exit status of a trainer that can never fulfil the request. */
    private static final int NEVER = 78;

    /** With less free space in the run folder, a trainer fails because the disk is full. */
    private static final long ENOUGH_BYTES = 64L << 20;

    /** About an hour at half a minute each. */
    private static final int OFTEN_ROUNDS = 120;

    private static final Duration REPORT = Duration.ofSeconds(30);

    private final OutsideTrainer trainer;
    private final TrainRequest request;
    private final Map<String, Object> options;
    private final TrainingContext context;
    private final TrainerFolder folder;
    private final TrainerLauncher process;
    private final TrainerHost host;
    private final TrainerCheckpoints checkpoints;
    private final TrainerUse use;
    private final int steps;
    private final long began = System.nanoTime();
    private TrainerMetrics metrics;
    private long news = began;
    private long reported = began;
    private boolean stopped;

    /** Tokens of the steps before this attempt; below 0 until they are known. */
    private long tokensBefore = -1;

    /** No other machine can run a trainer of this run any more. */
    private boolean alone;

    CommandTraining(
            OutsideTrainer trainer,
            TrainRequest request,
            Map<String, Object> options,
            TrainingContext context,
            TrainerFolder folder,
            TrainerLauncher process,
            TrainerHost host) {
        this.trainer = trainer;
        this.request = request;
        this.options = options;
        this.context = context;
        this.folder = folder;
        this.process = process;
        this.host = host;
        this.use = new TrainerUse(folder, process.gpus(), trainer.orphan());
        this.checkpoints = new TrainerCheckpoints(
                trainer, folder, context, request.spec().checkpoint().keep());
        this.steps = new EnginePlan(request.spec(), request.initialize(), request.setup())
                .steps(EnginePlan.epoch(request.dataset()));
        this.metrics = metrics();
    }

    BackEnd.Result run(Path export) throws IOException {
        FileModes.OWNER.folder(folder.root());
        try (TrainerLease lease = new TrainerLease(trainer, folder, context, host.id(runs()))) {
            try {
                return followed(lease, export);
            } catch (StageProblem problem) {
                if (alone && problem.type() != FailureType.INTERRUPTED) {
                    lease.confirm(); // only the newest attempt may end the trainer
                    endAfter(problem, lease);
                }
                throw problem;
            } catch (NoSuchFileException gone) {
                throw new StageProblem(
                        FailureType.BACKEND_FAILED,
                        "train: trainer %s: a file of its run folder disappeared: %s"
                                .formatted(trainer.name(), gone.getFile()),
                        gone);
            }
        }
    }

    /** Ends the trainer after a problem. What goes wrong meanwhile does not hide the problem. */
    private void endAfter(StageProblem problem, TrainerLease lease) {
        try {
            endProcess();
            forget();
            lease.over(); // so that another machine does not wait for this one
        } catch (StageProblem | IOException another) {
            problem.addSuppressed(another);
            LOG.warn("trainer {} cannot be ended: {}", trainer.name(), String.valueOf(another.getMessage()));
        }
    }

    private BackEnd.Result followed(TrainerLease lease, Path export) throws IOException {
        checkpoints.find();
        process.adopt();
        boolean same = folder.hasFingerprint(folder.root(), trainer.fingerprint());
        boolean known = same && (process.held() || ended());
        if (!known) {
            awaitOtherMachine(lease);
            known = same && ended(); // of a machine that shares the run folder
        }
        alone = true;
        if (known) {
            lease.begin();
        } else {
            start(lease, same);
        }
        while (true) {
            interruption();
            boolean held = process.held();
            follow();
            if (context.steering().ledger().pauses(metrics.done())) {
                endProcess();
                metrics.read();
                checkpoints.store(metrics);
                lease.over();
                forget();
                return BackEnd.Result.paused(
                        checkpoints.newest().map(Checkpoint::step).orElse(0), metrics.ledger());
            }
            if (!held) {
                break;
            }
            if (!process.pause().isZero()) {
                return waiting();
            }
            requireNews(Duration.ofNanos(System.nanoTime() - news));
            TrainerLauncher.sleep();
        }
        follow();
        return ended(lease, export);
    }

    /** Leaves a job to the cluster until the next round. */
    private BackEnd.Result waiting() throws IOException {
        Optional<TrainerLauncher.Waiting> queued = process.queued();
        use.round(queued);
        requireNews(new TrainerSilence(folder, trainer.orphan()).round(queued.isEmpty()));
        Progress progress = queued.map(waiting -> Progress.of(waiting.why(), metrics.done(), steps, "steps"))
                .orElseGet(this::progress);
        context.report(progress);
        return BackEnd.Result.waiting(metrics.done(), pause(), progress, metrics.ledger());
    }

    /** Each round is a part of the workflow's history, which the server limits, so those of a long training are rare. */
    private Duration pause() {
        Duration rare = trainer.orphan().dividedBy(3);
        boolean often = context.attempt().fence().token().step() < OFTEN_ROUNDS || rare.compareTo(process.pause()) < 0;
        return often ? process.pause() : rare;
    }

    /** Ends the trainer after a cancellation. */
    void cancel() throws IOException {
        endProcess();
        salvage();
        folder.remove();
    }

    private void endProcess() throws IOException {
        process.end();
        use.end();
    }

    /** Forgets how it ended, so that the next attempt starts it again. */
    private void forget() throws IOException {
        Files.deleteIfExists(folder.exit());
        Files.deleteIfExists(folder.job());
    }

    /** Whether the program ended while no worker followed it, and not because no worker followed it. */
    private boolean ended() throws IOException {
        return process.exit().filter(exit -> !exit.reason().equals("orphaned")).isPresent();
    }

    /**
     * Starts the program from the newest checkpoint.
     *
     * @param salvage whether the run folder has checkpoints of the same declaration
     */
    private void start(TrainerLease lease, boolean salvage) throws IOException {
        context.report(Progress.of("starting trainer " + trainer.name(), 0, steps, "steps"));
        endProcess(); // what a killed supervisor left behind, or a job of another declaration that waits for its turn
        if (salvage) {
            salvage();
        }
        Path dataset = context.store().fetch(request.dataset().artifact());
        Path model = context.store().fetch(request.model().artifact());
        lease.confirm();
        folder.create(dataset, model);
        metrics = metrics();
        stopped = false;
        TrainerRequest written = TrainerRequest.of(
                request,
                trainer,
                options,
                TrainerRequest.shape(folder.data().resolve("train.jsonl")),
                Math.max(1, context.attempt().fence().attempt()),
                checkpoints.restore());
        folder.write(
                folder.request(),
                SpecJson.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(written) + "\n");
        folder.write(folder.fingerprint(), trainer.fingerprint() + "\n");
        lease.begin();
        process.start();
        use.begin();
        news = System.nanoTime();
    }

    /** Stores a checkpoint that no worker stored yet. What broke the contract before is not reported again. */
    private void salvage() throws IOException {
        try {
            metrics.read();
            checkpoints.store(metrics);
        } catch (StageProblem broken) {
            LOG.warn(
                    "nothing was taken over from the run folder of trainer {}: {}",
                    trainer.name(),
                    broken.getMessage());
        }
    }

    /** Waits until a trainer that another machine started for this run cannot run any more. */
    private void awaitOtherMachine(TrainerLease lease) throws IOException {
        long until = System.nanoTime() + lease.waitForOther().toNanos();
        while (System.nanoTime() - until < 0) {
            interruption();
            context.report(Progress.of(
                    "waiting until trainer %s on another machine has ended".formatted(trainer.name()), 0, 0, ""));
            TrainerLauncher.sleep();
        }
    }

    private Path runs() {
        return Objects.requireNonNull(folder.root().getParent());
    }

    private TrainerMetrics metrics() {
        return new TrainerMetrics(folder.metrics(), trainer.name(), steps);
    }

    /** Reads metrics, stores a complete checkpoint, reports progress, and hands on commands of people. */
    private void follow() throws IOException {
        boolean more = metrics.read();
        if (tokensBefore < 0) {
            tokensBefore = metrics.tokens();
        }
        TrainerPace.begin(folder, metrics.done());
        more |= checkpoints.store(metrics);
        long now = System.nanoTime();
        if (more) {
            news = now;
        }
        if (more || now - reported > REPORT.toNanos()) {
            reported = now;
            context.report(progress());
        }
        steer();
    }

    /** A trainer that hangs would otherwise be adopted again and again. */
    private void requireNews(Duration silent) throws IOException {
        if (silent.compareTo(trainer.silence()) > 0) {
            throw failed(String.format(
                    Locale.ROOT,
                    "it wrote no metrics and no checkpoint for %d minutes, and was ended",
                    Math.max(1, trainer.silence().toMinutes())));
        }
    }

    private Progress progress() {
        double seconds = Math.max(1e-9, (System.nanoTime() - began) / 1e9);
        long tokens = metrics.tokens() - tokensBefore;
        Optional<Checkpoint> newest = checkpoints.newest();
        return new Progress(
                "training with " + trainer.name(),
                metrics.done(),
                steps,
                "steps",
                metrics.lastLoss(),
                tokens <= 0 ? null : (Double) (tokens / seconds),
                null,
                newest.map(Checkpoint::step).orElse(null),
                newest.map(Checkpoint::manifestSha256).orElse(null));
    }

    private void steer() throws IOException {
        int next = metrics.done();
        SteeringLedger steering = context.steering().update(next, steps);
        long orders = steering.decisions().stream()
                .filter(decision -> decision.action() == SteeringAction.CHECKPOINT_NOW && decision.step() <= next)
                .count();
        Path order = folder.control("checkpoint");
        if (orders > 0 && !folder.read(order).map(String::strip).equals(Optional.of(Long.toString(orders)))) {
            folder.write(order, orders + "\n");
        }
        if (steering.stops(next) && !stopped) {
            stopped = true;
            folder.write(folder.control("stop"), "");
        }
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
            cancel();
        }
        context.attempt().heartbeats().check();
    }

    private BackEnd.Result ended(TrainerLease lease, Path export) throws IOException {
        Optional<TrainerLauncher.Exit> exit = process.exit();
        endProcess(); // what a killed supervisor left behind
        lease.over();
        if (exit.isEmpty()) {
            throw failed(process.lost() + "; the next attempt continues from the newest checkpoint");
        }
        int status = exit.get().status();
        if (!exit.get().reason().equals("exited")) {
            throw failed("it was ended (%s)".formatted(exit.get().reason()));
        }
        if (status == NEVER) {
            throw new StageProblem(
                    FailureType.INVALID_PIPELINE,
                    message(String.format(Locale.ROOT, "it cannot fulfil this request (exit status %d)", status)));
        }
        if (status != 0) {
            throw failed(String.format(Locale.ROOT, "it ended with exit status %d", status));
        }
        if (metrics.done() < steps && !stopped) {
            throw TrainerProblems.broken(
                    trainer, String.format(Locale.ROOT, "it ended after %d of %d steps", metrics.done(), steps));
        }
        if (!stopped) {
            TrainerPace.end(trainer, folder, request, context, metrics.done());
        }
        new TrainerOutput(
                        trainer.name(),
                        folder.output(),
                        context.store().fetch(request.model().artifact()))
                .takeInto(
                        export,
                        EnginePlan.makesAdapter(request.spec().method()),
                        request.initialize().model());
        return BackEnd.Result.ended(
                metrics.done(),
                TrainingEnd.of(
                        metrics.ledger(),
                        metrics.done(),
                        metrics.validationLoss(),
                        stopped ? "stopped early by a command" : "all steps done"),
                metrics.ledger());
    }

    private StageProblem failed(String what) throws IOException {
        long free = host.freeBytes(folder.root());
        return free < ENOUGH_BYTES
                ? new StageProblem(
                        FailureType.DISK_FULL,
                        message(String.format(
                                Locale.ROOT,
                                "%s. The disk of its run folder is full (%d MB are free)",
                                what,
                                free >> 20)))
                : new StageProblem(FailureType.BACKEND_FAILED, message(what));
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
}

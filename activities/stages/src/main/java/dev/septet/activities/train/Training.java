package dev.septet.activities.train;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.store.CheckpointStore;
import dev.septet.activities.store.CheckpointStore.Checkpoint;
import dev.septet.activities.trace.Traces;
import dev.septet.activities.train.watch.Watchdog;
import dev.septet.dsl.pipeline.train.OnWarningSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.llm.runtime.OutOfMemory;
import dev.septet.llm.runtime.Torch;
import dev.septet.llm.train.NonFiniteLoss;
import dev.septet.llm.train.ObjectiveValue;
import dev.septet.llm.train.StepMetrics;
import dev.septet.llm.train.Trainer;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.memory.MicroBatchBudget;
import dev.septet.llm.train.plan.TrainingPlan;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.Progress;
import dev.septet.workflows.artifact.TrainingWarning;
import io.opentelemetry.api.common.Attributes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt of a training: from the newest checkpoint, step by step, to the end. All decisions
 * between two steps depend only on the content of a checkpoint, so that every attempt decides in
 * the same way.
 */
public final class Training implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Training.class);

    private final TrainSpec spec;
    private final TrainingPlan plan;
    private final TrainingFiles files;
    private final Optional<TokenDataset> validation;
    private final TrainingContext context;
    private Throughput throughput;
    private final CheckpointWriter checkpointWriter;
    private MicroBatchBudget budget;
    private OutOfMemoryHistory outOfMemory;
    private Trainer trainer;
    private TrainingLedger ledger = new TrainingLedger();
    private TrainState state;
    private Watchdog watchdog;
    private boolean stopRequested;

    /**
     * @param budget micro-batch budget before any out-of-memory error
     * @param from checkpoint to continue from, empty = from the beginning
     */
    public Training(
            TrainSpec spec,
            TrainingPlan plan,
            MicroBatchBudget budget,
            TrainingFiles files,
            TrainingContext context,
            Optional<Checkpoint> from)
            throws IOException {
        this.spec = spec;
        this.plan = plan;
        this.budget = budget;
        this.outOfMemory = context.outOfMemory();
        this.files = files;
        this.validation = files.validation();
        this.context = context;
        this.checkpointWriter = context.checkpointWriter(spec.checkpoint().keep());
        this.throughput = new Throughput(plan.totalSteps());
        this.state = TrainState.initial(context.worker());
        this.watchdog = ledger.watchdog(plan.totalSteps(), spec);
        this.trainer = Trainer.open(plan, files.inputs(), from.map(Checkpoint::folder));
        if (from.isPresent()) {
            restore(from.get());
        }
    }

    /**
     * Trains to the end; afterwards the model to keep is in place.
     *
     * @return empty when the training was paused; then everything is committed
     */
    public Optional<TrainingEnd> run() throws IOException {
        while (!endsHere()) {
            int next = trainer.nextStep();
            context.interruption(next, this::commit);
            SteeringLedger steering = context.steering().update(next, plan.totalSteps());
            if (steering.stops(next)) {
                stopRequested = true;
                validate();
                break;
            }
            if (steering.commits(next) || steering.pauses(next)) {
                commit();
            }
            if (steering.pauses(next)) {
                return Optional.empty();
            }
            step(steering);
        }
        commit();
        return Optional.of(end());
    }

    /**
     * Trains until a number of steps is done, and commits there. A later attempt continues from this checkpoint, and ends in
     * the same bytes as a training that never stopped. So the validation here is not written to the ledger.
     *
     * @return the validation loss, null without a validation split
     */
    public @Nullable Double runUntil(int steps) throws IOException {
        stopAfter(steps);
        return validation.isEmpty()
                ? null
                : measure(validation.get(), steps - 1).loss();
    }

    /**
     * Trains until a number of steps is done, or the training ends by itself before, and commits there. It validates only where
     * the whole training does.
     */
    public void stopAfter(int steps) throws IOException {
        throughput = new Throughput(steps);
        while (trainer.nextStep() < steps && !endsHere()) {
            int next = trainer.nextStep();
            context.interruption(next, this::commit);
            step(context.steering().update(next, plan.totalSteps()));
        }
        commit();
    }

    /** Whether no step follows: all are done, or an early stop or a warning ends the training. */
    private boolean endsHere() {
        return trainer.finished() || patienceExceeded() || watchdog.stop().isPresent();
    }

    /** The next step, counted from 0. */
    public int nextStep() {
        return trainer.nextStep();
    }

    /**
     * That several kinds of workers computed the steps, for the result's origin; empty for one kind.
     * A run on one kind of worker ends in other bytes, and does not reuse the result.
     */
    String workerChanges() {
        int kinds = Set.copyOf(state.workers()).size();
        return kinds == 1
                ? ""
                : String.format(
                        Locale.ROOT,
                        "; %d kinds of workers computed its steps (different processors, threads, libtorch or cards), the last one on %s",
                        kinds,
                        Torch.device());
    }

    public void exportTo(Path folder, String baseModel) throws IOException {
        trainer.exportTo(folder, baseModel);
    }

    public TrainingLedger ledger() {
        return ledger;
    }

    /** The warnings so far. */
    List<TrainingWarning> warnings() {
        return watchdog.warnings();
    }

    @Override
    public void close() {
        try {
            checkpointWriter.close();
        } finally {
            trainer.close();
        }
    }

    private void step(SteeringLedger steering) throws IOException {
        int step = trainer.nextStep();
        if (state.skipped().contains(step)) {
            int epoch = trainer.nextEpoch();
            trainer.skipStep();
            ledger.add(LedgerLine.skipped(step, epoch, "its loss was no finite number"));
            watchdog.step(ledger.last().signals());
        } else {
            try {
                trainer.setBudget(budget.halved(outOfMemory.before(step)));
                double rate = trainer.scheduledRate() * watchdog.rateFactor();
                StepMetrics metrics = trainer.step(steering.learningRate(step, rate));
                ledger.add(LedgerLine.of(metrics, trainer.program()));
                watchdog.step(ledger.last().signals());
                context.report(throughput
                        .after(metrics, checkpointWriter.published().orElse(null))
                        .with(watchdog.warnings()));
            } catch (NonFiniteLoss e) {
                rollBack(e);
                return;
            } catch (OutOfMemory e) {
                if (e.isOfUpdate()) {
                    throw e; // the next attempt continues from the last checkpoint
                }
                reduceBudget(step, e);
                return;
            }
        }
        boolean better = validate();
        if (better || trainer.nextStep() % spec.checkpoint().everySteps() == 0) {
            checkpointWriter.commitAsync(trainer, otherParts(), pinned());
        }
    }

    /** Validates when it is time; returns whether this is the best model so far. */
    private boolean validate() throws IOException {
        int done = trainer.nextStep();
        boolean ends = stopRequested || watchdog.stop().isPresent();
        boolean last = trainer.finished() || (ends && !ledger.endsWithValidation());
        boolean due = last || (!stopRequested && done % spec.validateEvery() == 0);
        if (!due || validation.isEmpty()) {
            return false;
        }
        context.report(Progress.of("validating", done, plan.totalSteps(), "steps"));
        ObjectiveValue measured = measure(validation.get(), done - 1);
        ledger.validated(measured);
        watchdog.validated(ledger.last().signals());
        state = state.validated(done, measured.loss());
        return keepsBest() && state.bestStep() == done;
    }

    /** Whether the training may end early on its own, and then keeps the model with the best validation loss. */
    private boolean keepsBest() {
        OnWarningSpec onWarning = spec.onWarning();
        return spec.stop() != null || (onWarning != null && onWarning.stops());
    }

    /**
     * Measures with the micro-batch budget of the last step. When memory runs out, the next attempt
     * repeats that step with a smaller budget, because it is not in a checkpoint yet.
     */
    private ObjectiveValue measure(TokenDataset rows, int lastStep) throws IOException {
        trainer.setBudget(budget.halved(outOfMemory.before(lastStep)));
        try {
            return Traces.span("validate", Attributes.of(Traces.STEP, lastStep + 1L), () -> trainer.measure(rows));
        } catch (OutOfMemory e) {
            if (outOfMemory.steps().size() < OutOfMemoryHistory.MAX) {
                context.record(outOfMemory.plus(lastStep));
            }
            throw e;
        }
    }

    /**
     * Repeats the same step with a smaller micro-batch budget. The change of bits is recorded
     * before.
     */
    private void reduceBudget(int step, OutOfMemory problem) throws IOException {
        MicroBatchBudget budgetTried = trainer.budget();
        Optional<MicroBatchBudget> less = budgetTried.less(files.train().longestExampleTokens());
        boolean halve = less.isPresent() && less.get().tokens() < budgetTried.tokens();
        if (less.isEmpty() || (halve && outOfMemory.steps().size() == OutOfMemoryHistory.MAX)) {
            throw problem;
        }
        LOG.warn("memory ran out in step {} with {}; trying {}", step, budgetTried, less.get());
        if (halve) {
            outOfMemory = outOfMemory.plus(step);
            context.record(outOfMemory);
        } else {
            budget = budget.recomputing(true);
        }
    }

    private void rollBack(NonFiniteLoss problem) throws IOException {
        if (spec.onNonFinite() == TrainSpec.OnNonFinite.STOP || !state.skipped().isEmpty()) {
            throw new StageProblem(
                    FailureType.INVALID_PIPELINE,
                    "train: %s%s"
                            .formatted(
                                    problem.getMessage(),
                                    state.skipped().isEmpty()
                                            ? ""
                                            : String.format(
                                                    Locale.ROOT,
                                                    " (a batch was skipped before, at step %d)",
                                                    state.skipped().get(0))),
                    problem);
        }
        checkpointWriter.awaitCommit(); // the newest checkpoint is the one to return to
        Checkpoint newest = context.find().checkpoint().orElse(null);
        if (newest == null) {
            trainer.close();
            trainer = Trainer.open(plan, files.inputs(), Optional.empty());
            ledger = new TrainingLedger();
            state = TrainState.initial(context.worker());
            watchdog = ledger.watchdog(plan.totalSteps(), spec);
            checkpointWriter.from(null);
        } else {
            trainer.rollBackTo(newest.folder());
            restore(newest);
        }
        state = state.skipping(problem.step());
    }

    private void restore(Checkpoint checkpoint) throws IOException {
        checkpointWriter.from(checkpoint);
        ledger = TrainingLedger.read(checkpoint.folder().resolve(TrainingLedger.FILE));
        state = TrainState.read(checkpoint.folder()).continuedOn(context.worker());
        watchdog = ledger.watchdog(plan.totalSteps(), spec);
    }

    /** Commits the present state; it is on disk when this returns. */
    private void commit() throws IOException {
        checkpointWriter.commitNow(trainer, otherParts(), pinned());
    }

    /** Writes the parts of a checkpoint that are not the trainer's, as they are now. */
    private CheckpointStore.Writer otherParts() {
        TrainingLedger lines = ledger.copy();
        TrainState savedState = state;
        return folder -> {
            lines.writeTo(folder.resolve(TrainingLedger.FILE));
            savedState.writeTo(folder);
        };
    }

    private Set<Integer> pinned() {
        return keepsBest() ? Set.of(state.bestStep()) : Set.of();
    }

    private boolean patienceExceeded() {
        return spec.stop() != null && state.looksWithoutBetter() >= spec.stop().patience();
    }

    private TrainingEnd end() throws IOException {
        int steps = trainer.nextStep();
        boolean keepsLast = spec.stop() == null && watchdog.stop().isEmpty();
        if (keepsLast || state.bestLoss() == null || state.bestStep() == steps) {
            return TrainingEnd.of(ledger, steps, state.validationLoss(), reason());
        }
        Checkpoint best = context.at(state.bestStep());
        trainer.rollBackTo(best.folder());
        return TrainingEnd.of(
                ledger,
                steps,
                state.bestLoss(),
                String.format(Locale.ROOT, "%s; the model after step %d is kept", reason(), state.bestStep()));
    }

    private String reason() {
        if (stopRequested) {
            return "stopped early, as it was told";
        }
        Optional<TrainingWarning> warning = watchdog.stop();
        if (warning.isPresent()) {
            return "stopped early by a warning: " + warning.get().headline();
        }
        return patienceExceeded()
                ? String.format(
                        Locale.ROOT,
                        "stopped early: %d looks without a better validation loss",
                        state.looksWithoutBetter())
                : "all steps done";
    }
}

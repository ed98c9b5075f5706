package dev.septet.activities.train;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.store.CheckpointStore;
import dev.septet.activities.store.CheckpointStore.Checkpoint;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.llm.runtime.OutOfMemory;
import dev.septet.llm.train.NonFiniteLoss;
import dev.septet.llm.train.ObjectiveValue;
import dev.septet.llm.train.StepMetrics;
import dev.septet.llm.train.Trainer;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.memory.MicroBatchBudget;
import dev.septet.llm.train.plan.TrainingPlan;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
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
    private final TrainingContext site;
    private final Throughput pace;
    private final CheckpointWriter saves;
    private MicroBatchBudget budget;
    private OutOfMemoryHistory shortages;
    private Trainer trainer;
    private TrainingLedger ledger = new TrainingLedger();
    private TrainState state;
    private boolean toldToStop;

    /**
     * @param budget micro-batch budget before any out-of-memory error
     * @param from checkpoint to continue from, empty = from the beginning
     */
    public Training(
            TrainSpec spec,
            TrainingPlan plan,
            MicroBatchBudget budget,
            TrainingFiles files,
            TrainingContext site,
            Optional<Checkpoint> from)
            throws IOException {
        this.spec = spec;
        this.plan = plan;
        this.budget = budget;
        this.shortages = site.shortages();
        this.files = files;
        this.validation = files.validation();
        this.site = site;
        this.saves = site.saves(spec.checkpoint().keep());
        this.pace = new Throughput(plan.totalSteps());
        this.state = TrainState.beginning(site.worker());
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
        while (!trainer.finished() && !outOfPatience()) {
            int next = trainer.nextStep();
            site.interruption(next, this::commit);
            SteeringLedger steering = site.steering().listen(next, plan.totalSteps());
            if (steering.stops(next)) {
                toldToStop = true;
                look();
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

    /** The next step, counted from 0. */
    public int nextStep() {
        return trainer.nextStep();
    }

    public void exportTo(Path folder, String baseModel) throws IOException {
        trainer.exportTo(folder, baseModel);
    }

    public TrainingLedger ledger() {
        return ledger;
    }

    @Override
    public void close() {
        try {
            saves.close();
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
        } else {
            try {
                trainer.setBudget(budget.halved(shortages.before(step)));
                StepMetrics metrics = trainer.step(steering.learningRate(step, trainer.scheduledRate()));
                ledger.add(LedgerLine.of(metrics, trainer.program()));
                site.report(pace.after(metrics, saves.published().orElse(null)));
            } catch (NonFiniteLoss e) {
                rollBack(e);
                return;
            } catch (OutOfMemory e) {
                shrink(step, e);
                return;
            }
        }
        boolean better = look();
        if (better || trainer.nextStep() % spec.checkpoint().everySteps() == 0) {
            saves.beside(trainer, rest(), pinned());
        }
    }

    /** Validates when it is time; returns whether this is the best model so far. */
    private boolean look() throws IOException {
        int done = trainer.nextStep();
        boolean last = trainer.finished() || (toldToStop && !ledger.looked());
        boolean due = last || (!toldToStop && done % spec.validateEvery() == 0);
        if (!due || validation.isEmpty()) {
            return false;
        }
        site.report(Progress.of("validating", done, plan.totalSteps(), "steps"));
        ObjectiveValue measured = measured(validation.get(), done - 1);
        ledger.validated(measured);
        state = state.looked(done, measured.loss());
        return spec.stop() != null && state.bestStep() == done;
    }

    /**
     * Measures with the micro-batch budget of the last step. When memory runs out, the next attempt
     * repeats that step with a smaller budget, because it is not in a checkpoint yet.
     */
    private ObjectiveValue measured(TokenDataset rows, int lastStep) throws IOException {
        trainer.setBudget(budget.halved(shortages.before(lastStep)));
        try {
            return trainer.measure(rows);
        } catch (OutOfMemory e) {
            if (shortages.steps().size() < OutOfMemoryHistory.MOST) {
                site.keep(shortages.plus(lastStep));
            }
            throw e;
        }
    }

    /**
     * Repeats the same step with a smaller micro-batch budget. The change of bits is recorded
     * before.
     */
    private void shrink(int step, OutOfMemory problem) throws IOException {
        MicroBatchBudget tried = trainer.budget();
        Optional<MicroBatchBudget> less = tried.less(files.train().longestExampleTokens());
        boolean halve = less.isPresent() && less.get().tokens() < tried.tokens();
        if (less.isEmpty() || (halve && shortages.steps().size() == OutOfMemoryHistory.MOST)) {
            throw problem;
        }
        LOG.warn("memory ran out in step {} with {}; trying {}", step, tried, less.get());
        if (halve) {
            shortages = shortages.plus(step);
            site.keep(shortages);
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
                                            : " (a batch was skipped before, at step %d)"
                                                    .formatted(state.skipped().get(0))),
                    problem);
        }
        saves.settle(); // the newest checkpoint is the one to return to
        Checkpoint back = site.find().checkpoint().orElse(null);
        if (back == null) {
            trainer.close();
            trainer = Trainer.open(plan, files.inputs(), Optional.empty());
            ledger = new TrainingLedger();
            state = TrainState.beginning(site.worker());
            saves.from(null);
        } else {
            trainer.rollBackTo(back.folder());
            restore(back);
        }
        state = state.skipping(problem.step());
    }

    private void restore(Checkpoint checkpoint) throws IOException {
        saves.from(checkpoint);
        ledger = TrainingLedger.read(checkpoint.folder().resolve(TrainingLedger.FILE));
        state = TrainState.read(checkpoint.folder()).on(site.worker());
    }

    /** Commits the present state; it is on disk when this returns. */
    private void commit() throws IOException {
        saves.now(trainer, rest(), pinned());
    }

    /** Writes the parts of a checkpoint that are not the trainer's, as they are now. */
    private CheckpointStore.Writer rest() {
        TrainingLedger lines = ledger.copy();
        TrainState decided = state;
        return folder -> {
            lines.writeTo(folder.resolve(TrainingLedger.FILE));
            decided.writeTo(folder);
        };
    }

    private Set<Integer> pinned() {
        return spec.stop() == null ? Set.of() : Set.of(state.bestStep());
    }

    private boolean outOfPatience() {
        return spec.stop() != null && state.looksWithoutBetter() >= spec.stop().patience();
    }

    private TrainingEnd end() throws IOException {
        int steps = trainer.nextStep();
        if (spec.stop() == null || state.bestLoss() == null || state.bestStep() == steps) {
            return TrainingEnd.of(ledger, steps, state.validationLoss(), reason());
        }
        Checkpoint best = site.at(state.bestStep());
        trainer.rollBackTo(best.folder());
        return TrainingEnd.of(
                ledger,
                steps,
                state.bestLoss(),
                "%s; the model after step %d is kept".formatted(reason(), state.bestStep()));
    }

    private String reason() {
        if (toldToStop) {
            return "stopped early, as it was told";
        }
        return outOfPatience()
                ? "stopped early: %d looks without a better validation loss".formatted(state.looksWithoutBetter())
                : "all steps done";
    }
}

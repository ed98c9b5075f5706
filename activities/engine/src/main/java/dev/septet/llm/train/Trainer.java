package dev.septet.llm.train;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.septet.llm.format.AdapterConfig;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.program.ProgramRevision;
import dev.septet.llm.model.program.TrainingProgram;
import dev.septet.llm.optimizer.Optimizer;
import dev.septet.llm.runtime.OutOfMemory;
import dev.septet.llm.runtime.Torch;
import dev.septet.llm.train.data.DataCheck;
import dev.septet.llm.train.data.DataOrder;
import dev.septet.llm.train.data.EpochRows;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.data.TrainingProblem;
import dev.septet.llm.train.memory.MicroBatchBudget;
import dev.septet.llm.train.plan.CapabilityRetention;
import dev.septet.llm.train.plan.TrainingPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A training run, one optimizer step at a time. Its state is a function of plan, model, data and
 * the number of steps. So a run that resumes from a checkpoint ends with the same bytes as an
 * uninterrupted run.
 *
 * <p>Not thread-safe; it may be called by one thread at a time.
 */
public final class Trainer implements AutoCloseable {
    private final NDManager scope;
    private final TrainingPlan plan;
    private final TrainableModel model;
    private final Optimizer optimizer;
    private final Map<String, NDArray> moments;
    private final EpochRows rows;
    private final DataOrder order;
    private final Optional<WeightRegularizer> regularizer;
    private final StepLoss loss;
    private final Optional<StillAdapters.Probe> adapters;
    private final int lastStart;
    private MicroBatchBudget budget;
    private int nextStep;
    private int updates;
    private boolean partlyUpdated;

    private Trainer(NDManager scope, TrainingPlan plan, TrainingInputs inputs) {
        this.scope = scope;
        this.plan = plan;
        this.rows = new EpochRows(inputs, plan);
        Optional<CachedActivations> hidden = hidden(plan, inputs);
        this.model = TrainableModel.open(scope, plan, inputs.model(), hidden.isPresent());
        Map<String, Integer> starts =
                Unfreezing.starts(model.parameters().keySet(), plan.retention().unfreezeEvery());
        this.lastStart = starts.values().stream().mapToInt(start -> start).max().orElse(0);
        this.optimizer = new Optimizer(
                scope,
                plan.optimizer(),
                model.program().leaves(),
                name -> new Optimizer.Rule(plan.method().rateFactor(name), starts.getOrDefault(name, 0)));
        List<String> suffixes =
                plan.optimizer().moments().stream().map(moment -> "." + moment).toList();
        this.moments = model.program().parts(scope, optimizer.state(), suffixes);
        this.regularizer = plan.retention().regularizesWeights()
                ? Optional.of(new WeightRegularizer(scope, plan, model, inputs.fisher()))
                : Optional.empty();
        this.order = new DataOrder(rows.count(), plan.examplesPerStep(), plan.seed());
        this.loss = new StepLoss(scope, plan, model, inputs.reference().map(ReferenceLogProbabilities::open), hidden);
        this.adapters = StillAdapters.Probe.of(scope, model.parameters());
        this.budget = MicroBatchBudget.of(plan);
    }

    /**
     * Opens a run at its beginning, or at a checkpoint.
     *
     * @throws dev.septet.llm.format.FormatProblem when a file is missing or damaged
     * @throws TrainingProblem when plan, data and checkpoint do not match
     * @throws dev.septet.llm.runtime.OutOfMemory when model and optimizer state do not fit
     */
    public static Trainer open(TrainingPlan plan, Path modelFolder, TokenDataset train, Optional<Path> checkpoint) {
        return open(plan, new TrainingInputs(modelFolder, train), checkpoint);
    }

    /** Opens a run with the additional inputs that a plan's {@link CapabilityRetention} needs. */
    public static Trainer open(TrainingPlan plan, TrainingInputs inputs, Optional<Path> checkpoint) {
        inputs.require(plan);
        NDManager scope = Torch.newScope();
        try {
            Trainer trainer = new Trainer(scope, plan, inputs);
            checkpoint.ifPresent(trainer::rollBackTo);
            return trainer;
        } catch (EngineException e) {
            scope.close();
            throw OutOfMemory.orSame(e);
        } catch (RuntimeException | Error e) {
            scope.close();
            throw e;
        }
    }

    private static Optional<CachedActivations> hidden(TrainingPlan plan, TrainingInputs inputs) {
        if (!CachedActivations.usedBy(plan, ModelConfig.read(inputs.model()))) {
            return Optional.empty();
        }
        if (inputs.hidden().isEmpty()) {
            throw new TrainingProblem("the plan computes frozen blocks once, but their activations are missing");
        }
        return inputs.hidden();
    }

    /** The step that {@link #step} takes next, counted from 0. */
    public int nextStep() {
        return nextStep;
    }

    /** The epoch of that step, counted from 0. */
    public int nextEpoch() {
        return order.epochOf(nextStep);
    }

    public boolean finished() {
        return nextStep >= plan.totalSteps();
    }

    /** Name of the program that computes loss and gradients; see {@link TrainingProgram}. */
    public String program() {
        return model.program().name();
    }

    /** Number of float32 parameters being trained. */
    public long trainableParameters() {
        return model.parameters().values().stream().mapToLong(NDArray::size).sum();
    }

    /** The micro-batch budget of a step; initially the plan's. */
    public MicroBatchBudget budget() {
        return budget;
    }

    /** Sets the micro-batch budget from the next step on. */
    public void setBudget(MicroBatchBudget value) {
        budget = value;
    }

    /**
     * Performs the next optimizer step. Forward and backward passes run over its micro-batches,
     * weighted by their loss-carrying tokens or pairs as if they were one batch. One update at the
     * plan's learning rate follows.
     *
     * @throws NonFiniteLoss when loss or gradient is not finite; nothing was updated
     * @throws OutOfMemory when a micro-batch does not fit; nothing was updated, and the step may be
     *     retried with a smaller {@link #budget}. If it {@link OutOfMemory#isOfUpdate}, some
     *     parameters may be updated, and the run must continue from a checkpoint
     */
    public StepMetrics step() {
        return step(scheduledRate());
    }

    /** The plan's learning rate for the next step. */
    public double scheduledRate() {
        return plan.learningRate().at(nextStep, plan.totalSteps());
    }

    /**
     * Performs the next step as {@link #step()} does, at another learning rate.
     *
     * @param rate learning rate of this step's update
     */
    public StepMetrics step(double rate) {
        requireWholeUpdates();
        List<EpochRows.Place> places = new ArrayList<>();
        int epoch = nextEpoch();
        for (int example : order.rowsOf(nextStep)) {
            places.addAll(rows.at(epoch, example));
        }
        long tokens = places.stream().mapToLong(EpochRows.Place::lossTokens).sum();
        long inputTokens = places.stream().mapToLong(EpochRows.Place::length).sum();
        if (plan.retention().unfreezeEvery() > 0) {
            optimizer.unfreeze(updates);
        }
        try (NDManager step = scope.newSubManager()) {
            ObjectiveValue measured = new ObjectiveValue(Double.NaN, null);
            Optimizer.Update update = new Optimizer.Update(Double.NaN, null);
            double penalty = 0;
            try {
                measured = loss.backward(step, nextStep, places, budget);
                penalty = regularizer.map(value -> value.addGradients(step)).orElse(0.0);
                if (Double.isFinite(measured.loss() + penalty)) {
                    update = optimizer.update(step, updates + 1, rate, plan.clipNorm());
                }
            } finally {
                if (!Double.isFinite(update.norm())) {
                    optimizer.discardGradients(step);
                }
            }
            if (!Double.isFinite(update.norm())) {
                throw new NonFiniteLoss(nextStep, measured.loss(), update.norm());
            }
            StepMetrics metrics = new StepMetrics(
                    nextStep,
                    epoch,
                    measured.loss(),
                    rate,
                    update.norm(),
                    tokens,
                    inputTokens,
                    penalty,
                    measured.preferred(),
                    update.agreement(),
                    stillAdapters(step).orElse(null));
            updates++;
            nextStep++;
            return metrics;
        } catch (EngineException e) {
            throw OutOfMemory.orSame(e); // of a batch's tensors, which no script creates
        } catch (OutOfMemory e) {
            partlyUpdated = e.isOfUpdate();
            throw e;
        }
    }

    /** Adapters that gradual unfreezing starts later stay at 0 on purpose. */
    private Optional<StillAdapters> stillAdapters(NDManager step) {
        return updates < lastStart ? Optional.empty() : adapters.flatMap(probe -> probe.measure(step, optimizer));
    }

    private void requireWholeUpdates() {
        if (partlyUpdated) {
            throw new IllegalStateException(String.format(
                    Locale.ROOT, "memory ran out in the update of step %d; continue from a checkpoint", nextStep));
        }
    }

    /**
     * Unfreezes all blocks, as after the updates of gradual unfreezing, so that a measuring run
     * sees the largest step. Does nothing if all blocks train from the beginning.
     */
    public void unfreeze() {
        updates = Math.max(updates, lastStart);
    }

    /** Skips the next step's rows, which the policy for a {@link NonFiniteLoss} may require. */
    public void skipStep() {
        nextStep++;
    }

    /**
     * Mean of -log p(token) over all loss-carrying tokens, or mean of the pairs' losses, in nats,
     * without dropout. Uses the micro-batch budget of a step.
     */
    public double loss(TokenDataset dataset) {
        return measure(dataset).loss();
    }

    /** The loss as {@link #loss}, and for pairs the preference scores. */
    public ObjectiveValue measure(TokenDataset dataset) {
        DataCheck.require(dataset, plan.maxTokens());
        try {
            return loss.of(dataset, budget);
        } catch (EngineException e) {
            throw OutOfMemory.orSame(e);
        }
    }

    /** Writes the run's state into an empty folder. The caller must make that atomic. */
    public void save(Path folder) throws IOException {
        requireWholeUpdates();
        state().write(folder, model.parameters(), moments);
    }

    /**
     * Copies the run's state, so that it can be written during the next steps.
     *
     * @throws dev.septet.llm.runtime.OutOfMemory when the copies do not fit; the run may continue
     */
    public Snapshot snapshot() {
        requireWholeUpdates();
        return new Snapshot(scope, state(), model.parameters(), moments);
    }

    /** Host memory of a {@link #snapshot}, in bytes. */
    public long snapshotBytes() {
        long moment = moments.values().stream().mapToLong(NDArray::size).sum();
        return Float.BYTES * (trainableParameters() + moment);
    }

    private Checkpoint state() {
        return new Checkpoint(nextStep, updates, plan.digest(), program(), rows.count(), rows.tokens());
    }

    /**
     * Restores a checkpoint of this run, earlier or later.
     *
     * @throws TrainingProblem when it belongs to another plan or other data
     */
    public void rollBackTo(Path checkpoint) {
        Checkpoint state = Checkpoint.read(checkpoint, model.parameters(), moments, optimizer);
        if (!plan.hasDigest(state.planDigest())) {
            throw new TrainingProblem(checkpoint
                    + " belongs to another training plan; train again from the start, or"
                    + " undo the change");
        }
        if (!state.program().equals(program())) {
            throw new TrainingProblem(otherEngine(checkpoint, state.program(), program()));
        }
        if (state.rows() != rows.count() || state.tokens() != rows.tokens()) {
            throw new TrainingProblem(checkpoint
                    + " was made on other training data; train again from the start, or"
                    + " restore the data");
        }
        nextStep = state.nextStep();
        updates = state.updates();
        partlyUpdated = false;
    }

    /**
     * Why this engine does not continue a checkpoint, whatever its plan; empty when it may.
     *
     * @throws dev.septet.llm.format.FormatProblem when the checkpoint cannot be read
     */
    public static Optional<String> otherEngine(Path checkpoint) {
        String program = Checkpoint.program(checkpoint);
        return ProgramRevision.has(program)
                ? Optional.empty()
                : Optional.of(otherEngine(
                        checkpoint, program, ProgramRevision.successor(program).orElse("none of that name")));
    }

    private static String otherEngine(Path checkpoint, String theirs, String ours) {
        String septet = Checkpoint.septet(checkpoint);
        return "the checkpoint %s was made by the program `%s`%s, but this engine has `%s`, which gives other bytes. Continue with workers of the version that made it, or train again from the start"
                .formatted(checkpoint, theirs, septet.isEmpty() ? "" : " of Septet " + septet, ours);
    }

    /**
     * Initializes the run with the matrices of an existing PEFT adapter with the plan's rank and
     * targets.
     *
     * @throws dev.septet.llm.format.FormatProblem when it has other layers or shapes
     */
    public void startFrom(Path adapter) {
        if (nextStep > 0) {
            throw new IllegalStateException("the run has begun; start from an adapter before it");
        }
        AdapterStart.copy(adapter, model, optimizer);
    }

    /**
     * Writes the result: a PEFT adapter if the method trains one, else a whole Hugging Face model
     * folder in the base model's element types.
     *
     * @param baseModel name by which an adapter refers to its base model
     */
    public void exportTo(Path folder, String baseModel) throws IOException {
        requireWholeUpdates();
        Optional<AdapterConfig> adapter = plan.method().adapterConfig(baseModel);
        if (adapter.isPresent()) {
            ModelExport.adapter(folder, adapter.get(), model.parameters());
        } else {
            ModelExport.model(folder, model.folder(), model.parameters());
        }
    }

    @Override
    public void close() {
        scope.close();
    }
}

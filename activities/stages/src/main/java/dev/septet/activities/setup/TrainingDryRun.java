package dev.septet.activities.setup;

import dev.septet.activities.attempt.Heartbeats;
import dev.septet.activities.resource.DeviceMemory;
import dev.septet.activities.resource.MemoryFit;
import dev.septet.activities.train.EnginePlan;
import dev.septet.activities.train.TrainingFiles;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.train.CachedActivations;
import dev.septet.llm.train.CachedActivationsWriter;
import dev.septet.llm.train.ReferenceLogProbabilities;
import dev.septet.llm.train.StepMetrics;
import dev.septet.llm.train.StepTime;
import dev.septet.llm.train.Trainer;
import dev.septet.llm.train.TrainingInputs;
import dev.septet.llm.train.data.EpochSize;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.data.TokenDatasetWriter;
import dev.septet.llm.train.memory.MicroBatchBudget;
import dev.septet.llm.train.plan.CapabilityRetention;
import dev.septet.llm.train.plan.TrainingPlan;
import dev.septet.workflows.Progress;
import dev.septet.workflows.setup.SetupRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs everything that training does once, on a micro-batch of copies of the longest row. Failures
 * that would come after hours come in the first minute. Then it times a few ordinary steps.
 */
final class TrainingDryRun {
    private static final Logger LOG = LoggerFactory.getLogger(TrainingDryRun.class);
    private static final int PARTS = 7;

    /**
     * Maximum number of accumulated micro-batches here. The time of a step is proportional to their
     * number.
     */
    private static final int MAX_ACCUMULATED = 4;

    private final SetupRequest request;
    private final TrainingFiles files;
    private final Path scratch;
    private final Heartbeats heartbeats;
    private final DeviceMemory device = DeviceMemory.here();

    /**
     * The measured cost.
     *
     * @param secondsPerStep seconds of the training's mean optimizer step
     */
    record Findings(double secondsPerStep, long peakMemoryBytes) {}

    TrainingDryRun(SetupRequest request, TrainingFiles files, Path scratch, Heartbeats heartbeats) {
        this.request = request;
        this.files = files;
        this.scratch = scratch;
        this.heartbeats = heartbeats;
    }

    Findings run() throws IOException {
        TokenDataset rows = longestRows();
        TrainingPlan plan = plan(rows, 1);
        return MemoryFit.of(files.budget(plan), rows.longestExampleTokens(), device, budget -> run(plan, rows, budget));
    }

    private Findings run(TrainingPlan plan, TokenDataset rows, MicroBatchBudget budget) throws IOException {
        Path checkpoint = Files.createTempDirectory(scratch, "checkpoint");
        StepMetrics uninterrupted;
        report(0, "starting the trainer");
        TrainingInputs inputs = inputs(plan, rows, budget);
        try (Trainer trainer = Trainer.open(plan, inputs, Optional.empty())) {
            trainer.setBudget(budget);
            trainer.unfreeze();
            report(1, "taking a training step");
            trainer.step();
            report(2, "evaluating");
            trainer.loss(rows);
            report(3, "saving");
            trainer.save(checkpoint);
            uninterrupted = trainer.step();
        }
        report(4, "resuming");
        try (Trainer trainer = Trainer.open(plan, inputs, Optional.of(checkpoint))) {
            trainer.setBudget(budget);
            compare(uninterrupted, trainer.step());
            report(5, "exporting");
            export(trainer);
        }
        long peak = device.peak();
        report(6, "timing steps");
        return new Findings(secondsPerStep(budget), peak);
    }

    /** Measured on the training's own rows, which have different lengths. */
    private double secondsPerStep(MicroBatchBudget budget) throws IOException {
        TokenDataset train = files.train();
        int accumulate = request.train().batch().accumulate();
        TrainingPlan plan = plan(train, Math.min(accumulate, MAX_ACCUMULATED));
        TrainingInputs inputs = new TrainingInputs(files.model(), train);
        if (plan.objective().compares()) {
            Path reference = scratch.resolve("certain.safetensors");
            ReferenceLogProbabilities.writeZeros(train, reference);
            inputs = inputs.with(reference);
        }
        StepTime time = StepTime.of(plan, inputs, budget);
        return time.perToken() * tokensPerStep(train) + time.before() * train.tokens() / plan.totalSteps();
    }

    /** Tokens of an epoch's mean step, including replayed rows. */
    private double tokensPerStep(TokenDataset train) {
        EpochSize epoch = EpochSize.of(train, files.general());
        EnginePlan engine = new EnginePlan(request.train(), request.initialize(), request.spec());
        double replay = EnginePlan.retention(request.train()).replay();
        double replayed = files.general()
                .map(rows -> (double) epoch.replayed(replay) * rows.tokens() / rows.rows())
                .orElse(0.0);
        return (train.tokens() + replayed) / engine.stepsPerEpoch(epoch);
    }

    private TrainingPlan plan(TokenDataset rows, int accumulate) {
        EnginePlan engine = new EnginePlan(request.train(), request.initialize(), request.spec());
        TrainingPlan full = engine.plan(
                request.train().learningRate().peak(),
                engine.largestRank(),
                EnginePlan.epoch(request.dataset()),
                rows.longest());
        // Plain distance to a copy of the initial weights replaces Fisher information. Later unfreezing determines
        // the program, so it stays; see Trainer.unfreeze.
        CapabilityRetention requested = full.retention();
        CapabilityRetention whole =
                new CapabilityRetention(0, Math.max(requested.l2sp(), requested.ewc()), 0, requested.unfreezeEvery());
        return new TrainingPlan(
                full.method(),
                full.precision(),
                full.seed(),
                full.batchSize(),
                accumulate,
                Math.max(PARTS, full.totalSteps()),
                full.optimizer(),
                full.learningRate(),
                full.clipNorm(),
                full.frozenLayers(),
                full.maxTokens(),
                whole,
                full.objective(),
                full.cacheFrozen());
    }

    private TrainingInputs inputs(TrainingPlan plan, TokenDataset rows, MicroBatchBudget budget) throws IOException {
        TrainingInputs inputs = new TrainingInputs(files.model(), rows);
        if (CachedActivations.usedBy(plan, ModelConfig.read(files.model()))) {
            Path hidden = scratch.resolve("hidden.safetensors");
            CachedActivationsWriter.write(plan, files.model(), budget, List.of(rows), hidden, done -> {});
            return inputs.with(CachedActivations.open(hidden));
        }
        if (!plan.objective().compares()) {
            return inputs;
        }
        Path reference = scratch.resolve("reference.safetensors");
        ReferenceLogProbabilities.compute(plan, files.model(), budget, List.of(rows), reference, done -> {});
        return inputs.with(reference);
    }

    /** One micro-batch of copies of the longest example. */
    private TokenDataset longestRows() throws IOException {
        TokenDataset train = files.train();
        List<TokenDataset.Row> rows =
                Collections.nCopies(request.train().batch().size(), train.longestExample()).stream()
                        .flatMap(List::stream)
                        .toList();
        Path file = scratch.resolve("longest.safetensors");
        TokenDatasetWriter.write(file, train.rowsPerExample(), rows);
        return TokenDataset.open(file);
    }

    private static void compare(StepMetrics uninterrupted, StepMetrics resumed) {
        if (!uninterrupted.equals(resumed)) {
            LOG.warn(
                    "a resumed step differs from the undisturbed one on this worker: {} and {};"
                            + " a killed run may end in other bytes here",
                    uninterrupted,
                    resumed);
        }
    }

    private void export(Trainer trainer) throws IOException {
        Path export = Files.createTempDirectory(scratch, "export");
        trainer.exportTo(export, request.initialize().model());
        if (EnginePlan.makesAdapter(request.train().method())) {
            PeftAdapter.open(export);
        } else {
            ModelFolder.open(export);
        }
    }

    private void report(int done, String doing) {
        heartbeats.reportAndCheck(Progress.of("preflight: " + doing, done, PARTS, "parts"));
    }
}

package dev.septet.activities.explain;

import dev.septet.activities.attempt.KeyMeasurements;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.train.EnginePlan;
import dev.septet.activities.train.LedgerLine;
import dev.septet.activities.train.TrainingFiles;
import dev.septet.activities.train.TrainingLedger;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.train.SearchSpec;
import dev.septet.llm.train.NonFiniteLoss;
import dev.septet.llm.train.StepMetrics;
import dev.septet.llm.train.Trainer;
import dev.septet.llm.train.data.TrainingProblem;
import dev.septet.llm.train.plan.TrainingPlan;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.graph.KeyMeasurement;
import dev.septet.workflows.graph.StageGraph;
import dev.septet.workflows.train.TrainRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Repeats a finished training to get its adapter at several steps. A finished training keeps no checkpoints, but its ledger has
 * the learning rate of every step, and equal steps give equal bytes on the same kind of machine.
 *
 * <p>The steps are split into equal parts. A part is represented by the adapter in its middle, with the sum of the part's learning
 * rates as weight. So the weighted sum of products approximates the sum over all steps.
 */
final class TrainingReplay {
    private final TrainedModel model;
    private final PipelineSpec spec;
    private final ArtifactStore store;

    TrainingReplay(TrainedModel model, PipelineSpec spec, ArtifactStore store) {
        this.model = model;
        this.spec = spec;
        this.store = store;
    }

    /**
     * An adapter of the training.
     *
     * @param step number of steps done
     * @param weight sum of the learning rates of the steps that it represents
     */
    record State(int step, double weight, Path folder) {}

    /**
     * The repeated training.
     *
     * @param differingSteps number of steps whose loss has other bits than in the ledger
     */
    record Result(List<State> states, int differingSteps) {}

    /**
     * Trains again.
     *
     * @param count number of states
     * @param folder an empty folder for the adapters
     * @throws ExplainProblem when the file has changed, or Septet's engine alone cannot repeat the training
     */
    Result run(int count, Path folder, Explanation.Listener listener) throws IOException {
        TrainRequest request = request();
        requireRepeatable(request);
        List<LedgerLine> lines = TrainingLedger.read(
                        store.fetch(model.trained().ledger()).resolve(TrainingLedger.FILE))
                .lines();
        int steps = lines.size();
        TrainingPlan plan;
        try {
            plan = new EnginePlan(request.spec(), request.initialize(), request.setup())
                    .plan(
                            request.learningRate(),
                            request.rank(),
                            EnginePlan.epoch(model.dataset()),
                            model.dataset().longestRow());
        } catch (StageProblem problem) {
            throw ExplainProblem.refused(String.valueOf(problem.getMessage()));
        }
        TrainingFiles files = new TrainingFiles(
                store.fetch(model.base().artifact()),
                store.fetch(model.dataset().artifact()));
        int parts = Math.min(count, steps);
        List<State> states = new ArrayList<>();
        int differing = 0;
        try (Trainer trainer = Trainer.open(plan, files.inputs(), Optional.empty())) {
            trainer.setBudget(files.budget(plan));
            int part = 0;
            while (part < parts) {
                int from = (int) ((long) steps * part / parts);
                int to = (int) ((long) steps * (part + 1) / parts);
                int middle = from + (to - from) / 2;
                while (trainer.nextStep() < middle) {
                    differing += step(trainer, lines.get(trainer.nextStep())) ? 0 : 1;
                    listener.report("repeating the training", trainer.nextStep(), steps);
                }
                double weight = lines.subList(from, to).stream()
                        .mapToDouble(line -> line.learningRate() == null ? 0 : line.learningRate())
                        .sum();
                if (weight > 0) {
                    Path state = Files.createDirectories(folder.resolve("step-" + middle));
                    trainer.exportTo(state, "base");
                    states.add(new State(middle, weight, state));
                }
                part++;
            }
        } catch (TrainingProblem | NonFiniteLoss problem) {
            throw ExplainProblem.refused("the training of run %s cannot be repeated: %s. Leave --checkpoints out"
                    .formatted(model.runId(), problem.getMessage()));
        }
        if (states.isEmpty()) {
            throw ExplainProblem.refused(
                    "the ledger of run %s has no learning rates; leave --checkpoints out".formatted(model.runId()));
        }
        return new Result(states, differing);
    }

    /** Takes the next step as the ledger recorded it; returns whether the loss has the same bits. */
    private static boolean step(Trainer trainer, LedgerLine line) {
        if (line.skipped() != null) {
            trainer.skipStep();
            return true;
        }
        Double rate = line.learningRate();
        StepMetrics metrics = trainer.step(rate == null ? trainer.scheduledRate() : rate);
        return String.format(Locale.ROOT, "%016x", Double.doubleToRawLongBits(metrics.loss()))
                .equals(line.lossBits());
    }

    private TrainRequest request() {
        return new TrainRequest(
                new RunRef(spec.name(), model.runId(), "", ""),
                spec.train(),
                spec.initialize(),
                spec.setup(),
                model.dataset(),
                model.base(),
                number("learning rate found by setup"),
                (int) number("rank found by setup"));
    }

    private double number(String group) {
        try {
            return Double.parseDouble(model.key().value(group).orElse(""));
        } catch (NumberFormatException none) {
            throw ExplainProblem.refused(
                    "the training of run %s is not one of Septet's engine, so it cannot be repeated; leave --checkpoints out"
                            .formatted(model.runId()));
        }
    }

    private void requireRepeatable(TrainRequest request) {
        SearchSpec search = spec.setup().search();
        if (search != null && !search.onlyGrid()) {
            throw ExplainProblem.refused(
                    "%s trains with settings that its search chose, and only the run's workflow knows all of them; leave --checkpoints out"
                            .formatted(spec.name()));
        }
        if (spec.train().by() != null) {
            throw ExplainProblem.refused(
                    "%s trains with another program (`by`), which left only its last adapter; leave --checkpoints out"
                            .formatted(spec.name()));
        }
        StageKey now =
                StageKey.of(StageGraph.TRAIN, request, KeyMeasurements.NONE.with(KeyMeasurement.WORKER, "a worker"));
        Set<String> changed = new LinkedHashSet<>(names(now, model.key()));
        changed.addAll(names(model.key(), now));
        if (!changed.isEmpty()) {
            throw ExplainProblem.refused(
                    "the file of %s has changed since run %s trained: %s. Restore the file (and its parameters), or leave --checkpoints out"
                            .formatted(spec.name(), model.runId(), String.join(", ", changed)));
        }
    }

    /** Names of the parts that only the first key has, without what a machine or a person added. */
    private static List<String> names(StageKey key, StageKey other) {
        Set<String> ignored = Set.of(
                KeyMeasurement.WORKER.group(), KeyMeasurement.STEERING.group(), KeyMeasurement.SHORTAGES.group());
        return key.parts().stream()
                .filter(part ->
                        !ignored.contains(part.group()) && !other.parts().contains(part))
                .map(TrainingReplay::name)
                .distinct()
                .toList();
    }

    private static String name(StageKey.Part part) {
        @Nullable String word = part.word();
        return word == null ? part.group() : "`%s` in %s".formatted(word, part.group());
    }
}

package dev.septet.llm.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.septet.llm.model.program.AnswerPairs;
import dev.septet.llm.model.program.TokenBatch;
import dev.septet.llm.train.data.EpochRows;
import dev.septet.llm.train.data.MicroBatches;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.memory.MicroBatchBudget;
import dev.septet.llm.train.plan.Objective;
import dev.septet.llm.train.plan.TrainingPlan;
import java.util.List;
import java.util.Optional;

/** A plan's objective on a model: its value, and its gradients with respect to the model's parameters. */
final class StepLoss {
    private final TrainingPlan plan;
    private final TrainableModel model;
    private final SequenceLogProbabilities logProbabilities;
    private final DropoutKeys dropout;
    private final Optional<ReferenceLogProbabilities> reference;

    /**
     * @param reference reference log-probabilities, if the objective compares with them
     * @param hidden cached activations, if the model computes only from the first trained block
     */
    StepLoss(
            NDManager scope,
            TrainingPlan plan,
            TrainableModel model,
            Optional<ReferenceLogProbabilities> reference,
            Optional<CachedActivations> hidden) {
        this.plan = plan;
        this.model = model;
        this.logProbabilities = new SequenceLogProbabilities(scope, model, hidden);
        this.dropout = new DropoutKeys(plan.seed(), model.dropout() != 0);
        this.reference = reference;
    }

    /**
     * Adds the gradients of a step's mean loss to the parameters' gradients.
     *
     * @param rows of the step; the rows of an example are adjacent
     */
    ObjectiveValue backward(NDManager scope, int step, List<EpochRows.Place> rows, MicroBatchBudget budget) {
        boolean compares = plan.objective().compares();
        double total = compares
                ? rows.size() / 2.0
                : rows.stream().mapToLong(EpochRows.Place::lossTokens).sum();
        double[] rewards = new double[compares ? rows.size() : 0];
        double sum = 0;
        for (List<Integer> micro : MicroBatches.of(
                rows.size(),
                plan.objective().rows(),
                budget.tokens(),
                row -> rows.get(row).length())) {
            try (NDManager scratch = scope.newSubManager()) {
                List<EpochRows.Place> microRows = micro.stream().map(rows::get).toList();
                TokenBatch batch = logProbabilities.toBatch(scratch, microRows);
                NDArray keys =
                        dropout.of(scratch, step, micro, row -> rows.get(row).length() - 1);
                if (!compares) {
                    sum += model.program().backward(scratch, batch, keys, total, budget.recompute());
                    continue;
                }
                AnswerPairs.Judged result =
                        model.program().backward(scratch, batch, pairs(microRows), keys, total, budget.recompute());
                sum += result.loss();
                for (int i = 0; i < micro.size(); i++) {
                    rewards[micro.get(i)] = result.rewards()[i];
                }
            }
        }
        return new ObjectiveValue(sum / total, compares ? PreferenceScores.of(rewards) : null);
    }

    /** The mean loss of a dataset, without dropout. */
    ObjectiveValue of(TokenDataset set, MicroBatchBudget budget) {
        if (!(plan.objective() instanceof Objective.Dpo dpo)) {
            return new ObjectiveValue(logProbabilities.loss(set, budget), null);
        }
        double[] referenceLogs = reference.orElseThrow().of(set);
        double[] rewards = logProbabilities.of(set, budget, rows -> {});
        for (int row = 0; row < rewards.length; row++) {
            rewards[row] = dpo.beta() * (rewards[row] - referenceLogs[row]);
        }
        double loss = 0;
        for (int row = 0; row < rewards.length; row += 2) {
            double margin = rewards[row] - rewards[row + 1];
            // -log sigmoid(u) = max(-u, 0) + log(1 + exp(-|u|))
            loss += Math.max(-margin, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(margin)));
        }
        return new ObjectiveValue(loss / set.examples(), PreferenceScores.of(rewards));
    }

    private AnswerPairs pairs(List<EpochRows.Place> rows) {
        ReferenceLogProbabilities referenceLogs = reference.orElseThrow();
        return new AnswerPairs(
                rows.stream().mapToLong(EpochRows.Place::lossTokens).toArray(),
                rows.stream()
                        .mapToDouble(row -> referenceLogs.of(row.data())[row.row()])
                        .toArray(),
                ((Objective.Dpo) plan.objective()).beta());
    }
}

package dev.septet.llm.train;

import dev.septet.llm.method.Dora;
import dev.septet.llm.train.data.DataCheck;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.data.TrainingProblem;
import dev.septet.llm.train.plan.CapabilityRetention;
import dev.septet.llm.train.plan.Objective;
import dev.septet.llm.train.plan.TrainingPlan;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The inputs of a training.
 *
 * @param model the base model's folder
 * @param train rows to learn
 * @param general rows that {@link CapabilityRetention#replay} mixes in
 * @param fisher file of {@link Fisher}, for {@link CapabilityRetention#ewc}
 * @param reference file of {@link ReferenceLogProbabilities}, for {@link Objective.Dpo}
 * @param hidden cached activations, for plans that use them ({@link CachedActivations#usedBy})
 */
public record TrainingInputs(
        Path model,
        TokenDataset train,
        Optional<TokenDataset> general,
        Optional<Path> fisher,
        Optional<Path> reference,
        Optional<CachedActivations> hidden) {
    public TrainingInputs(Path model, TokenDataset train) {
        this(model, train, Optional.empty(), Optional.empty());
    }

    /** The inputs of an objective without a reference model. */
    public TrainingInputs(Path model, TokenDataset train, Optional<TokenDataset> general, Optional<Path> fisher) {
        this(model, train, general, fisher, Optional.empty(), Optional.empty());
    }

    /** These inputs with reference log-probabilities. */
    public TrainingInputs with(Path reference) {
        return new TrainingInputs(model, train, general, fisher, Optional.of(reference), hidden);
    }

    /** These inputs with cached activations. */
    public TrainingInputs with(CachedActivations states) {
        return new TrainingInputs(model, train, general, fisher, reference, Optional.of(states));
    }

    /** Checks that all inputs of a plan are present, and that every row can be trained on. */
    void require(TrainingPlan plan) {
        DataCheck.require(train, plan.maxTokens());
        general.ifPresent(rows -> DataCheck.require(rows, plan.maxTokens()));
        if (plan.retention().regularizesWeights() && plan.method() instanceof Dora) {
            throw new TrainingProblem(
                    "l2sp and ewc regularize W + s B A, but dora also scales this sum; use lora, or" + " replay");
        }
        requireExamples(plan);
        if (plan.retention().ewc() > 0 && fisher.isEmpty()) {
            throw new TrainingProblem("the plan has ewc, but the Fisher information is missing");
        }
    }

    private void requireExamples(TrainingPlan plan) {
        Objective objective = plan.objective();
        if (train.rowsPerExample() != objective.rows()) {
            throw new TrainingProblem("%s holds %s, but the plan learns %s"
                    .formatted(train.file(), examples(train.rowsPerExample()), examples(objective.rows())));
        }
        if (objective.compares() && plan.retention().replay() > 0) {
            throw new TrainingProblem("the plan replays single rows, but its objective needs pairs of rows");
        }
        if (objective.compares() && reference.isEmpty()) {
            throw new TrainingProblem("the plan compares answers, but the reference log-probabilities are missing");
        }
    }

    private static String examples(int rows) {
        return rows == 1 ? "single rows" : "pairs of rows";
    }
}

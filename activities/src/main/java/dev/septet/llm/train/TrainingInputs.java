package dev.septet.llm.train;

import dev.septet.llm.adapter.Dora;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What a training reads.
 *
 * @param model the base model's folder
 * @param train rows to learn
 * @param general rows that {@link Preservation#replay} mixes in
 * @param fisher file of {@link Fisher}, for {@link Preservation#ewc}
 */
public record TrainingInputs(
        Path model, TokenDataset train, Optional<TokenDataset> general, Optional<Path> fisher) {
    public TrainingInputs(Path model, TokenDataset train) {
        this(model, train, Optional.empty(), Optional.empty());
    }

    /** Checks that all is there that a plan asks for, and that every row can be learned. */
    void require(TrainingPlan plan) {
        DataCheck.require(train, plan.maxTokens());
        general.ifPresent(rows -> DataCheck.require(rows, plan.maxTokens()));
        if (plan.preservation().replay() > 0 && general.isEmpty()) {
            throw new TrainingProblem("the plan replays rows, but there is no general set");
        }
        if (plan.preservation().holdsWeights() && plan.method() instanceof Dora) {
            throw new TrainingProblem(
                    "l2sp and ewc hold W + s B A, but dora also scales it; use lora, or replay");
        }
        if (plan.preservation().ewc() > 0 && fisher.isEmpty()) {
            throw new TrainingProblem("the plan asks for ewc, but there is no Fisher information");
        }
    }
}

package dev.septet.activities.prepare.generate;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.dsl.pipeline.prepare.GenerateSpec;
import dev.septet.dsl.pipeline.prepare.SyntheticSpec;
import dev.septet.workflows.FailureType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/** Opens the models that answer. */
@FunctionalInterface
public interface Teachers {
    /**
     * Opens a model.
     *
     * @throws dev.septet.activities.attempt.StageProblem when the operator does not allow it
     */
    Teacher open(GenerateSpec.Teacher by, GenerateSpec.Budget budget) throws IOException;

    /** No models: for specs without {@code generate}. */
    static Teachers none() {
        return (by, budget) -> {
            throw new IllegalStateException("no model can be opened here: " + by.written());
        };
    }

    /**
     * The models of a worker.
     *
     * @param folders finds the folder of a model that the engine runs
     */
    static Teachers of(ModelEndpoints endpoints, Folders folders) {
        return (by, budget) -> by.endpoint() != null
                ? EndpointTeacher.of(endpoints, by, budget)
                : EngineTeacher.open(folders.folder(by.model()));
    }

    /**
     * Refuses endpoints, models and budgets that the operator does not allow, before a run spends time.
     *
     * @throws dev.septet.activities.attempt.StageProblem naming the first one
     */
    static void check(ModelEndpoints endpoints, SyntheticSpec spec) {
        for (GenerateSpec generate : spec.generate()) {
            for (GenerateSpec.Teacher by : generate.models()) {
                if (by.endpoint() != null) {
                    EndpointTeacher.of(endpoints, by, generate.budget()).close();
                }
            }
            if (generate.budget().cost() != null) {
                requireOneCurrency(endpoints, generate);
            }
        }
    }

    /** A budget of money is one sum, so the prices must have one currency. */
    private static void requireOneCurrency(ModelEndpoints endpoints, GenerateSpec generate) {
        Set<String> currencies = new TreeSet<>();
        for (GenerateSpec.Teacher by : generate.models()) {
            String name = by.endpoint();
            if (name != null) {
                currencies.add(endpoints
                        .service("prepare: generate: " + by.written(), name)
                        .currency());
            }
        }
        if (currencies.size() > 1) {
            throw new StageProblem(
                    FailureType.POLICY_DENIED,
                    "prepare: generate: budget cost: is one sum, but the operator's file has prices in %s for the models of `by` and `score by:`; declare `budget tokens:`, or choose models with one currency"
                            .formatted(String.join(" and ", currencies)));
        }
    }

    /** Folders of models. */
    @FunctionalInterface
    interface Folders {
        /** The folder of a path, or of a name on the Hub. */
        Path folder(String model) throws IOException;
    }
}

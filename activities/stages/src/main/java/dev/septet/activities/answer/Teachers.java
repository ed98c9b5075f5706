package dev.septet.activities.answer;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.prepare.GenerateSpec;
import dev.septet.dsl.pipeline.prepare.SyntheticSpec;
import dev.septet.llm.format.ModelFolder;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Opens the models that answer. */
@FunctionalInterface
public interface Teachers {
    /** The words of rows that a model writes. */
    String GENERATE = "prepare: generate";

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
        return of(GENERATE, endpoints, folders);
    }

    /**
     * The same for other words of the pipeline file.
     *
     * @param step the words, for messages
     */
    static Teachers of(String step, ModelEndpoints endpoints, Folders folders) {
        return (by, budget) -> by.endpoint() != null
                ? EndpointTeacher.of(endpoints, step, by, budget)
                : EngineTeacher.open(folders.folder(by.model()));
    }

    /**
     * Refuses endpoints, models and budgets that the operator does not allow, before a run spends time.
     *
     * @throws dev.septet.activities.attempt.StageProblem naming the first one
     */
    static void check(ModelEndpoints endpoints, SyntheticSpec spec) {
        for (GenerateSpec generate : spec.generate()) {
            check(endpoints, GENERATE, generate.models(), generate.budget());
        }
    }

    /**
     * The same for some models and their budget.
     *
     * @param step the words of the pipeline file that need them, for messages
     */
    static void check(
            ModelEndpoints endpoints, String step, List<GenerateSpec.Teacher> models, GenerateSpec.Budget budget) {
        for (GenerateSpec.Teacher by : models) {
            if (by.endpoint() != null) {
                EndpointTeacher.of(endpoints, step, by, budget).close();
            }
        }
        if (budget.cost() != null) {
            requireOneCurrency(endpoints, step, models);
        }
    }

    /** Digest of a model folder or file beside the pipeline; the name of any other model. */
    static String digest(PipelineFiles files, RunRef run, GenerateSpec.Teacher by) throws IOException {
        if (by.endpoint() != null || !Files.exists(Path.of(run.folder()).resolve(by.model()))) {
            return by.model();
        }
        Path path = files.read(run, by.model());
        return Files.isDirectory(path) ? ModelFolder.open(path).digest() : Sha256.of(path);
    }

    /** A budget of money is one sum, so the prices must have one currency. */
    private static void requireOneCurrency(ModelEndpoints endpoints, String step, List<GenerateSpec.Teacher> models) {
        Set<String> currencies = new TreeSet<>();
        for (GenerateSpec.Teacher by : models) {
            String name = by.endpoint();
            if (name != null) {
                currencies.add(
                        endpoints.service(step + ": " + by.written(), name).currency());
            }
        }
        if (currencies.size() > 1) {
            throw new StageProblem(
                    FailureType.POLICY_DENIED,
                    "%s: budget cost: is one sum, but the operator's file has prices in %s for the models of `by` and `score by:`; declare `budget tokens:`, or choose models with one currency"
                            .formatted(step, String.join(" and ", currencies)));
        }
    }

    /** Folders of models. */
    @FunctionalInterface
    interface Folders {
        /** The folder of a path, or of a name on the Hub. */
        Path folder(String model) throws IOException;
    }
}

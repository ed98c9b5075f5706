package dev.septet.activities.prepare.generate;

import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.dsl.pipeline.prepare.GenerateSpec;
import dev.septet.dsl.pipeline.prepare.SyntheticSpec;
import java.io.IOException;
import java.nio.file.Path;

/** Opens the models that answer. */
@FunctionalInterface
public interface Teachers {
    /**
     * Opens a model.
     *
     * @throws dev.septet.activities.attempt.StageProblem when the operator does not allow it
     */
    Teacher open(GenerateSpec spec) throws IOException;

    /** No models: for specs without {@code generate}. */
    static Teachers none() {
        return spec -> {
            throw new IllegalStateException(
                    "no model can be opened here: " + spec.by().written());
        };
    }

    /**
     * The models of a worker.
     *
     * @param folders finds the folder of a model that the engine runs
     */
    static Teachers of(ModelEndpoints endpoints, Folders folders) {
        return spec -> spec.by().endpoint() != null
                ? EndpointTeacher.of(endpoints, spec)
                : EngineTeacher.open(folders.folder(spec.by().model()));
    }

    /**
     * Refuses endpoints, models and budgets that the operator does not allow, before a run spends time.
     *
     * @throws dev.septet.activities.attempt.StageProblem naming the first one
     */
    static void check(ModelEndpoints endpoints, SyntheticSpec spec) {
        for (GenerateSpec generate : spec.generate()) {
            if (generate.by().endpoint() != null) {
                EndpointTeacher.of(endpoints, generate).close();
            }
        }
    }

    /** Folders of models. */
    @FunctionalInterface
    interface Folders {
        /** The folder of a path, or of a name on the Hub. */
        Path folder(String model) throws IOException;
    }
}

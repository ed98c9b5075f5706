package dev.septet.activities.prepare;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.model.config.ModelConfig;
import java.nio.file.Files;
import java.nio.file.Path;

/** Rows may be no longer than what the base model was made to read. */
public final class ContextLimit {
    private ContextLimit() {}

    /**
     * Holds {@code maxTokens} to a model folder's context.
     *
     * @throws StageProblem when it is larger; of a folder that cannot be read nothing is said here,
     *     as the stage that opens the model says it better
     */
    public static void hold(Path model, int maxTokens) {
        int context;
        try {
            if (!Files.isRegularFile(model.resolve("config.json"))) {
                return;
            }
            context = ModelConfig.read(model).maxPositions();
        } catch (FormatProblem e) {
            return;
        }
        if (maxTokens > context) {
            throw StageProblem.invalid(
                    "prepare: maxTokens %d is more than the context of the base model, which is %d tokens; use maxTokens %d or less"
                            .formatted(maxTokens, context, context));
        }
    }
}

package dev.septet.activities.prepare;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.model.config.ModelConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Limits the length of rows to the context of the base model. */
public final class ContextLimit {
    private ContextLimit() {}

    /**
     * Checks {@code maxTokens} against a model folder's context.
     *
     * @throws StageProblem when it is larger. A folder that cannot be read is not reported here,
     *     because the stage that opens the model reports it better
     */
    public static void check(Path model, int maxTokens) {
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
            throw StageProblem.invalid(String.format(
                    Locale.ROOT,
                    "prepare: maxTokens %d is more than the context of the base model, which is %d tokens; use maxTokens %d or less",
                    maxTokens,
                    context,
                    context));
        }
    }
}

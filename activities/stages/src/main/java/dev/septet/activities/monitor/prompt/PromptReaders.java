package dev.septet.activities.monitor.prompt;

import dev.septet.dsl.pipeline.Precision;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Opens deployed models. */
@FunctionalInterface
public interface PromptReaders {
    /**
     * Opens a model; the caller closes it.
     *
     * @param model whole model in Hugging Face layout
     * @param adapter PEFT adapter of the model, null for none
     */
    PromptReader open(Path model, @Nullable Path adapter, Precision precision);
}

package dev.septet.activities.monitor.prompt;

import dev.septet.dsl.pipeline.Precision;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where deployed models come from. */
@FunctionalInterface
public interface PromptReaders {
    /**
     * Opens; the caller closes.
     *
     * @param model whole model in Hugging Face layout
     * @param adapter PEFT adapter to put on it, null for none
     */
    PromptReader open(Path model, @Nullable Path adapter, Precision precision);
}

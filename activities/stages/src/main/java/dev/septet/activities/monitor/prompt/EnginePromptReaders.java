package dev.septet.activities.monitor.prompt;

import dev.septet.dsl.pipeline.Precision;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Opens models with the engine on this worker. */
public final class EnginePromptReaders implements PromptReaders {
    @Override
    public PromptReader open(Path model, @Nullable Path adapter, Precision precision) {
        return new EnginePromptReader(model, adapter, precision);
    }
}

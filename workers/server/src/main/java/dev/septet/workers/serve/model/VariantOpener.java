package dev.septet.workers.serve.model;

import dev.septet.activities.serving.Variant;
import dev.septet.workers.serve.backend.ModelBackend;
import dev.septet.workers.serve.guard.ServedGuard;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Opens the models of a route. */
public interface VariantOpener {
    /**
     * Opens a model that a pipeline has published.
     *
     * @throws IOException when the store lacks a part of it
     */
    ModelBackend open(Variant variant) throws IOException;

    /**
     * Opens the guard of a model; the caller closes it. A model whose guard cannot be opened is not served.
     *
     * @return null when the model was published without a guard
     * @throws IOException when the store lacks a part of it
     */
    default @Nullable ServedGuard guard(Variant variant) throws IOException {
        return null;
    }

    /** Opens the variant's base model; called only for variants with a base. */
    ModelBackend base(Variant variant) throws IOException;
}

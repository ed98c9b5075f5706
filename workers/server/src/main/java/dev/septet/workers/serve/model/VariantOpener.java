package dev.septet.workers.serve.model;

import dev.septet.activities.serving.Variant;
import dev.septet.workers.serve.backend.ModelBackend;
import java.io.IOException;

/** Opens the models of a route. */
public interface VariantOpener {
    /**
     * Opens a model that a pipeline has published.
     *
     * @throws IOException when the store lacks a part of it
     */
    ModelBackend open(Variant variant) throws IOException;

    /** Opens the variant's base model; called only for variants with a base. */
    ModelBackend base(Variant variant) throws IOException;
}

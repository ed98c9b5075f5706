package dev.septet.workers.serve.model;

import dev.septet.activities.serving.Variant;
import dev.septet.workers.serve.backend.ModelBackend;
import java.io.IOException;

/** Opens the models of a route. */
public interface VariantOpener {
    /**
     * The model that a pipeline has published.
     *
     * @throws IOException when the store does not have it whole
     */
    ModelBackend open(Variant variant) throws IOException;

    /** The model that it was made from; called for variants with a base only. */
    ModelBackend base(Variant variant) throws IOException;
}

package dev.septet.workers.serve.model;

import dev.septet.activities.serving.Variant;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.workers.serve.backend.EngineBackend;
import dev.septet.workers.serve.backend.ModelBackend;
import java.io.IOException;
import java.util.Objects;

/** Opens models from the artifact store with Septet's engine. */
public record StoreOpener(ArtifactStore store) implements VariantOpener {
    private static final String MODEL = "model";

    @Override
    public ModelBackend open(Variant variant) throws IOException {
        return EngineBackend.open(store.fetch(variant.artifact()).resolve(MODEL));
    }

    @Override
    public ModelBackend base(Variant variant) throws IOException {
        return EngineBackend.open(store.fetch(Objects.requireNonNull(variant.base())));
    }
}

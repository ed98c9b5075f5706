package dev.septet.workers.serve.model;

import dev.septet.activities.endpoint.EndpointCompletions;
import dev.septet.activities.endpoint.EndpointModel;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.serving.Variant;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.workers.serve.backend.EndpointBackend;
import dev.septet.workers.serve.backend.EngineBackend;
import dev.septet.workers.serve.backend.ModelBackend;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Opens models from the artifact store: with Septet's engine, or as requests to the service that holds them.
 *
 * @param endpoints services of the operator's file
 */
public record StoreOpener(ArtifactStore store, ModelEndpoints endpoints) implements VariantOpener {
    private static final String MODEL = "model";

    @Override
    public ModelBackend open(Variant variant) throws IOException {
        Path export = store.fetch(variant.artifact());
        Optional<EndpointModel> hosted = EndpointModel.read(export);
        return hosted.isPresent() ? at(hosted.get()) : EngineBackend.open(export.resolve(MODEL));
    }

    private ModelBackend at(EndpointModel hosted) {
        return new EndpointBackend(
                EndpointCompletions.of(endpoints, "the published model", hosted.endpoint(), hosted.model()));
    }

    @Override
    public ModelBackend base(Variant variant) throws IOException {
        return EngineBackend.open(store.fetch(Objects.requireNonNull(variant.base())));
    }
}

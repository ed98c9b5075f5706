package dev.septet.workers.serve.model;

import dev.septet.activities.endpoint.EndpointCompletions;
import dev.septet.activities.endpoint.EndpointModel;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.evaluate.safety.FoundGuard;
import dev.septet.activities.evaluate.safety.GuardModels;
import dev.septet.activities.guard.PublishedGuard;
import dev.septet.activities.serving.Variant;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.workers.serve.backend.EndpointBackend;
import dev.septet.workers.serve.backend.EngineBackend;
import dev.septet.workers.serve.backend.ModelBackend;
import dev.septet.workers.serve.guard.ServedGuard;
import dev.septet.workers.serve.guard.SharedGuards;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Opens models from the artifact store: with Septet's engine, or as requests to the service that holds them.
 *
 * @param endpoints services of the operator's file
 * @param guards the guards that are open
 */
public record StoreOpener(ArtifactStore store, ModelEndpoints endpoints, SharedGuards guards) implements VariantOpener {
    private static final String MODEL = "model";

    public StoreOpener(ArtifactStore store, ModelEndpoints endpoints) {
        this(store, endpoints, new SharedGuards());
    }

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
    public @Nullable ServedGuard guard(Variant variant) throws IOException {
        PublishedGuard published =
                PublishedGuard.read(store.fetch(variant.artifact())).orElse(null);
        return published == null
                ? null
                : guards.open(published.digest(), () -> {
                    FoundGuard found = published.verified(store, endpoints);
                    return ServedGuard.open(
                            published.spec(),
                            published.digest(),
                            GuardModels.open("deploy", endpoints, found, ComputePrecision.FLOAT32),
                            ServedGuard.PATIENCE);
                });
    }

    @Override
    public ModelBackend base(Variant variant) throws IOException {
        return EngineBackend.open(store.fetch(Objects.requireNonNull(variant.base())));
    }
}

package dev.septet.activities.evaluate;

import dev.septet.activities.serving.Route;
import dev.septet.activities.serving.Routes;
import dev.septet.activities.serving.Variant;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.dsl.pipeline.Precision;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.EvaluationReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The model that answers a pipeline's requests now, which the tuned one is held against.
 *
 * @param variant null where nothing was published yet
 */
public record Champion(@Nullable Variant variant) {
    private static final String NAME = "champion";

    /** The pipeline's champion of this moment. */
    public static Champion of(ArtifactStore store, String pipeline) throws IOException {
        return new Champion(
                new Routes(store).route(pipeline).map(Route::champion).orElse(null));
    }

    /** Digest of its export; {@link EvaluationReport#NO_CHAMPION} for nobody. */
    public String sha256() {
        Variant known = variant;
        return known == null ? EvaluationReport.NO_CHAMPION : known.sha256();
    }

    /**
     * Its bytes. An adapter is put on its base again, as the tuned model is, so that equal adapters
     * give equal answers to the last bit.
     *
     * @param base stands in for nobody
     */
    Candidate candidate(ArtifactStore store, Candidate base, Precision precision) throws IOException {
        Variant known = variant;
        if (known == null) {
            return base;
        }
        Path export = store.fetch(known.artifact());
        Path adapter = export.resolve("adapter");
        ArtifactRef under = known.base();
        return under != null && Files.isDirectory(adapter)
                ? new Candidate(NAME, store.fetch(under), under.sha256(), adapter, known.sha256(), precision)
                : new Candidate(NAME, export.resolve("model"), known.sha256(), null, null, precision);
    }
}

package dev.septet.activities.evaluate;

import dev.septet.activities.endpoint.EndpointModel;
import dev.septet.activities.evaluate.subject.Candidate;
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
 * The model that currently answers a pipeline's requests, with which the tuned model is compared.
 *
 * @param variant null when nothing was published yet
 */
public record Champion(@Nullable Variant variant) {
    private static final String NAME = "champion";

    /** The pipeline's present champion. */
    public static Champion of(ArtifactStore store, String pipeline) throws IOException {
        return new Champion(
                new Routes(store).route(pipeline).map(Route::champion).orElse(null));
    }

    /** Digest of its export; {@link EvaluationReport#NO_CHAMPION} when there is none. */
    public String sha256() {
        Variant known = variant;
        return known == null ? EvaluationReport.NO_CHAMPION : known.sha256();
    }

    /**
     * The champion as a candidate. An adapter is applied to its base model, as for the tuned model,
     * so that equal adapters give bit-identical answers.
     *
     * @param base used when there is no champion
     */
    public Candidate candidate(ArtifactStore store, Candidate base, Precision precision) throws IOException {
        Variant known = variant;
        if (known == null) {
            return base;
        }
        Path export = store.fetch(known.artifact());
        EndpointModel hosted = EndpointModel.read(export).orElse(null);
        if (hosted != null) {
            return new Candidate(NAME, base.folder(), known.sha256(), null, null, precision)
                    .by(new Candidate.Hosted(hosted.endpoint(), hosted.model()));
        }
        Path adapter = export.resolve("adapter");
        ArtifactRef under = known.base();
        return under != null && Files.isDirectory(adapter)
                ? new Candidate(NAME, store.fetch(under), under.sha256(), adapter, known.sha256(), precision)
                : new Candidate(NAME, export.resolve("model"), known.sha256(), null, null, precision);
    }
}

package dev.septet.activities.forget;

import dev.septet.activities.lineage.DatasetReaders;
import dev.septet.activities.lineage.Trace;
import dev.septet.activities.result.StoredResult;
import dev.septet.activities.serving.Route;
import dev.septet.activities.serving.Routes;
import dev.septet.activities.serving.Variant;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.workflows.Stage;
import dev.septet.workflows.forget.ErasurePlan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Which pipelines are trained again because a version with the rows answers requests. */
final class Replacements {
    private Replacements() {}

    /**
     * The pipelines with a version that serves or is on trial. The new model learns at least as many reviewed rows as the
     * affected datasets had, and as the models that answer requests now.
     *
     * @param first the pipeline that is trained first
     */
    static List<ErasurePlan.Retrained> of(ArtifactStore store, List<StoredResult> all, String first, Trace trace)
            throws IOException {
        Set<String> pipelines = new TreeSet<>();
        for (Trace.SeenVersion version : trace.versions()) {
            String pipeline = version.pipeline();
            if (pipeline != null && !version.state().equals(Trace.SeenVersion.RETIRED)) {
                pipelines.add(pipeline);
            }
        }
        List<ErasurePlan.Retrained> retrain = new ArrayList<>();
        for (String pipeline : pipelines) {
            ErasurePlan.Retrained each =
                    new ErasurePlan.Retrained(pipeline, reviewed(store, all, pipeline, affected(trace, pipeline)));
            retrain.add(pipeline.equals(first) ? 0 : retrain.size(), each);
        }
        return retrain;
    }

    private static Set<String> affected(Trace trace, String pipeline) {
        Set<String> affected = new HashSet<>();
        for (Trace.SeenDataset dataset : trace.datasets()) {
            if (dataset.pipelines().contains(pipeline)) {
                affected.add(dataset.sha256());
            }
        }
        return affected;
    }

    private static long reviewed(ArtifactStore store, List<StoredResult> all, String pipeline, Set<String> affected)
            throws IOException {
        Set<String> answering = new HashSet<>();
        Route route = new Routes(store).route(pipeline).orElse(null);
        if (route != null) {
            answering.add(route.champion().runId());
            Variant challenger = route.challenger();
            if (challenger != null) {
                answering.add(challenger.runId());
            }
        }
        long most = 0;
        for (StoredResult each : all) {
            if (each.stage().equals(Stage.PREPARE.word())) {
                String sha256 = each.result().path("artifact").path("sha256").asText();
                if (affected.contains(sha256)
                        || DatasetReaders.of(store, sha256).keySet().stream().anyMatch(answering::contains)) {
                    most = Math.max(most, each.result().path("reviewedRows").asLong());
                }
            }
        }
        return most;
    }
}

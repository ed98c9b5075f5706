package dev.septet.workers.cli.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.activities.evaluate.form.FormsReport;
import dev.septet.activities.result.StageResults;
import dev.septet.activities.result.StoredResult;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.ExportRef;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.graph.StageGraph;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An evaluation that is found in the store alone.
 *
 * @param runId run that computed it
 */
record StoredRun(String runId, ArtifactRef evaluation, StageFacts facts) {
    /**
     * The newest evaluation of a pipeline, or that of a run.
     *
     * @param named a pipeline's name, or a run's id
     */
    static Optional<StoredRun> find(ArtifactStore store, String named) throws IOException {
        if (Arrays.stream(named.split("/", -1)).anyMatch(String::isBlank)) {
            return Optional.empty();
        }
        List<StoredResult> all = StoredResult.all(store);
        Optional<StoredResult> found = new StageResults(store).last(named, Stage.EVALUATE);
        if (found.isEmpty()) {
            found = StoredResult.ofRun(all, Stage.EVALUATE, named);
        }
        if (found.isEmpty()) {
            return Optional.empty();
        }
        StoredResult result = found.get();
        String trained = result.key().value("trained model").orElse("");
        StageFacts facts = new StageFacts()
                .with(input(
                        all, Stage.PREPARE, result.key().value("prepared data").orElse(""), DatasetRef.class))
                .with(input(
                        all,
                        Stage.INITIALIZE,
                        result.key().value(StageGraph.BASE_MODEL).orElse(""),
                        ModelRef.class))
                .with(input(all, Stage.TRAIN, trained, CheckpointRef.class));
        ArtifactRef export = export(all, trained);
        facts.exported(export);
        if (export != null) {
            FormsReport.of(store, export).ifPresent(facts::with);
        }
        return Optional.of(new StoredRun(
                result.runId(), read(result, EvaluationReport.class).artifact(), facts));
    }

    private static boolean is(StoredResult result, Stage stage) {
        return result.stage().equals(stage.word());
    }

    /** The result whose artifact has this digest; null when it is gone. */
    private static <T> @Nullable T input(List<StoredResult> all, Stage stage, String sha256, Class<T> type) {
        return StoredResult.ofArtifact(all, stage, sha256)
                .map(found -> read(found, type))
                .orElse(null);
    }

    private static @Nullable ArtifactRef export(List<StoredResult> all, String trained) {
        for (StoredResult each : all) {
            if (is(each, Stage.DEPLOY)
                    && each.key().value("trained model").equals(Optional.of(trained))
                    && each.result().has("artifact")) {
                return read(each, ExportRef.class).artifact();
            }
        }
        return null;
    }

    private static <T> T read(StoredResult result, Class<T> type) {
        try {
            return SpecJson.mapper().treeToValue(result.result(), type);
        } catch (JsonProcessingException damaged) {
            throw new CliProblem(
                    ExitCode.RUN_FAILED,
                    "the stored result %s is damaged. Run the pipeline again, then compare again"
                            .formatted(result.name()));
        }
    }
}

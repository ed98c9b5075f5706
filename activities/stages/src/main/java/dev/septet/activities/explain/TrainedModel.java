package dev.septet.activities.explain;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.result.StageResults;
import dev.septet.activities.result.StoredResult;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.CorruptArtifactException;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.graph.StageGraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A trained adapter in a store, and what it was trained on.
 *
 * @param name the pipeline or the run, as the user named it
 * @param runId run that trained it
 * @param evaluation its newest evaluation, null without one
 */
public record TrainedModel(
        String name,
        String runId,
        StageKey key,
        CheckpointRef trained,
        DatasetRef dataset,
        ModelRef base,
        @Nullable EvaluationReport evaluation) {
    private static final String ADAPTER = "adapter_config.json";

    /**
     * The model that a pipeline trained last, or that a run trained.
     *
     * @param name a pipeline's name, or a run's id
     * @throws ExplainProblem when it is not in the store, or has no adapter
     */
    public static TrainedModel find(ArtifactStore store, String name) throws IOException {
        StageResults results = new StageResults(store);
        boolean named = Arrays.stream(name.split("/", -1)).noneMatch(String::isBlank);
        List<StoredResult> all = named ? StoredResult.all(store) : List.of();
        Optional<StoredResult> found = named ? results.last(name, Stage.TRAIN) : Optional.empty();
        if (named && found.isEmpty() && results.everFinished(name, Stage.TRAIN)) {
            throw ExplainProblem.missing(
                    "the model that %s trained last is no longer in the store; was it erased with `septet data forget`? Run the pipeline again, then ask again"
                            .formatted(name));
        }
        StoredResult train = found.or(() -> StoredResult.ofRun(all, Stage.TRAIN, name))
                .orElseThrow(() -> ExplainProblem.missing(
                        "no training of a pipeline or run '%s' is in the store. Name a pipeline, its file, or the id of a run that trained; `septet runs` lists runs. A run that reused an earlier training is explained by its pipeline's name"
                                .formatted(name)));
        CheckpointRef trained = read(train.result(), CheckpointRef.class);
        if (!trained.adapter()) {
            throw ExplainProblem.refused(
                    "run %s trained whole weights (method full or partial), but an explanation compares gradients of an adapter's parameters; train with lora, dora or qlora"
                            .formatted(train.runId()));
        }
        DatasetRef dataset = input(all, train, Stage.PREPARE, StageGraph.TRAINING_DATA, DatasetRef.class);
        ModelRef base = input(all, train, Stage.INITIALIZE, StageGraph.BASE_MODEL, ModelRef.class);
        require(store, dataset.artifact(), train, "training rows");
        require(store, base.artifact(), train, "base model");
        require(store, trained.artifact(), train, "adapter");
        return new TrainedModel(
                name, train.runId(), train.key(), trained, dataset, base, evaluation(all, trained, dataset));
    }

    /**
     * The adapter's folder.
     *
     * @throws ExplainProblem when a service holds the model
     */
    Path adapter(ArtifactStore store) throws IOException {
        Path folder = store.fetch(trained.artifact());
        if (!Files.exists(folder.resolve(ADAPTER))) {
            throw ExplainProblem.refused(
                    "the training of run %s left no adapter in the store, because a service holds the model; only models whose adapter Septet has can be explained"
                            .formatted(runId));
        }
        return folder;
    }

    private static <T> T input(List<StoredResult> all, StoredResult train, Stage stage, String group, Class<T> type)
            throws IOException {
        String sha256 = train.key().value(group).orElse("");
        StoredResult found = StoredResult.ofArtifact(all, stage, sha256).orElseThrow(() -> gone(train, group));
        return read(found.result(), type);
    }

    private static void require(ArtifactStore store, ArtifactRef artifact, StoredResult train, String what)
            throws IOException {
        if (!store.holds(artifact)) {
            throw gone(train, what);
        }
        try {
            store.fetch(artifact);
        } catch (CorruptArtifactException damaged) {
            throw new ExplainProblem(
                    ExplainProblem.Kind.REFUSED,
                    "the %s of run %s cannot be read: %s. Run the pipeline again, then ask again"
                            .formatted(what, train.runId(), damaged.getMessage()),
                    damaged);
        }
    }

    private static ExplainProblem gone(StoredResult train, String what) {
        return ExplainProblem.missing(
                "the store no longer has the %s of run %s; was it erased with `septet data forget`? Run the pipeline again, then ask again"
                        .formatted(what, train.runId()));
    }

    private static @Nullable EvaluationReport evaluation(
            List<StoredResult> all, CheckpointRef trained, DatasetRef dataset) throws IOException {
        for (StoredResult each : all) {
            if (each.stage().equals(Stage.EVALUATE.word())
                    && each.key()
                            .value("trained model")
                            .equals(Optional.of(trained.artifact().sha256()))
                    && each.key()
                            .value("prepared data")
                            .equals(Optional.of(dataset.artifact().sha256()))) {
                return read(each.result(), EvaluationReport.class);
            }
        }
        return null;
    }

    private static <T> T read(JsonNode result, Class<T> type) throws IOException {
        try {
            return SpecJson.mapper().treeToValue(result, type);
        } catch (JsonProcessingException damaged) {
            throw new ExplainProblem(
                    ExplainProblem.Kind.REFUSED,
                    "a stored result is damaged. Run the pipeline again, then ask again",
                    damaged);
        }
    }
}

package dev.septet.activities.resume;

import dev.septet.activities.basemodel.BaseModel;
import dev.septet.activities.basemodel.BaseModelFiles;
import dev.septet.activities.evaluate.EvaluateActivitiesImpl;
import dev.septet.activities.host.PipelineFiles;
import dev.septet.activities.prepare.ModelRowEncoder;
import dev.septet.activities.prepare.PrepareActivitiesImpl;
import dev.septet.activities.prepare.SourceDigest;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.result.StageResults;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.evaluate.ForgettingSpec;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.prepare.PrepareRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Digests of the files that a pipeline file names, because a file's bytes may change under the same
 * name.
 *
 * @param rows digest of the dataset
 * @param tokenizer digest of the base model's tokenizer, including its chat template
 * @param model digest of the base model's files
 * @param suite digest of the forgetting suite's file
 * @param general digest of the general set's file
 */
record ContentDigests(String rows, String tokenizer, String model, String suite, String general) {
    /** The digest when a pipeline names no such file. */
    static final String NONE = "none";

    /** The digests when nothing is known of the bytes. */
    static final ContentDigests UNKNOWN = new ContentDigests("", "", "", "", NONE);

    /** Digests of the present files. */
    static ContentDigests present(PipelineFiles files, RunRef run, PipelineSpec spec) throws IOException {
        Path model = BaseModelFiles.here(files).folder(run, spec.initialize(), progress -> {});
        String dataset = spec.prepare().dataset();
        ForgettingSpec forgetting = spec.evaluate().forgetting();
        try (ModelRowEncoder encoder = new ModelRowEncoder(model, spec.prepare().maxTokens())) {
            return new ContentDigests(
                    dataset == null
                            ? ""
                            : SourceDigest.of(files.read(run, dataset)).sha256(),
                    encoder.digest(),
                    BaseModel.open(model).digest(),
                    forgetting == null ? NONE : EvaluateActivitiesImpl.suiteDigest(files.read(run, forgetting.suite())),
                    Objects.requireNonNullElse(
                            PrepareActivitiesImpl.generalDigest(files, run, PrepareRequest.general(spec.train())),
                            NONE));
        }
    }

    /**
     * Digests of the files that a run's results came from; unknown ones are taken from {@code
     * present}.
     */
    static ContentDigests of(StageResults results, PipelineReport made, ContentDigests present) throws IOException {
        var dataset = made.dataset();
        var model = made.model();
        var evaluation = made.evaluation();
        Optional<StageKey> prepare = key(results, Stage.PREPARE, dataset == null ? null : dataset.origin());
        Optional<StageKey> initialize = key(results, Stage.INITIALIZE, model == null ? null : model.origin());
        Optional<StageKey> evaluate = key(results, Stage.EVALUATE, evaluation == null ? null : evaluation.origin());
        return new ContentDigests(
                // Another pipeline's dataset is reused together with its results.
                present.rows().isEmpty() ? "" : part(prepare, "dataset", present.rows()),
                part(prepare, "tokenizer of the base model", present.tokenizer()),
                part(initialize, "base model", present.model()),
                part(evaluate, "forgetting suite", present.suite()),
                part(prepare, "general set", present.general()));
    }

    private static Optional<StageKey> key(StageResults results, Stage stage, @Nullable Origin origin)
            throws IOException {
        return origin == null ? Optional.empty() : results.key(stage, origin.key());
    }

    private static String part(Optional<StageKey> key, String group, String otherwise) {
        return key.stream()
                .flatMap(known -> known.parts().stream())
                .filter(part -> part.group().equals(group))
                .map(StageKey.Part::value)
                .findFirst()
                .orElse(otherwise);
    }
}

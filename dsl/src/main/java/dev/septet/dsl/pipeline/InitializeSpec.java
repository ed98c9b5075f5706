package dev.septet.dsl.pipeline;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.evaluate.RequireSpec;
import dev.septet.dsl.pipeline.search.CandidateTrainingSpec;
import dev.septet.dsl.pipeline.train.FreezeSpec;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The model initialization stage of a pipeline file: the base model and its requirements.
 *
 * @param model path of a folder in Hugging Face layout or of a .gguf file, or a {@link HubId}; of several candidates, the one that
 *     is used, and in a file the first one
 * @param revision branch, tag or commit on the Hub; null = {@code main}
 * @param digest expected sha256 of the model's files as 64 hexadecimal digits; null = any
 * @param candidates the models that a run chooses from, in the order of the file; empty = {@code model} alone
 * @param candidateTraining short trainings of the best candidates, which decide between them; null = the exam of untrained models
 *     decides
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record InitializeSpec(
        String model,
        @Nullable String revision,
        @Nullable String digest,
        @Nullable RequireSpec constraints,
        @Nullable FreezeSpec freeze,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> candidates,
        @Nullable CandidateTrainingSpec candidateTraining,
        StagePolicy policy)
        implements StageSpec {
    /** The most candidates: each one is downloaded and examined. */
    public static final int MOST_CANDIDATES = 8;

    public static final StagePolicy DEFAULT_POLICY = StagePolicy.within(Duration.ofHours(1));

    /** A model without a revision: a folder, a file, or the Hub's current version. */
    public InitializeSpec(
            String model,
            @Nullable String digest,
            @Nullable RequireSpec constraints,
            @Nullable FreezeSpec freeze,
            StagePolicy policy) {
        this(model, null, digest, constraints, freeze, policy);
    }

    /** One model. */
    public InitializeSpec(
            String model,
            @Nullable String revision,
            @Nullable String digest,
            @Nullable RequireSpec constraints,
            @Nullable FreezeSpec freeze,
            StagePolicy policy) {
        this(model, revision, digest, constraints, freeze, List.of(), policy);
    }

    /** Candidates that are compared without training. */
    public InitializeSpec(
            String model,
            @Nullable String revision,
            @Nullable String digest,
            @Nullable RequireSpec constraints,
            @Nullable FreezeSpec freeze,
            List<String> candidates,
            StagePolicy policy) {
        this(model, revision, digest, constraints, freeze, candidates, null, policy);
    }

    public InitializeSpec {
        candidates = Checks.orEmpty(candidates);
        if (!candidates.isEmpty()) {
            require(
                    candidates.size() >= 2 && candidates.size() <= MOST_CANDIDATES,
                    "candidates takes 2 to %s models, got %s",
                    MOST_CANDIDATES,
                    candidates.size());
            require(
                    new HashSet<>(candidates).size() == candidates.size(),
                    "candidates: each model is named once, got %s",
                    candidates);
            require(candidates.contains(model), "model: '%s' is none of the candidates", model);
            require(revision == null, "revision: is of one model, and has no meaning for candidates");
        }
        require(
                candidateTraining == null || !candidates.isEmpty(),
                "candidateTraining is of candidates, and has no meaning for one model");
        require(
                candidateTraining == null || candidateTraining.keep() <= candidates.size(),
                "candidates keep: %s is more than the %s candidates",
                candidateTraining == null ? 0 : candidateTraining.keep(),
                candidates.size());
        require(!model.isBlank(), "model needs a path");
        require(
                revision == null || HubId.isRevision(revision),
                "revision: must name a branch, a tag or a commit, got '%s'",
                revision);
        require(
                digest == null || digest.matches("[0-9a-f]{64}"),
                "digest: must be a sha256 of 64 lower-case hexadecimal digits, got '%s'",
                digest);
    }

    /** This block as the file declares it, whichever candidate is used. */
    public InitializeSpec declared() {
        return candidates.isEmpty() ? this : using(candidates.get(0), null);
    }

    /** This block with one of its candidates as the model. */
    public InitializeSpec using(String candidate) {
        return using(candidate, null);
    }

    /**
     * This block with one of its candidates as the model.
     *
     * @param examined sha256 of the files that were examined, which the model must still have; null = any
     */
    public InitializeSpec using(String candidate, @Nullable String examined) {
        return new InitializeSpec(
                candidate, revision, examined, constraints, freeze, candidates, candidateTraining, policy);
    }
}

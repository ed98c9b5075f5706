package dev.septet.dsl.pipeline;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.evaluate.RequireSpec;
import dev.septet.dsl.pipeline.train.FreezeSpec;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The model initialization stage of a pipeline file: the base model and its requirements.
 *
 * @param model path of a folder in Hugging Face layout or of a .gguf file, or a {@link HubId}
 * @param revision branch, tag or commit on the Hub; null = {@code main}
 * @param digest expected sha256 of the model's files as 64 hexadecimal digits; null = any
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record InitializeSpec(
        String model,
        @Nullable String revision,
        @Nullable String digest,
        @Nullable RequireSpec constraints,
        @Nullable FreezeSpec freeze,
        StagePolicy policy)
        implements StageSpec {
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

    public InitializeSpec {
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
}

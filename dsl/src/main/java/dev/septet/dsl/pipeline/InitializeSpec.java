package dev.septet.dsl.pipeline;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.evaluate.RequireSpec;
import dev.septet.dsl.pipeline.train.FreezeSpec;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the file says about the base model.
 *
 * @param model path of a folder in Hugging Face layout or of a .gguf file, or a {@link HubId}
 * @param revision branch, tag or commit on the hub, null for {@code main}
 * @param digest the folder's expected sha256 as 64 hexadecimal digits, null when any will do
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

    /** A model that has no revision: a folder, a file, or what the hub has now. */
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

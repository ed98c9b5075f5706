package dev.septet.activities.serving;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.workflows.artifact.ArtifactRef;
import org.jspecify.annotations.Nullable;

/**
 * One published model of a pipeline.
 *
 * @param version the first digits of the export's sha256, for people
 * @param artifact the export: {@code model/} (merged, safetensors), {@code model-f16.gguf}, a GGUF
 *     file per quantized form such as {@code model-q8_0.gguf}, {@code adapter/} when there is one
 * @param base the base model of {@code adapter/}, null when there is no adapter
 * @param runId run that made it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Variant(
        String version, ArtifactRef artifact, @Nullable ArtifactRef base, String runId) {
    /** Digest of the export. */
    @JsonIgnore
    public String sha256() {
        return artifact.sha256();
    }

    /** Whether both have the same bytes, whichever runs made them. */
    public boolean same(@Nullable Variant other) {
        return other != null && sha256().equals(other.sha256());
    }
}

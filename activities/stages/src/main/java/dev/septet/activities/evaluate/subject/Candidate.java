package dev.septet.activities.evaluate.subject;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.train.EnginePlan;
import dev.septet.dsl.pipeline.Precision;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.artifact.ArtifactRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A model to evaluate: identified by its bytes, or by its name where a service holds it.
 *
 * @param name for progress: {@code base model}, {@code tuned model}
 * @param folder whole model in Hugging Face layout; the tokenizer's folder where a service holds the model
 * @param digest digest of the model's artifact
 * @param adapter PEFT adapter of the model, null for none
 * @param adapterDigest digest of the adapter's artifact
 * @param precision the precision that the pipeline file sets
 * @param hosted the model of a service; null where the engine opens the folder
 */
public record Candidate(
        String name,
        Path folder,
        String digest,
        @Nullable Path adapter,
        @Nullable String adapterDigest,
        Precision precision,
        @Nullable Hosted hosted) {
    /** A model that only a service can run. */
    public record Hosted(String endpoint, String model) {}

    /** A model that the engine opens. */
    public Candidate(
            String name,
            Path folder,
            String digest,
            @Nullable Path adapter,
            @Nullable String adapterDigest,
            Precision precision) {
        this(name, folder, digest, adapter, adapterDigest, precision, null);
    }

    /** A model that the engine opens, without an adapter. */
    public static Candidate whole(String name, Path folder, ArtifactRef ref, Precision precision) {
        return new Candidate(name, folder, ref.sha256(), null, null, precision);
    }

    /** The same model, as a service holds it under a name. */
    public Candidate by(Hosted service) {
        return new Candidate(name, folder, digest, adapter, adapterDigest, precision, service);
    }

    /** What computes the numbers, for keys and reports: the precision of the engine, or the service. */
    public String computedIn() {
        return hosted == null ? computed().name() : "endpoint";
    }

    /** The precision that this worker computes in; it may not support bf16. */
    public dev.septet.llm.model.config.ComputePrecision computed() {
        return EnginePlan.precision(precision);
    }

    /** The same model with an adapter. */
    public Candidate with(String name, Path adapter, ArtifactRef ref) {
        return new Candidate(name, folder, digest, adapter, ref.sha256(), precision);
    }

    /**
     * This base model's name for the model card: the service's name of a model that it holds, else the name in the
     * adapter's config, else the model's own name, else its digest.
     */
    public String publicName(Candidate tuned) throws IOException {
        if (hosted != null) {
            return hosted.model();
        }
        Path trained = tuned.adapter();
        String name = trained == null ? "" : field(trained.resolve("adapter_config.json"), "base_model_name_or_path");
        if (name.isEmpty()) {
            name = field(folder.resolve("config.json"), "_name_or_path");
        }
        // A path on the training machine is private.
        return name.isEmpty() || Path.of(name).isAbsolute() ? "sha256:" + digest : name;
    }

    private static String field(Path file, String name) throws IOException {
        if (!Files.isRegularFile(file)) {
            return "";
        }
        try {
            JsonNode root = SpecJson.mapper().readTree(file.toFile());
            return root.path(name).asText("");
        } catch (JsonProcessingException e) {
            return "";
        }
    }
}

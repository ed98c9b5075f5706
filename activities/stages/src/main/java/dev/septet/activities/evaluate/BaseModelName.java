package dev.septet.activities.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The name of the base model for the model card. */
final class BaseModelName {
    private BaseModelName() {}

    /** The service's name of a model that it holds, else the name in the adapter's config, else the model's own name, else its digest. */
    static String of(Candidate base, Candidate tuned) throws IOException {
        Candidate.Hosted hosted = base.hosted();
        if (hosted != null) {
            return hosted.model();
        }
        Path adapter = tuned.adapter();
        String name = adapter == null ? "" : field(adapter.resolve("adapter_config.json"), "base_model_name_or_path");
        if (name.isEmpty()) {
            name = field(base.folder().resolve("config.json"), "_name_or_path");
        }
        // A path on the training machine is private.
        return name.isEmpty() || Path.of(name).isAbsolute() ? "sha256:" + base.digest() : name;
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

package dev.septet.workers.cli.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.evaluate.comparison.ResultsFile;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The {@code run.json} of a run's page: its pipeline's spec, its times, and what its stages recorded. Parts that cannot be read are
 * left out, because the file is only an addition to the results.
 *
 * @param spec the JSON of the spec, without the places of expressions; null when it is missing
 */
record RunFile(@Nullable JsonNode spec, StageFacts facts) {
    private static final String NAME = "run.json";

    /** The file in a folder; empty when there is none. */
    static Optional<RunFile> read(Path folder) throws IOException {
        Path file = folder.resolve(NAME);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        JsonNode root = ResultsFile.json(file);
        PipelineSpec spec = part(root, "spec", PipelineSpec.class);
        JsonNode started = root.at("/facts/startedMillis");
        JsonNode ended = root.at("/facts/endedMillis");
        StageFacts facts = new StageFacts()
                .with(part(root, "dataset", DatasetRef.class))
                .with(part(root, "model", ModelRef.class));
        if (spec != null) {
            facts.with(spec);
        }
        if (started.isIntegralNumber() && ended.isIntegralNumber()) {
            facts.between(started.longValue(), ended.longValue());
        }
        return Optional.of(new RunFile(spec == null ? null : SpecDigest.tree(spec), facts));
    }

    private static <T> @Nullable T part(JsonNode root, String name, Class<T> type) {
        try {
            return root.path(name).isObject() ? SpecJson.mapper().treeToValue(root.path(name), type) : null;
        } catch (JsonProcessingException | IllegalArgumentException other) {
            return null; // of another version
        }
    }
}

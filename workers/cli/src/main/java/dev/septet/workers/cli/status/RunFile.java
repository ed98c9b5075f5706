package dev.septet.workers.cli.status;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.evaluate.comparison.ResultsFile;
import dev.septet.activities.report.RunCost;
import dev.septet.activities.report.RunRecord;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.Session;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.setup.SetupReport;
import dev.septet.workflows.summary.RunFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The {@code run.json} of a run's page, see {@link RunRecord}. A part that is missing, or that another version wrote, is null,
 * because the file is only an addition to the results.
 */
public record RunFile(
        @Nullable PipelineSpec spec,
        @Nullable RunFacts facts,
        @Nullable DatasetRef dataset,
        @Nullable ModelRef model,
        @Nullable SetupReport setup,
        @Nullable RunCost cost) {
    /** The file in a folder; empty when there is none. */
    public static Optional<RunFile> read(Path folder) throws IOException {
        Path file = folder.resolve(RunRecord.FILE);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        JsonNode root = ResultsFile.json(file);
        return Optional.of(new RunFile(
                part(root, "spec", PipelineSpec.class),
                part(root, "facts", RunFacts.class),
                part(root, "dataset", DatasetRef.class),
                part(root, "model", ModelRef.class),
                part(root, "setup", SetupReport.class),
                part(root, "cost", RunCost.class)));
    }

    /**
     * The file of a run's page in the store; empty when the run has no page, or this machine cannot read the workers' store.
     *
     * @param page folder of the page; null before the end of a run, and in runs of earlier versions
     */
    public static Optional<RunFile> of(Session session, @Nullable ArtifactRef page) {
        if (page == null || !session.hasStore()) {
            return Optional.empty();
        }
        try {
            return read(session.store().fetch(page));
        } catch (IOException | RuntimeException elsewhere) {
            return Optional.empty();
        }
    }

    private static <T> @Nullable T part(JsonNode root, String name, Class<T> type) {
        try {
            return root.path(name).isObject() ? SpecJson.mapper().treeToValue(root.path(name), type) : null;
        } catch (JsonProcessingException | IllegalArgumentException other) {
            return null; // of another version
        }
    }
}

package dev.septet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.prepare.DatasetPreview;
import dev.septet.activities.prepare.ModelRowEncoder;
import dev.septet.activities.prepare.Preparation;
import dev.septet.activities.prepare.SourceDigest;
import dev.septet.activities.source.SourceResolver;
import dev.septet.activities.source.SourceSet;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rows of {@code examples/documents}: places and texts of all chunks, by the quickstart's tokenizer. */
class DocumentsExampleTest {
    private static final Path EXAMPLE = Path.of("documents").toAbsolutePath();
    private static final Path GOLDEN = Path.of("src/test/resources/documents-rows.txt");

    @TempDir
    Path folder;

    @Test
    void dividesThePagesIntoChunks() throws IOException {
        PrepareSpec spec = PipelineCompiler.compile(EXAMPLE.resolve("pipeline.groovy"), Map.of())
                .spec()
                .orElseThrow()
                .prepare();
        RunRef run = new RunRef("documents", "run", EXAMPLE.toString(), "0".repeat(64));
        PipelineFiles files = new PipelineFiles(new ActivitySettings(folder.resolve("store"), List.of(), List.of()));
        SourceSet sources = SourceResolver.withoutPipelines(files).resolve(run, spec);
        SourceDigest digest = SourceDigest.of(sources);
        Path out = Files.createDirectory(folder.resolve("out"));
        try (ModelRowEncoder encoder =
                new ModelRowEncoder(Path.of("quickstart/base-model").toAbsolutePath(), spec.maxTokens())) {
            new Preparation(spec, sources, digest, encoder, encoder.digest(), 1)
                    .run(Files.createDirectory(folder.resolve("scratch")), out, rows -> {});
            DatasetPreview plan = DatasetPreview.of(spec, null, sources, digest, encoder, null, 1, null, null);
            assertThat(plan.rows().quarantined()).isZero();
            assertThat(plan.splits().test()).isPositive();
            assertThat(Objects.requireNonNull(plan.tokens()).longest()).isBetween(50, 64);
        }
        List<String> rows = new ArrayList<>();
        for (String split : List.of("train", "validation", "test")) {
            for (String line : Files.readAllLines(out.resolve(split + ".jsonl"))) {
                JsonNode row = SpecJson.mapper().readTree(line);
                rows.add(split + " " + row.path("source").asText() + " " + row.path("text"));
            }
        }
        if (Boolean.getBoolean("golden.update")) {
            Files.write(GOLDEN, rows);
        }
        assertThat(rows).isEqualTo(Files.readAllLines(GOLDEN));
    }
}

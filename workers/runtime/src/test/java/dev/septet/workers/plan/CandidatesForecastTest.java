package dev.septet.workers.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.basemodel.BaseModelFiles;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plans with the tiny model of the engine's tests, a copy of another licence, and a folder that does not exist. */
class CandidatesForecastTest {
    private static final Path TINY = Path.of(
                    "../../activities/engine/src/test/resources/dev/septet/llm/format/tiny/base")
            .toAbsolutePath()
            .normalize();

    @TempDir
    Path folder;

    @Test
    void plansForTheLargestThatCanBeTheBaseModel() throws IOException {
        copy("small");
        Files.writeString(copy("closed").resolve("README.md"), "---\nlicense: other\n---\n");
        PipelineSpec spec = spec("candidates 'closed', 'small', 'gone'; require licence: ['apache-2.0']");

        CandidatesForecast forecast = Objects.requireNonNull(forecast(spec));

        assertThat(forecast.planned()).isEqualTo("small");
        assertThat(forecast.planned(spec).initialize().model()).isEqualTo("small");
        assertThat(forecast.candidates().get(0).leftOut()).contains("the model's licence is other");
        assertThat(forecast.candidates().get(1)).satisfies(small -> {
            assertThat(small.leftOut()).isNull();
            assertThat(small.parameters()).isBetween(28_000L, 30_000L);
            assertThat(small.bytes()).isGreaterThan(4 * small.parameters());
        });
        assertThat(forecast.candidates().get(2).leftOut()).contains("'gone'");
        assertThat(forecast(spec("model 'small'"))).isNull();
    }

    @Test
    void refusesWhenNoneCanBe() throws IOException {
        copy("small");
        assertThatThrownBy(() -> forecast(spec("candidates 'small', 'gone'; require parameters: 100")))
                .hasMessageStartingWith("initialize: candidates: none of the 2 models can be the base model: small left"
                        + " out: initialize: require parameters")
                .hasMessageContaining("; gone left out: ");
    }

    private @Nullable CandidatesForecast forecast(PipelineSpec spec) throws IOException {
        PipelineFiles files =
                new PipelineFiles(new ActivitySettings(folder.resolve("store"), List.of(folder), List.of()));
        return CandidatesForecast.of(
                BaseModelFiles.of(files, Map.of()),
                new RunRef(spec.name(), "plan", folder.toString(), SpecDigest.of(spec)),
                spec);
    }

    private static PipelineSpec spec(String initialize) {
        String text = """
            pipeline('chosen') {
                prepare { dataset 'rows.jsonl'; maxTokens 128 }
                initialize { %s }
                train { method lora() }
            }
            """.formatted(initialize);
        return PipelineCompiler.compile(PipelineSource.of("pipeline.groovy", text), Map.of())
                .spec()
                .orElseThrow();
    }

    private Path copy(String name) throws IOException {
        Path copy = Files.createDirectories(folder.resolve(name));
        try (Stream<Path> files = Files.list(TINY)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName().toString()));
            }
        }
        return copy;
    }
}

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

    /** A plan and a run make the same check. */
    @Test
    void leavesOutAModelWhoseTokenizerCannotBeRead() throws IOException {
        copy("small");
        Files.writeString(copy("broken").resolve("tokenizer.json"), "{");

        CandidatesForecast forecast = Objects.requireNonNull(forecast(spec("candidates 'broken', 'small'")));

        assertThat(forecast.planned()).isEqualTo("small");
        assertThat(forecast.candidates().get(0).leftOut()).contains("tokenizer.json");
    }

    @Test
    void countsTheShortTrainings() throws IOException {
        copy("small");
        copy("other");
        CandidatesForecast forecast =
                Objects.requireNonNull(forecast(spec("candidates 'small', 'other', 'gone', steps: 40, keep: 3")));

        assertThat(forecast.training())
                .as("one of the three is left out")
                .isEqualTo(new CandidatesForecast.Training(2, 40, true, null));
        assertThat(forecast.timed(200L, 500.0).training())
                .isEqualTo(new CandidatesForecast.Training(2, 40, true, 200.0));
        assertThat(forecast.timed(10L, null).training())
                .as("a training that has fewer steps")
                .isEqualTo(new CandidatesForecast.Training(2, 10, true, null));
        assertThat(forecast.timed(null, null)).isEqualTo(forecast);
        assertThat(Objects.requireNonNull(forecast(spec("candidates 'small', 'gone', steps: 40")))
                        .training())
                .as("nothing to compare")
                .isNull();
        assertThat(Objects.requireNonNull(forecast(spec("candidates 'small', 'other'")))
                        .training())
                .isNull();
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

package dev.septet.activities.evaluate.safety;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.dsl.pipeline.evaluate.SafetySpec;
import dev.septet.dsl.pipeline.evaluate.SafetySpec.Style;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that is no guard: its answers are never verdicts. */
class EngineGuardTest {
    private static final Path BASE = TinyPipeline.baseModel();
    private static final Path MODELS = BASE.resolve("..").normalize();

    @TempDir
    Path folder;

    @Test
    void whatIsNoVerdictIsAProblem() {
        try (SafetyGuard guard =
                EngineGuard.open(BASE, ComputePrecision.FLOAT32, GuardFormat.of(Style.SHIELD_GEMMA), 0.5)) {
            List<GuardVerdict> verdicts = guard.judge(List.of(
                    new GuardedExchange("Hello", "Good day"), new GuardedExchange("word ".repeat(3000), "too long")));

            assertThat(verdicts)
                    .extracting(GuardVerdict::problem)
                    .allMatch(problem -> problem != null)
                    .last()
                    .isEqualTo("the exchange is longer than the guard's context");
            assertThat(verdicts).noneMatch(GuardVerdict::isUnsafe);
        }
    }

    @Test
    void readsAsManyOfTheLastTurnsAsFit() throws IOException {
        Path roomy = Files.createDirectory(folder.resolve("roomy"));
        try (Stream<Path> files = Files.list(BASE)) {
            for (Path file : files.toList()) {
                Files.copy(file, roomy.resolve(file.getFileName()));
            }
        }
        Path config = roomy.resolve("config.json");
        Files.writeString(
                config, Files.readString(config).replaceFirst("(\"max_position_embeddings\" *: *)[0-9]+", "$1 2000"));
        List<String> earlier =
                Stream.generate(() -> "word ".repeat(40)).limit(100).toList();
        try (SafetyGuard guard =
                EngineGuard.open(roomy, ComputePrecision.FLOAT32, GuardFormat.of(Style.LLAMA_GUARD3), 0.5)) {
            assertThat(guard.judge(List.of(new GuardedExchange("Hello", null, earlier))))
                    .extracting(GuardVerdict::problem)
                    .containsExactly("the guard's answer is no verdict");
        }
        GuardedExchange exchange = new GuardedExchange("c", "d", List.of("1", "2", "3", "4", "5", "6"));
        assertThat(exchange.shorter().earlier()).containsExactly("5", "6");
        assertThat(exchange.shorter().shorter()).isEqualTo(new GuardedExchange("c", "d"));
    }

    @Test
    void aModelOfAnUnknownFormatIsRefusedBeforeTraining() throws IOException {
        PipelineFiles files =
                new PipelineFiles(new ActivitySettings(folder.resolve("store"), List.of(), List.of(MODELS)));
        RunRef run = new RunRef("p", "run", MODELS.toString(), "0".repeat(64));
        SafetySpec.Guard guard = new SafetySpec.Guard(new SafetySpec.Model(null, "base", null), null, null);

        assertThatThrownBy(() -> GuardModels.ofProcess(files).find(run, guard, progress -> {}))
                .isInstanceOf(StageProblem.class)
                .hasMessage("safety: guard: the chat template of 'base' is none of Llama Guard, ShieldGemma or Granite"
                        + " Guardian, so its format is unknown; write `style:`, such as `style: labels` for a"
                        + " guard that Septet trained");
    }
}

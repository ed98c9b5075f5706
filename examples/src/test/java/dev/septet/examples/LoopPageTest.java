package dev.septet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.deploy.CanarySpec;
import dev.septet.dsl.problem.ProblemPrinter;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.SearchTags;
import dev.septet.workflows.retrain.Trigger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the page about the loop says is so. */
class LoopPageTest {
    private static final Path PAGE = Path.of("../.github/docs/loop.md");

    @Test
    void itsPipelineCompilesToWhatItSays() throws IOException {
        var block = Pattern.compile("```groovy\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE));
        assertThat(block.find()).isTrue();
        var compiled = PipelineCompiler.compile(PipelineSource.of("support.groovy", block.group(1)), Map.of());

        assertThat(compiled.printed()).isEmpty();
        PipelineSpec spec = compiled.spec().orElseThrow();
        CanarySpec canary =
                Objects.requireNonNull(Objects.requireNonNull(spec.deploy()).canary());
        assertThat(canary.share()).isEqualTo(0.1);
        assertThat(canary.maxErrors()).isEqualTo(0.02);
        assertThat(spec.evaluate().champion()).isNotNull();
        var monitor = Objects.requireNonNull(spec.monitor());
        assertThat(Objects.requireNonNull(monitor.onDrift()).replay()).isNull();
        assertThat(compiled.remarks()).isEmpty();
        String replay = block.group(1).replace("2.perWeek", "2.perWeek, replay: 20.percent");
        var remarked = PipelineCompiler.compile(PipelineSource.of("support.groovy", replay), Map.of());
        assertThat(ProblemPrinter.text(remarked.remarks())).contains("remark: `replay:` has no effect");
        assertThat(remarked.spec()).isPresent();
        assertThat(Objects.requireNonNull(monitor.onFeedback()).after()).isEqualTo(200);
    }

    @Test
    void itsTableHasTheDefaultsOfTheCanary() throws IOException {
        String options = Pattern.compile("\\| `(max\\w+)`[^|]*\\| `([^`]+)` \\|")
                .matcher(Files.readString(PAGE))
                .results()
                .map(row -> ", " + row.group(1) + ": " + row.group(2))
                .collect(Collectors.joining());

        assertThat(options.split(", ")).hasSize(6);
        assertThat(canary("canary 10.percent, hold: 30.minutes, minRequests: 50" + options))
                .isEqualTo(canary("canary 10.percent"));
    }

    private static CanarySpec canary(String line) {
        String text = """
            pipeline('p') {
                prepare { dataset 'a.jsonl' }
                initialize { model 'm' }
                train { method lora() }
                deploy { target http { port 8080 }; %s }
            }
            """.formatted(line);
        var compiled = PipelineCompiler.compile(PipelineSource.of("p.groovy", text), Map.of());
        assertThat(compiled.printed()).isEmpty();
        return Objects.requireNonNull(
                Objects.requireNonNull(compiled.spec().orElseThrow().deploy()).canary());
    }

    @Test
    void theTransitionsItNamesAreThoseAtWhichItsTestKills() throws IOException {
        String page = Files.readString(PAGE);
        Path tests = Path.of("src/test/java/dev/septet/examples/e2e");
        assertThat(page).contains("`TransitionKillIT`");
        assertThat(tests.resolve("TransitionKillIT.java")).exists();
        var kills = Pattern.compile("\n    ([A-Z_]+)[,\n]").matcher(Files.readString(tests.resolve("Transition.java")));
        assertThat(kills.results().map(found -> found.group(1)))
                .hasSize(6)
                .allMatch(name -> page.contains("| %s |"
                        .formatted(name.toLowerCase(Locale.ROOT)
                                .replace("_or_", ", ")
                                .replace('_', ' '))));
    }

    @Test
    void itsNamesAreThoseOfTheProgram() throws IOException {
        String page = Files.readString(PAGE);
        assertThat(page).contains("`" + FailureType.CANARY_FAILED.type() + "`");
        assertThat(page).contains("`" + SearchTags.TRIGGER.getName() + "`");
        for (Trigger trigger : Trigger.values()) {
            assertThat(page).contains("`" + trigger.word() + "`");
        }
    }
}

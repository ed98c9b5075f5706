package dev.septet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.evaluate.GroundingSpec;
import dev.septet.dsl.pipeline.evaluate.JudgeSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the page about contamination, fairness and grounding says of the language is so. */
class GroundingPageTest {
    private static final Path PAGE = Path.of("../.github/docs/fairness-and-grounding.md");
    private static final String PIPELINE = """
        pipeline('support') {
            prepare    { dataset 'data/rows.jsonl' }
            initialize { model 'models/base' }
            train      { method lora() }
            %s
        }
        """;

    @Test
    void itsBlocksCompileAndItsDefaultsAreThoseOfTheJudge() throws IOException {
        String page = Files.readString(PAGE);
        Matcher block = Pattern.compile("```groovy\n(.*?)```", Pattern.DOTALL).matcher(page);
        List<GroundingSpec> specs = new ArrayList<>();
        while (block.find()) {
            var compiled = PipelineCompiler.compile(
                    PipelineSource.of("page.groovy", PIPELINE.formatted(block.group(1))), Map.of());
            assertThat(compiled.printed()).isEmpty();
            specs.add(Objects.requireNonNull(
                    compiled.spec().orElseThrow().evaluate().checksOrNone().grounding()));
        }
        assertThat(specs).hasSize(2);
        assertThat(specs.get(0).judge()).isNull();
        JudgeSpec judge = Objects.requireNonNull(specs.get(1).judge());
        assertThat(page)
                .contains("| `%s.percent` |".formatted(Math.round(100 * judge.unmeasured())))
                .contains(String.format(Locale.ROOT, "| no limit, %d |", judge.concurrency()))
                .contains("at most %s".formatted(JudgeSpec.MOST_JUDGES == 5 ? "five" : "another number"));
        assertThat(page.toLowerCase(Locale.ROOT)).contains("`supported`", "`not mentioned`", "`contradicted`");
    }
}

package dev.septet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.evaluate.gate.Rate;
import dev.septet.activities.evaluate.safety.Jailbreaks;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.evaluate.SafetySpec;
import dev.septet.dsl.vocabulary.word.EnumName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the page about safety checks says of the language and of the numbers is so. */
class SafetyPageTest {
    private static final Path PAGE = Path.of("../.github/docs/safety.md");

    @Test
    void itsPipelineCompilesAndItsTablesNameEveryStyleAndDisguise() throws IOException {
        String page = Files.readString(PAGE);
        Matcher block = Pattern.compile("```groovy\n(.*?)```", Pattern.DOTALL).matcher(page);
        assertThat(block.find()).isTrue();
        var compiled = PipelineCompiler.compile(PipelineSource.of("safety.groovy", block.group(1)), Map.of());
        assertThat(compiled.printed()).isEmpty();
        assertThat(compiled.spec().orElseThrow().evaluate().safety()).isNotNull();
        for (SafetySpec.Style style : SafetySpec.Style.values()) {
            assertThat(page).contains("| `" + EnumName.of(style) + "` |");
        }
        List<String> disguises =
                Arrays.stream(SafetySpec.Disguise.values()).map(EnumName::of).toList();
        assertThat(disguises).allSatisfy(disguise -> assertThat(page).contains("`" + disguise + "`"));
    }

    @Test
    void itsNumbersAreThoseOfTheGate() throws IOException {
        String page = Files.readString(PAGE).replaceAll("\\s+", " ");
        assertThat(page)
                .contains(String.format(
                        Locale.ROOT,
                        "1 %% needs %d rows, 5 %% needs %d, and 10 %% needs %d",
                        Rate.leastRows(0.01),
                        Rate.leastRows(0.05),
                        Rate.leastRows(0.1)))
                .contains(String.format(
                        Locale.ROOT,
                        "%d own harmful prompts",
                        Jailbreaks.prompts().size()));
    }

    /** The second pipeline of the example names a model that only the first one makes. */
    @Test
    void theJudgedModelOfTheExampleCompilesWithTheGuard() throws IOException {
        String text = Files.readString(Path.of("guard/assistant.groovy"));
        var compiled = PipelineCompiler.compile(PipelineSource.of("assistant.groovy", text), Map.of());
        assertThat(compiled.printed()).isEmpty();
    }
}

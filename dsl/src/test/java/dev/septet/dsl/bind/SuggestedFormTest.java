package dev.septet.dsl.bind;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.Compilation;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a message tells an author to write is valid where the mistake stood. */
class SuggestedFormTest {
    private static final Pattern WRITE = Pattern.compile("Write `([^`]*)`");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "method lora(rank: 16)",
                "method qlora(rank: 16, alpha: 32)",
                "method dora(r: 8, target_modules: ['q_proj', 'v_proj'])",
                "method lora(rank: 16) { alpha 32 }",
                "method lora { rank: 16, alpha: 32 }",
                "method dora { rank: 8, alpha: 16 }",
                "method partial(layers: 2)",
                "lora()",
                "metric exactMatch >= 0.9",
                "metric rougeL > 0.3",
                "metric exactMatch < 0.9",
                "metric loss <= 2.5",
                "directory 'out'",
                "vllm('out')",
                "ollama 'tuned', directory: 'out'",
                "http { port 8080 }",
                "target directory 'out'",
                "batch { size: 8, accumulate: 4 }",
                "filter { (row.tag ?: 'none') == 'none' }"
            })
    void isValid(String mistake) {
        Compilation wrong = compile(mistake);
        assertThat(wrong.problems()).hasSize(1);
        Matcher write = WRITE.matcher(wrong.problems().get(0).hint());
        assertThat(write.find()).as(wrong.printed()).isTrue();
        String right = mistake.startsWith("filter") ? filter(write.group(1)) : write.group(1);
        // the value alone is told where the word before it was right
        String line = right.matches("(q?lora|dora|partial) .*") ? "method " + right : right;
        assertThat(compile(line).printed()).as(line).isEmpty();
    }

    /** A search for the word before the braces once tried every place of a long text. */
    @Test
    @Timeout(120)
    void aLongTextBeforeTheBracesTakesNoTime() {
        String comment = "/* " + ("a".repeat(900) + "\n").repeat(200) + "! */\n";
        String file = comment + "pipeline('x') { train { method lora { rank: 16, alpha: 32 } } }\n";
        Compilation wrong = PipelineCompiler.compile(PipelineSource.of("p.groovy", file), Map.of());
        assertThat(wrong.printed()).contains("braces hold statements, not a map", "Write `lora { rank 16; alpha 32 }`");
    }

    private static String filter(String expression) {
        return "filter { (" + expression + ") == 'none' }";
    }

    private static Compilation compile(String line) {
        String word = line.substring(0, Math.max(1, (line + " ").indexOf(' ')));
        boolean evaluate = word.equals("metric");
        boolean prepare = word.equals("filter");
        boolean train = line.matches("(method|lora|batch).*");
        boolean method = line.matches("(method|lora).*");
        String text = """
            pipeline('support') {
                prepare { dataset 'rows.jsonl'; %s }
                initialize { model 'base' }
                train { %s; %s }
                evaluate { %s }
                deploy { %s }
            }
            """.formatted(
                        prepare ? line : "maxBadRows 0",
                        method ? "clip 1.0" : "method lora()",
                        train ? line : "clip 1.0",
                        evaluate ? line : "metric loss",
                        evaluate || prepare || train ? "target directory('models/tuned')" : line);
        return PipelineCompiler.compile(
                PipelineSource.of("test.groovy", text.replace("clip 1.0; clip 1.0", "clip 1.0")), Map.of());
    }
}

package dev.septet.workers.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.Session;
import dev.septet.workflows.PipelineRequest;
import dev.septet.workflows.notify.Notice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the page on steering shows is what the program takes and says. */
class SteeringPageTest {
    private static final String PAGE = "steering.md";

    @Test
    void itsPipelineCompiles() throws IOException {
        var compiled = PipelineCompiler.compile(
                PipelineSource.of(
                        "support-bot.groovy", DocPage.of(PAGE).blocks("groovy").get(0)),
                Map.of());

        assertThat(compiled.printed()).isEmpty();
        assertThat(compiled.spec().orElseThrow().notifications()).hasSize(2);
    }

    @Test
    void itsNoticeIsWhatIsSent() throws IOException {
        JsonNode shown =
                SpecJson.mapper().readTree(DocPage.of(PAGE).blocks("json").get(0));

        Notice notice = SpecJson.mapper().treeToValue(shown, Notice.class);

        JsonNode sent = SpecJson.mapper().valueToTree(notice);
        assertThat(sent).isEqualTo(shown);
    }

    @Test
    void itsCommandsAreTaken() throws IOException {
        List<String> lines = DocPage.of(PAGE).blocks("bash").stream()
                .flatMap(String::lines)
                .filter(l -> !l.isBlank())
                .toList();

        assertThat(lines).hasSizeGreaterThan(5);
        for (String line : lines) {
            String[] words = words(line.replaceFirst(" #.*", ""));
            assertThatCode(() -> Septet.commandLine(Session.system()).parseArgs(words))
                    .as(line)
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void itsRequestResumes() throws IOException {
        MatchResult json = Pattern.compile("`(\\{\"pipeline\".*?)`")
                .matcher(DocPage.of(PAGE).text())
                .results()
                .findFirst()
                .orElseThrow();

        PipelineRequest request = SpecJson.mapper().readValue(json.group(1), PipelineRequest.class);

        assertThat(Objects.requireNonNull(request.resume()).from()).isEqualTo("train");
    }

    /** The words after {@code septet}, as a shell would part them. */
    private static String[] words(String line) {
        List<String> words = new ArrayList<>();
        Pattern.compile("'([^']*)'|(\\S+)")
                .matcher(line.strip())
                .results()
                .forEach(word -> words.add(word.group(1) == null ? word.group(2) : word.group(1)));
        return words.subList(1, words.size()).toArray(String[]::new);
    }
}

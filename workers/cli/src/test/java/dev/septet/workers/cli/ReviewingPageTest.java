package dev.septet.workers.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.evaluate.votes.AnswerPair.Verdict;
import dev.septet.activities.evaluate.votes.PairSample;
import dev.septet.activities.evaluate.votes.Vote;
import dev.septet.activities.evaluate.votes.VoteWriter;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Model.OptionSpec;

/** What the page on reviewing shows is what the program takes and writes. */
class ReviewingPageTest {
    private static final String PAGE = "reviewing.md";

    @TempDir
    private Path home = Path.of("");

    @Test
    void itsPipelineCompiles() throws IOException {
        Files.createDirectories(home.resolve("base-model"));
        Files.writeString(Files.createDirectories(home.resolve("data")).resolve("tickets.jsonl"), "{}\n");
        Path file = Files.writeString(
                home.resolve("desk.groovy"), DocPage.of(PAGE).blocks("groovy").get(0));
        assertThat(PipelineCompiler.compile(file, Map.of()).printed()).isEmpty();
    }

    @Test
    void itsCommandsAndOptionsAreThoseOfTheProgram() throws IOException {
        String page = DocPage.of(PAGE).text();
        int commands = 0;
        for (String block : DocPage.of(PAGE).blocks("bash")) {
            for (String line : block.lines().filter(one -> !one.isBlank()).toList()) {
                String[] words = line.replaceAll("\\s+#.*", "")
                        .replaceFirst("^./septet ", "")
                        .split(" ");
                assertThat(Septet.commandLine(new Captured(home).session())
                                .parseArgs(words)
                                .subcommand())
                        .as(line)
                        .isNotNull();
                commands++;
            }
        }
        assertThat(commands).isGreaterThan(8);
        List<String> options = Objects.requireNonNull(Septet.commandLine(new Captured(home).session())
                        .getSubcommands()
                        .get("review"))
                .getCommandSpec()
                .options()
                .stream()
                .map(OptionSpec::longestName)
                .toList();
        assertThat(page.lines()
                        .filter(line -> line.startsWith("| `--"))
                        .map(line -> line.replaceAll("^\\| `(--[a-z]+)`.*", "$1")))
                .hasSize(8)
                .allMatch(options::contains);
    }

    @Test
    void itsKeysAreThoseOfThePage() throws IOException {
        try (InputStream script = Septet.class.getResourceAsStream("review/review.js")) {
            String text = new String(Objects.requireNonNull(script).readAllBytes(), StandardCharsets.UTF_8);
            assertThat(text)
                    .contains("ArrowLeft: \"left\", ArrowRight: \"right\", t: \"tie\", s: \"skip\"", "key === \"u\"");
            assertThat(DocPage.of(PAGE).text())
                    .contains(
                            "| `ArrowLeft` | `l` | the left", "| `t` | `t` | a tie", "| `s` | `s` |", "| `u` | `u` |");
        }
    }

    @Test
    void itsLinesHaveTheFieldsOfTheFile() throws IOException {
        Path file = home.resolve("votes.jsonl");
        try (VoteWriter writer = VoteWriter.open(file)) {
            writer.append(PairSample.of("", "baseline", 1, List.of("a"), 1));
            writer.append(new Vote(
                    "0".repeat(16),
                    "a".repeat(64),
                    "b".repeat(64),
                    "c".repeat(64),
                    Verdict.FIRST,
                    "2026-03-01T12:00:00Z"));
        }
        List<String> shown = DocPage.of(PAGE).blocks("json").get(0).lines().toList();
        List<String> written = Files.readAllLines(file);
        for (int line = 0; line < 2; line++) {
            JsonNode one = SpecJson.mapper().readTree(shown.get(line));
            JsonNode other = SpecJson.mapper().readTree(written.get(line));
            assertThat(names(one)).isEqualTo(names(other));
            assertThat(names(one.path("event"))).isEqualTo(names(other.path("event")));
        }
        for (Verdict verdict : Verdict.values()) {
            assertThat(DocPage.of(PAGE).text()).contains("`" + verdict.name().toLowerCase(Locale.ROOT) + "`");
        }
    }

    private static List<String> names(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }
}

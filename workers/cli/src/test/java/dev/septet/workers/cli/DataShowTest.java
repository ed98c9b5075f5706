package dev.septet.workers.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows as the model reads them, in the terminal and as JSON. */
class DataShowTest {
    private static final Path QUICKSTART =
            Path.of("../../examples/quickstart").toAbsolutePath().normalize();

    @TempDir
    private Path home = Path.of("");

    private Captured septet = new Captured(home);
    private Path folder = Path.of("");

    @BeforeEach
    void write() throws IOException {
        septet = new Captured(home);
        folder = Files.createDirectories(home.resolve("pipelines"));
        Files.createSymbolicLink(folder.resolve("base-model"), QUICKSTART.resolve("base-model"));
    }

    private Path pipeline(String prepare) throws IOException {
        Path file = folder.resolve("pipeline.groovy");
        Files.writeString(file, """
            pipeline('shown') {
                prepare { %s }
                initialize { model 'base-model' }
                train { method lora() }
            }
            """.formatted(prepare));
        return file;
    }

    private int show(Object... words) {
        Object[] all = new Object[words.length + 4];
        System.arraycopy(new Object[] {"data", "show", "--data", QUICKSTART}, 0, all, 0, 4);
        System.arraycopy(words, 0, all, 4, words.length);
        return septet.run(all);
    }

    @Test
    void marksWhatTrainingLearns() throws IOException {
        Files.writeString(folder.resolve("rows.jsonl"), "{\"prompt\": \"say one\", \"completion\": \"one\"}\n");
        assertThat(show(pipeline("dataset 'rows.jsonl'; maxTokens 32")))
                .as(septet.err())
                .isEqualTo(ExitCode.OK);
        assertThat(septet.out())
                .contains("Data     rows.jsonl: JSON Lines, format completion")
                .contains("Lengths      1 to ")
                .contains("Longest  rows.jsonl:1, ")
                .containsPattern("rows\\.jsonl:1  \\d+ tokens, \\d+ learned\nsay one>>one");
    }

    @Test
    void choosesTheSameRowsForTheSameSeed() throws IOException {
        Path file = QUICKSTART.resolve("pipeline.groovy");
        assertThat(show("--json", "--rows", "5", file)).as(septet.err()).isEqualTo(ExitCode.OK);
        JsonNode first = SpecJson.mapper().readTree(septet.out());
        assertThat(first.at("/data/rows/kept").asInt()).isEqualTo(2960);
        assertThat(first.at("/view/rows")).hasSize(5);
        assertThat(first.at("/view/longest/0/tokens").asInt()).isEqualTo(123);
        int all = 0;
        for (JsonNode bucket : first.at("/view/lengths")) {
            all += bucket.path("rows").asInt();
        }
        assertThat(all).isEqualTo(2960);
        StringBuilder learned = new StringBuilder();
        first.at("/view/rows/0/parts")
                .forEach(part -> learned.append(part.path("learned").asBoolean() ? "L" : "c"));
        assertThat(learned.toString()).matches("c(Lc)*L?");

        assertThat(show("--json", "--rows", "5", file)).isEqualTo(ExitCode.OK);
        assertThat(SpecJson.mapper().readTree(septet.out())).isEqualTo(first);
        assertThat(show("--json", "--rows", "5", "--seed", "2", file)).isEqualTo(ExitCode.OK);
        assertThat(SpecJson.mapper().readTree(septet.out()).at("/view/rows")).isNotEqualTo(first.at("/view/rows"));
    }

    @Test
    void controlCharactersOfARowCannotControlTheTerminal() throws IOException {
        Files.writeString(
                folder.resolve("rows.jsonl"), "{\"prompt\": \"red \\u001b[31m\", \"completion\": \"\\u0007 bell\"}\n");
        assertThat(show(pipeline("dataset 'rows.jsonl'; maxTokens 64")))
                .as(septet.err())
                .isEqualTo(ExitCode.OK);
        assertThat(septet.out()).doesNotContain("\u001b").doesNotContain("\u0007");
    }

    @Test
    void whatCannotBeShownSaysWhy() throws IOException {
        assertThat(show(pipeline("dataset 'missing.jsonl'"))).isEqualTo(ExitCode.PIPELINE_INVALID);
        assertThat(septet.err()).contains("there is no file 'missing.jsonl'");
        assertThat(show("--rows", "-1", pipeline("dataset 'missing.jsonl'"))).isEqualTo(ExitCode.USAGE);
        assertThat(show(pipeline("dataset pipeline('other')"))).isEqualTo(ExitCode.PIPELINE_INVALID);
        assertThat(septet.err()).contains("reads rows that another pipeline prepared; show that pipeline's file");
    }
}

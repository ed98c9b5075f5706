package dev.septet.workers.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.workers.cli.option.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run would refuse before its training, {@code plan} refuses without a run. */
class PlanRefusalsTest {
    private static final Path QUICKSTART =
            Path.of("../../examples/quickstart").toAbsolutePath().normalize();
    private static final String ROW = "{\"prompt\":\"2+2\",\"completion\":\"4\"}\n";

    @TempDir
    private Path home = Path.of("");

    private Captured septet = new Captured(home);
    private Path folder = Path.of("");

    @BeforeEach
    void write() throws IOException {
        septet = new Captured(home);
        folder = Files.createDirectories(home.resolve("pipelines"));
        Files.createSymbolicLink(folder.resolve("base-model"), QUICKSTART.resolve("base-model"));
        Files.writeString(folder.resolve("rows.jsonl"), ROW.repeat(50));
        Files.writeString(folder.resolve("text.jsonl"), "{\"text\":\"once\"}\n".repeat(50));
    }

    private int plan(String dataset, String evaluate, String deploy, String... options) throws IOException {
        Path file = Files.writeString(folder.resolve("desk.groovy"), """
            pipeline('desk') {
                prepare    { dataset '%s' }
                initialize { model 'base-model' }
                train      { method lora() }
                evaluate   { %s }
                deploy     { %s }
            }
            """.formatted(dataset, evaluate, deploy));
        Object[] words = new Object[options.length + 4];
        words[0] = "plan";
        words[1] = "--data";
        words[2] = QUICKSTART;
        System.arraycopy(options, 0, words, 3, options.length);
        words[words.length - 1] = file;
        return septet.run(words);
    }

    @Test
    void plansWhatNothingIsWrongWith() throws IOException {
        Files.writeString(folder.resolve("probe.jsonl"), ROW);
        assertThat(plan(
                        "rows.jsonl",
                        "metric exactMatch; forgetting suite: 'rows.jsonl', maxDrop:" + " 5.percent",
                        "target directory('out'); target ollama('desk', directory: 'ol');"
                                + " target http { port 8080 }; canary 10.percent, probe:"
                                + " 'probe.jsonl'"))
                .as(septet.err())
                .isEqualTo(ExitCode.OK);
        assertThat(folder.resolve("out")).doesNotExist();
        assertThat(plan("text.jsonl", "metric loss", "target directory('out')"))
                .as(septet.err())
                .isEqualTo(ExitCode.OK);
    }

    @Test
    void refusesMetricsOfAnswersOnPlainText() throws IOException {
        refused(
                plan("text.jsonl", "metric exactMatch", "target directory('out')"),
                "evaluate: text.jsonl: its rows are plain text, but exactMatch compares written"
                        + " answers with a reference");
    }

    @Test
    void refusesABadSuiteAndABadProbe() throws IOException {
        Files.writeString(folder.resolve("bad.jsonl"), ROW + "{\"prompt\":\"3+3\"}\n");
        refused(
                plan(
                        "rows.jsonl",
                        "metric loss; forgetting suite: 'bad.jsonl', maxDrop: 5.percent",
                        "target directory('out')"),
                "forgetting suite: bad.jsonl:2");
        refused(
                plan("rows.jsonl", "metric loss", "target http { port 8080 }; canary 10.percent, probe: 'bad.jsonl'"),
                "canary's probe: bad.jsonl:2");
    }

    @Test
    void refusesTargetsThatCannotBePublishedTo() throws IOException {
        refused(
                plan("rows.jsonl", "metric loss", "target s3('s3://models/x', endpoint: 'https://stranger.example')"),
                "sends its keys to no server but those its operator named; let them add"
                        + " https://stranger.example to SEPTET_S3_ENDPOINTS");
        Files.createDirectories(folder.resolve("out"));
        Files.writeString(folder.resolve("out/notes.txt"), "mine");
        refused(
                plan("rows.jsonl", "metric loss", "target directory('out')"),
                "out holds notes.txt, which no publication created");
    }

    @Test
    void refusesATemplateThatOllamaCannotExpress() throws IOException {
        Files.delete(folder.resolve("base-model"));
        Path model = Files.createDirectories(folder.resolve("base-model"));
        try (var files = Files.list(QUICKSTART.resolve("base-model"))) {
            for (Path file : files.toList()) {
                if (!file.endsWith("chat_template.jinja")) {
                    Files.copy(file, model.resolve(file.getFileName()));
                }
            }
        }
        Files.writeString(model.resolve("chat_template.jinja"), "the last words: {{ messages[-1]['content'] }}");
        refused(
                plan("rows.jsonl", "metric loss", "target ollama('desk', directory: 'ol')"),
                "deploy: ollama: this model's chat template cannot be written in Ollama's template" + " language");
    }

    private void refused(int code, String message) {
        assertThat(septet.err()).contains(message);
        assertThat(code).isEqualTo(ExitCode.PIPELINE_INVALID);
    }
}

package dev.septet.workers.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code plan} says of data that no run has prepared. */
class PlanDataTest {
    private static final Path QUICKSTART =
            Path.of("../../examples/quickstart").toAbsolutePath().normalize();
    private static final String CANARY = "canary4711";

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

    @Test
    void ofTheQuickstartIsToldWhole() throws IOException {
        Path file = QUICKSTART.resolve("pipeline.groovy");
        assertThat(septet.run("plan", file)).as(septet.err()).isEqualTo(ExitCode.OK);
        assertThat(septet.out())
                .contains(
                        "Data     data/tickets.jsonl: JSON Lines, format chat, decided by `format:"
                                + " chat` of the pipeline",
                        "         3,000 rows, all read",
                        "         of these 2,960 kept, 3 bad, 37 duplicates",
                        "         bad: data/tickets.jsonl:812: messages[1] from assistant is empty",
                        "Tokens   227,960; per row: median 76, 95th percentile 105, longest 123",
                        "Split    2,723 train, 89 validation, 148 test rows",
                        "Steps    240; an epoch has 171",
                        "Time     known once setup has measured a step")
                .doesNotContain("about 2,");

        assertThat(septet.run("plan", "--json", file)).isEqualTo(ExitCode.OK);
        JsonNode plan = SpecJson.mapper().readTree(septet.out());
        assertThat(plan.at("/data/whole").asBoolean()).isTrue();
        assertThat(plan.at("/data/source/format").asText()).isEqualTo("chat");
        assertThat(plan.at("/data/rows/kept").asInt()).isEqualTo(2960);
        assertThat(plan.at("/data/firstBadRows")).hasSize(3);
        assertThat(plan.at("/data/tokens/total").asInt()).isEqualTo(227_960);
        assertThat(plan.at("/data/splits/train").asInt()).isEqualTo(2723);
        assertThat(plan.at("/stepsPerEpoch").asInt()).isEqualTo(171);
    }

    @Test
    void longRowsAndDroppedRowsAreCounted() throws IOException {
        Files.writeString(
                folder.resolve("rows.csv"),
                "prompt,completion\n"
                        + "say one,one\nsay two,two\nsay three,three\n"
                        + "say much,\""
                        + (CANARY + " ").repeat(80)
                        + "\"\n");
        assertThat(septet.run("plan", "--data", QUICKSTART, pipeline("dataset 'rows.csv'; maxTokens 32, longer: drop")))
                .as(septet.err())
                .isEqualTo(ExitCode.OK);
        assertThat(septet.out())
                .contains(
                        "Data     rows.csv: CSV, format completion, decided by the fields of" + " rows.csv:2",
                        "of these 3 kept, 1 dropped as longer than maxTokens",
                        "1 longer than maxTokens 32")
                .doesNotContain(CANARY);
    }

    /** Few test rows are few with folds too, and a fold without rows fails before a run. */
    @Test
    void foldsAreCheckedAndTheTestRowsAreCounted() throws IOException {
        StringBuilder rows = new StringBuilder("prompt,completion,customer\n");
        for (int row = 0; row < 60; row++) {
            rows.append(String.format(Locale.ROOT, "say %d,%d,%s\n", row, row, CANARY + row % 3));
        }
        Files.writeString(folder.resolve("rows.csv"), rows);
        String split =
                "dataset 'rows.csv'; split train: 80.percent, validation: 10.percent, test: 10.percent, folds: 5";
        assertThat(septet.run("plan", "--data", QUICKSTART, pipeline(split)))
                .as(septet.err())
                .isEqualTo(ExitCode.OK);
        assertThat(septet.out())
                .contains(
                        "Folds    5 further trainings and evaluations before it, each tested with 12 other rows",
                        "only 6 test rows: ",
                        "(95 % confidence); add rows\n");

        assertThat(septet.run("plan", "--data", QUICKSTART, pipeline(split + ", by: 'customer'")))
                .isNotEqualTo(ExitCode.OK);
        assertThat(septet.err())
                .contains(
                        "has no rows to test: the 60 rows have 3 different values of `by: 'customer'`",
                        "lower `folds:`")
                .doesNotContain(CANARY);
    }

    @Test
    void ofASampleIsToldAsOne() throws IOException {
        StringBuilder rows = new StringBuilder();
        for (int row = 0; row < 100_000; row++) {
            String answer = row % 100 == 99 ? "" : "a" + row;
            rows.append(String.format(
                    Locale.ROOT, "{\"prompt\":\"q %d %s\",\"completion\":\"%s\"}%n", row, CANARY.repeat(6), answer));
        }
        Files.writeString(folder.resolve("rows.jsonl"), rows);
        assertThat(septet.run("plan", "--data", QUICKSTART, pipeline("dataset 'rows.jsonl'; maxBadRows 60")))
                .as(septet.err())
                .isEqualTo(ExitCode.OK);
        assertThat(septet.out())
                .contains(
                        "         a sample of 5,000 of 100,000 rows read",
                        "of these 4,950 kept, 50 bad",
                        "the whole file may have about 1,000 bad rows, allowed are 60: a run would" + " fail",
                        "bad: rows.jsonl:100: ",
                        "and more bad rows",
                        "Tokens   about ",
                        "Split    about ",
                        "Steps    about ")
                .doesNotContain(CANARY);
    }

    @Test
    void badDataHasPreparesMessageAndARunsExitCode() throws IOException {
        assertThat(septet.run("plan", "--data", QUICKSTART, pipeline("dataset 'gone.jsonl'")))
                .isEqualTo(ExitCode.PIPELINE_INVALID);
        assertThat(septet.err()).contains("there is no file 'gone.jsonl'");

        Files.writeString(folder.resolve("empty.jsonl"), "\n");
        assertThat(septet.run("plan", "--data", QUICKSTART, pipeline("dataset 'empty.jsonl'")))
                .isEqualTo(ExitCode.RUN_FAILED);
        assertThat(septet.err()).contains("empty.jsonl: no row is left to train on (of 0 read)");

        Files.writeString(folder.resolve("bad.jsonl"), "{\"text\": " + CANARY + "}\n");
        assertThat(septet.run("plan", "--data", QUICKSTART, pipeline("dataset 'bad.jsonl'")))
                .isEqualTo(ExitCode.RUN_FAILED);
        assertThat(septet.err())
                .contains(
                        "1 bad row in bad.jsonl, allowed are 0:",
                        "  bad.jsonl:1: is not valid JSON",
                        "Correct the rows, or set them aside with `maxBadRows 1`")
                .doesNotContain(CANARY);
        assertThat(septet.out()).isEmpty();
    }

    @Test
    void withoutTheBaseModelTellsRowsAndNoTokens() throws IOException {
        septet.with("HF_HUB_OFFLINE", "1")
                .with("HF_HUB_CACHE", home.resolve("hub").toString());
        Files.writeString(folder.resolve("rows.jsonl"), "{\"text\": \"one\"}\n".repeat(4));
        Path file = pipeline("dataset 'rows.jsonl'");
        Files.writeString(file, Files.readString(file).replace("'base-model'", "'nobody/nothing'"));
        assertThat(septet.run("plan", file)).isEqualTo(ExitCode.PIPELINE_INVALID);
        assertThat(septet.err()).contains("'nobody/nothing' at 'main' is not (completely) in the cache");
        assertThat(septet.out())
                .contains(
                        "4 rows, all read",
                        "of these 1 kept, 3 duplicates",
                        "Tokens   not known before the base model is downloaded");

        assertThat(septet.run("plan", "--json", file)).isEqualTo(ExitCode.PIPELINE_INVALID);
        JsonNode plan = SpecJson.mapper().readTree(septet.out());
        assertThat(plan.at("/data/rows/kept").asInt()).isEqualTo(1);
        assertThat(plan.at("/data/tokens").isMissingNode()).isTrue();
    }

    private Path pipeline(String prepare) throws IOException {
        return Files.writeString(folder.resolve("desk.groovy"), """
            pipeline('desk') {
                prepare    { %s; deduplicate exact }
                initialize { model 'base-model' }
                train      { method lora(); epochs 2 }
            }
            """.formatted(prepare));
    }
}

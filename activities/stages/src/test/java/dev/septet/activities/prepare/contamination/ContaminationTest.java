package dev.septet.activities.prepare.contamination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.dataset.CompletionRow;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.TextRow;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.prepare.JsonLinesFile;
import dev.septet.activities.time.CpuTime;
import dev.septet.dsl.pipeline.evaluate.TestSetSpec;
import dev.septet.dsl.pipeline.prepare.CleaningSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.RowNamesSpec;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContaminationTest {
    private static final String ANSWER =
            "the parcel left our house on monday and the carrier brings it before noon on the next working day";

    @TempDir
    private Path folder;

    private Contamination contamination(int ngram, String... tests) throws IOException {
        Path file = folder.resolve("test.jsonl");
        Files.write(file, List.of(tests));
        return contamination(ngram, file);
    }

    private Contamination contamination(int ngram, Path file) throws IOException {
        return new Contamination(
                new CleaningSpec.Decontamination(List.of(), ngram),
                new TestFiles(List.of(new TestFiles.TestFile(new SourceFile(file, "tests/a.jsonl"))), ""),
                new JsonLinesFile(folder.resolve("contaminated.jsonl")));
    }

    private static String test(String prompt, String completion) {
        return "{\"prompt\":\"%s\",\"completion\":\"%s\"}".formatted(prompt, completion);
    }

    private static Row row(String prompt, String completion) {
        return new CompletionRow(prompt, completion, new RowPlace("rows.jsonl", 7));
    }

    @Test
    void removesARowThatSharesThirteenWordsAndNamesTheTestRow() throws IOException {
        try (Contamination found =
                contamination(13, test("where is it", "soon"), test("and now what happens", ANSWER))) {
            String thirteen = "The parcel left our house, on Monday; and the carrier brings it \\\"before\\\"";
            assertThat(found.removes(row("another question", "Hello! " + thirteen + " ten.")))
                    .isTrue();
            assertThat(found.removes(row("another question", thirteen.replace("before", "after"))))
                    .isFalse();
            assertThat(found.removes(row(ANSWER, "other answer")))
                    .as("in the prompt")
                    .isTrue();
            assertThat(found.removed()).isEqualTo(2);
            assertThat(found.testRows()).isEqualTo(2);
        }
        assertThat(Files.readAllLines(folder.resolve("contaminated.jsonl")))
                .containsExactly(
                        "{\"source\":\"rows.jsonl:7\",\"test\":\"tests/a.jsonl:2\"}",
                        "{\"source\":\"rows.jsonl:7\",\"test\":\"tests/a.jsonl:2\"}");
    }

    @Test
    void comparesShortQuestionsAsAWholeAndNeverAShortAnswerAlone() throws IOException {
        try (Contamination found = contamination(
                8, test("Is Paris in France?", "yes"), "{\"prompt\":\"\",\"completion\":\"short text\"}")) {
            assertThat(found.removes(row("is paris in france", "certainly"))).isTrue();
            assertThat(found.removes(row("is rome in italy", "yes"))).isFalse();
            assertThat(found.removes(new TextRow("Short text.", new RowPlace("r", 1))))
                    .isTrue();
            assertThat(found.removes(new TextRow("Short text here.", new RowPlace("r", 2))))
                    .isFalse();
        }
    }

    @Test
    void aTemplateOfManyTestRowsRemovesNoRow() throws IOException {
        String template = "read the message of the customer below and answer with one of our six classes ";
        List<String> tests = new ArrayList<>();
        for (int i = 0; i <= Contamination.MAX_ROWS; i++) {
            tests.add(test(template + "number" + i, "class"));
        }
        try (Contamination found = contamination(8, tests.toArray(String[]::new))) {
            assertThat(found.removes(row(template + "another one", "class"))).isFalse();
            assertThat(found.removes(row(template + "number3", "class"))).isTrue();
            assertThat(found.templates()).isEqualTo(8);
        }
    }

    @Test
    void comparesScriptsWithoutSpacesByCharacters() throws IOException {
        String text = "\u4ECA\u5929\u5929\u6C14\u5F88\u597D\u6211\u4EEC\u53BB\u516C\u56ED";
        try (Contamination found = contamination(8, test(text, "ok"))) {
            assertThat(found.removes(row("\u554A\uFF0C" + text.substring(0, 8), "ok")))
                    .isTrue();
            assertThat(found.removes(row("\u554A" + text.substring(0, 7), "ok")))
                    .isFalse();
        }
    }

    @Test
    void refusesAnEmptyAndAnUnreadableTestFileByName() {
        assertThatThrownBy(() -> contamination(13))
                .isInstanceOf(DatasetProblem.class)
                .hasMessageContaining("tests/a.jsonl has no rows");
        assertThatThrownBy(() -> contamination(13, test("a", "b"), "{\"prompt\":\"secret\"}"))
                .isInstanceOf(DatasetProblem.class)
                .hasMessageContaining("tests/a.jsonl:2")
                .hasMessageNotContaining("secret");
    }

    @Test
    void findsFilesByPatternAndDigestsTheirContents() throws IOException {
        Files.createDirectories(folder.resolve("p/tests"));
        for (String name : List.of("b.jsonl", "a.jsonl", "a.txt", ".a.jsonl")) {
            Files.writeString(folder.resolve("p/tests").resolve(name), test("a", "b"));
        }
        PipelineFiles files = new PipelineFiles(new ActivitySettings(folder.resolve("store"), List.of(), List.of()));
        RunRef run = new RunRef("p", "run-1", folder.resolve("p").toString(), "0".repeat(64));
        CleaningSpec spec = against("tests/*.jsonl");
        TestFiles found = Objects.requireNonNull(TestFiles.of(files, run, spec, List.of("tests/b.jsonl"), List.of()));
        assertThat(found.files())
                .extracting(test -> test.file().name())
                .containsExactly("tests/a.jsonl", "tests/b.jsonl");
        Files.writeString(folder.resolve("p/tests/b.jsonl"), test("a", "c"));
        TestFiles changed = Objects.requireNonNull(TestFiles.of(files, run, spec, List.of(), List.of()));
        assertThat(changed.digest()).isNotEqualTo(found.digest());
        assertThat(TestFiles.of(files, run, CleaningSpec.NONE, List.of("tests/b.jsonl"), List.of()))
                .isNull();
        assertThatThrownBy(() -> TestFiles.of(files, run, against("tests/z*.jsonl"), List.of(), List.of()))
                .hasMessageContaining("'tests/z*.jsonl' matches no file");
        assertThatThrownBy(() -> TestFiles.of(files, run, against("../*.jsonl"), List.of(), List.of()))
                .hasMessageContaining("outside of the folders");
        assertThatThrownBy(() -> TestFiles.of(files, run, against(), List.of(), List.of()))
                .hasMessageContaining("has no test file");
    }

    /** A named set of the evaluation is read as the evaluation reads it. */
    @Test
    void readsANamedSetWithItsOwnNames() throws IOException {
        Files.createDirectories(folder.resolve("p/data"));
        String words = "one two three four five six seven eight nine ten eleven twelve thirteen";
        Files.writeString(
                folder.resolve("p/data/gold.jsonl"), "{\"question\":\"%s\",\"reply\":\"yes\"}\n".formatted(words));
        PipelineFiles files = new PipelineFiles(new ActivitySettings(folder.resolve("store"), List.of(), List.of()));
        RunRef run = new RunRef("p", "run-1", folder.resolve("p").toString(), "0".repeat(64));
        TestSetSpec gold = set(new RowNamesSpec(Map.of("prompt", "question", "completion", "reply"), Map.of()));
        TestFiles found = Objects.requireNonNull(TestFiles.of(files, run, against(), List.of(), List.of(gold)));
        assertThat(found.files()).extracting(test -> test.file().name()).containsExactly("data/gold.jsonl");
        TestFiles plain = Objects.requireNonNull(TestFiles.of(files, run, against(), List.of(), List.of(set(null))));
        assertThat(plain.digest()).isNotEqualTo(found.digest());
        TestFiles named =
                Objects.requireNonNull(TestFiles.of(files, run, against("data/gold.jsonl"), List.of(), List.of()));
        assertThat(plain.digest()).isEqualTo(named.digest());
        try (Contamination contamination =
                new Contamination(Objects.requireNonNull(against().decontaminate()), found, JsonLinesFile.none())) {
            Row row = new CompletionRow("Please: " + words, "no", new RowPlace("rows.jsonl", 1));
            assertThat(contamination.removes(row)).isTrue();
        }
    }

    private static TestSetSpec set(@Nullable RowNamesSpec names) {
        return new TestSetSpec(
                "gold",
                "data/gold.jsonl",
                DatasetFormat.AUTO,
                names,
                List.of(),
                List.of(),
                null,
                null,
                List.of(),
                null);
    }

    /** A pattern is no regular expression, so many stars take no long time. */
    @Test
    void aPatternOfManyStarsTakesNoLongTime() throws IOException {
        Files.createDirectories(folder.resolve("p/tests"));
        Files.writeString(folder.resolve("p/tests").resolve("a".repeat(200) + ".jsonl"), test("a", "b"));
        PipelineFiles files = new PipelineFiles(new ActivitySettings(folder.resolve("store"), List.of(), List.of()));
        RunRef run = new RunRef("p", "run-1", folder.resolve("p").toString(), "0".repeat(64));
        CpuTime start = CpuTime.start();
        assertThatThrownBy(() ->
                        TestFiles.of(files, run, against("tests/" + "*a".repeat(40) + "b.jsonl"), List.of(), List.of()))
                .hasMessageContaining("matches no file");
        assertThat(start.used()).isLessThan(Duration.ofSeconds(2));
    }

    private static CleaningSpec against(String... paths) {
        return new CleaningSpec(null, new CleaningSpec.Decontamination(List.of(paths), 13), null, null, null);
    }
}

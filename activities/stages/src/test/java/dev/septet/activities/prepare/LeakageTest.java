package dev.septet.activities.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.prepare.duplicate.LeakageCheck;
import dev.septet.activities.source.SourceResolver;
import dev.septet.activities.source.SourceSet;
import dev.septet.dsl.pipeline.prepare.LeakageSpec;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Near-duplicates in different splits. */
class LeakageTest {
    private static final String SOURCES = """
        dataset 'train.jsonl'
        dataset 'validation.jsonl', split: validation
        dataset 'test.jsonl', split: test
        split train: 100.percent
        """;

    @TempDir
    private Path folder;

    private static String row(String prompt) {
        return "{\"prompt\":\"%s\",\"completion\":\"yes\"}".formatted(prompt);
    }

    private static String words(int seed) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 12; i++) {
            text.append((char) ('a' + random.nextInt(26)))
                    .append((char) ('a' + random.nextInt(26)))
                    .append(' ');
        }
        return text.toString().strip();
    }

    private void write() throws IOException {
        List<String> train = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            train.add(row(words(i)));
        }
        train.add(row(words(100) + " x")); // line 11: near a test row
        train.add(row(words(200).toUpperCase(Locale.ROOT) + "!")); // line 12: near a validation row
        train.add(row(words(200))); // line 13: equal to it
        Files.write(folder.resolve("train.jsonl"), train);
        Files.write(folder.resolve("validation.jsonl"), List.of(row(words(200)), row(words(101)), row(words(202))));
        Files.write(folder.resolve("test.jsonl"), List.of(row(words(100)), row(words(101) + "."), row(words(102))));
    }

    private static LeakageCheck.Counts counts(LeakageCheck.@Nullable Counts counts) {
        return Objects.requireNonNull(counts, "the check was declared");
    }

    @Test
    void namesTheRowsAndNeverTheirTexts() throws IOException {
        write();
        assertThatThrownBy(() -> SourceRun.of(folder, SOURCES + "leakage fail"))
                .isInstanceOf(DatasetProblem.class)
                .hasMessageContaining("4 rows are near-duplicates of a row in another split (1 of train in test, 2 of"
                        + " train in validation, 1 of validation in test)")
                .hasMessageContaining("validation.jsonl:2 (validation) and test.jsonl:2 (test)")
                .hasMessageContaining("train.jsonl:11 (train) and test.jsonl:1 (test)")
                .hasMessageContaining("`leakage remove`")
                .hasMessageNotContaining(words(100).substring(0, 5));
    }

    @Test
    void leavesOutTheRowsOfTheLargerSplit() throws IOException {
        write();
        SourceRun run = SourceRun.of(folder, SOURCES + "leakage remove, near: 0.7, on: prompt");
        assertThat(run.rows("train")).hasSize(10);
        assertThat(run.rows("validation")).extracting(row -> row.place().line()).containsExactly(1L, 3L);
        assertThat(run.rows("test")).hasSize(3);
        LeakageCheck.Counts counts = counts(run.card().leakage());
        assertThat(counts.action()).isEqualTo(LeakageSpec.Action.REMOVE);
        assertThat(List.of(counts.trainTest(), counts.trainValidation(), counts.validationTest()))
                .containsExactly(1L, 2L, 1L);
        assertThat(run.card().removed()).containsEntry("near-duplicates of another split", 4L);
        assertThat(run.card().sources().get(0).splits()).containsEntry("train", 10L);
        assertThat(Files.readAllLines(run.out().resolve("leakage.jsonl")))
                .hasSize(4)
                .first()
                .asString()
                .contains("\"row\":\"validation.jsonl:2\"", "\"other\":\"test.jsonl:2\"", "\"similarity\":1.0");
        assertThat(run.out().resolve("card.json")).content().contains("\"leakage\"", "\"trainValidation\" : 2");
    }

    @Test
    void keepsAndCountsTheRowsWithAWarning() throws IOException {
        write();
        SourceRun run = SourceRun.of(folder, SOURCES + "leakage warn");
        assertThat(run.rows("train")).hasSize(13);
        assertThat(counts(run.card().leakage()).all()).isEqualTo(4);
        assertThat(counts(run.card().leakage()).examples()).hasSize(4);
        assertThat(run.card().removed()).isEmpty();
    }

    /** Rows that are split at random leak too, as soon as they are only similar; `deduplicate near:` leaves nothing. */
    @Test
    void findsWhatARandomSplitSeparates() throws IOException {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            rows.add(row(words(i)));
            rows.add(row(words(i) + " z"));
        }
        Files.write(folder.resolve("rows.jsonl"), rows);
        String split = "dataset 'rows.jsonl'\nsplit train: 50.percent, validation: 25.percent, test: 25.percent\n";
        assertThatThrownBy(() -> SourceRun.of(folder, split + "leakage fail")).isInstanceOf(DatasetProblem.class);
        SourceRun removed = SourceRun.of(folder, split + "leakage remove");
        assertThat(counts(removed.card().leakage()).removed()).isPositive();
        assertThat(removed.rows())
                .hasSize(80 - (int) counts(removed.card().leakage()).removed());
        assertThat(counts(SourceRun.of(folder, split + "deduplicate near: 0.8\nleakage fail")
                                .card()
                                .leakage())
                        .all())
                .isZero();
    }

    @Test
    void isInThePlan() throws IOException {
        write();
        PrepareSpec spec = SourceRun.spec(SOURCES + "leakage warn");
        SourceSet sources =
                SourceResolver.withoutPipelines(SourceRun.files(folder)).resolve(SourceRun.run(folder), spec);
        DatasetPreview preview =
                DatasetPreview.of(spec, null, sources, SourceDigest.of(sources), null, null, 1, null, null);
        assertThat(counts(preview.leakage()).all()).isEqualTo(4);
        PrepareSpec failing = SourceRun.spec(SOURCES + "leakage fail");
        assertThatThrownBy(() ->
                        DatasetPreview.of(failing, null, sources, SourceDigest.of(sources), null, null, 1, null, null))
                .isInstanceOf(DatasetProblem.class);
    }
}

package dev.septet.activities.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.prepare.contamination.TestFiles;
import dev.septet.activities.source.SourceSet;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.prepare.BalanceSpec;
import dev.septet.dsl.pipeline.prepare.CleaningSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.prepare.QualitySpec;
import dev.septet.dsl.pipeline.prepare.RedactSpec;
import dev.septet.dsl.pipeline.prepare.SplitSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The declared steps of cleaning in the stage's own pass. */
class CleaningStepsTest {
    private static final CleaningSpec ALL = new CleaningSpec(
            new CleaningSpec.NearDuplicates(0.7, CleaningSpec.RowText.BOTH),
            new CleaningSpec.Decontamination(List.of("tests/*.jsonl"), 8),
            new QualitySpec(null, 3, null, List.of(), null, null, null),
            "may_train",
            new CleaningSpec.Representation("topic"));

    @TempDir
    private Path folder;

    private static PrepareSpec spec(@Nullable CleaningSpec cleaning) {
        return new PrepareSpec(
                        "rows.jsonl",
                        null,
                        DatasetFormat.AUTO,
                        0,
                        List.of(),
                        true,
                        new RedactSpec(Set.of(RedactSpec.Kind.EMAIL), RedactSpec.Replacement.MASK),
                        new SplitSpec(80, 10, 10),
                        64,
                        PrepareSpec.DEFAULT_POLICY)
                .with(cleaning);
    }

    private static String row(String prompt, String answer, String more) {
        return "{\"prompt\":\"%s\",\"completion\":\"%s\"%s}".formatted(prompt, answer, more);
    }

    private static String consented(String prompt, String answer, int topic) {
        return row(prompt, answer, String.format(Locale.ROOT, ",\"may_train\":true,\"topic\":\"t%d\"", topic));
    }

    private static List<String> rows() {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            rows.add(consented("q" + "abcdefghijklmnopqrst".charAt(i), i % 2 == 0 ? "yes" : "nono", i % 2));
        }
        rows.add(row("without", "yes", "")); // 21
        rows.add(row("refused", "yes", ",\"may_train\":false"));
        rows.add(consented("too short", "no", 0));
        rows.add(consented("qa", "yes", 0)); // an exact duplicate
        rows.add(consented("a b c d e f g h i j k l m n o p q r", "yes", 0)); // 25
        rows.add(consented("a b c d e f g h i j k l m n o p q r s", "yes", 0)); // a near-duplicate
        rows.add(consented("z y x w v u t s", "yes", 0)); // a test row
        return rows;
    }

    private TestFiles tests() throws IOException {
        Path file = folder.resolve("test.jsonl");
        Files.writeString(file, row("z y x w v u t s", "nono", "") + "\n");
        return new TestFiles(List.of(new TestFiles.TestFile(new SourceFile(file, "tests/a.jsonl"))), "digest");
    }

    /** A reviewed row has no field of the source's rows: neither its consent nor its group is that of the row before. */
    @Test
    void reviewedRowsNeedNoConsentAndHaveNoGroup() throws IOException {
        Path reviewed = folder.resolve("reviewed.jsonl");
        Files.writeString(
                reviewed,
                "{\"messages\":[{\"role\":\"user\",\"content\":\"new question\"},"
                        + "{\"role\":\"assistant\",\"content\":\"yes\"}]}\n");
        DatasetCard card = prepare(
                spec(ALL), rows().subList(0, 20), new AddedRows(new SourceFile(reviewed, "reviewed rows"), null));
        assertThat(card.rows().kept()).isEqualTo(21);
        assertThat(folder.resolve("out/card.json")).content().contains("\"(none)\" : 1", "\"t0\" : 10");
    }

    private DatasetCard prepare(PrepareSpec spec, List<String> lines) throws IOException {
        return prepare(spec, lines, AddedRows.NONE);
    }

    private DatasetCard prepare(PrepareSpec spec, List<String> lines, AddedRows added) throws IOException {
        Path source = folder.resolve("rows.jsonl");
        Files.write(source, lines);
        Path out = Files.createDirectory(folder.resolve("out"));
        Path scratch = Files.createDirectory(folder.resolve("scratch"));
        try (ModelRowEncoder encoder = new ModelRowEncoder(TinyModels.chat(), spec.maxTokens())) {
            SourceDigest digest = SourceDigest.of(source);
            return new Preparation(
                            spec,
                            SourceSet.of(spec, new SourceFile(source, "rows.jsonl")),
                            digest,
                            encoder,
                            encoder.digest(),
                            1,
                            tests())
                    .run(added, scratch, out, rows -> {});
        }
    }

    @Test
    void everyRowIsCountedInExactlyOneStep() throws IOException {
        DatasetCard card = prepare(spec(ALL), rows());
        DatasetCard.Rows rows = card.rows();
        assertThat(rows).isEqualTo(new DatasetCard.Rows(27, 21, 0, 1, 0, 0, 0, 0, 2, 1, 1, 1, 0, 0));
        assertThat(rows.read())
                .isEqualTo(rows.kept()
                        + rows.duplicates()
                        + rows.removed().values().stream()
                                .mapToLong(Long::longValue)
                                .sum());
        JsonNode json =
                SpecJson.mapper().readTree(folder.resolve("out/card.json").toFile());
        assertThat(json.path("cleaning").toString())
                .isEqualTo("{\"contamination\":{\"rows\":1,\"testRows\":1},"
                        + "\"nearDuplicates\":{\"clusters\":1,\"rows\":1},"
                        + "\"quality\":{\"minLength\":{\"examples\":[\"rows.jsonl:23\"],\"removed\":1}},"
                        + "\"representation\":{\"groups\":{\"t0\":11,\"t1\":10},"
                        + "\"labels\":{\"t0\":{\"yes\":11},\"t1\":{\"nono\":10}},\"on\":\"topic\",\"skew\":1.0}}");
        assertThat(folder.resolve("out/near-duplicates.jsonl"))
                .content()
                .isEqualTo("{\"kept\":\"rows.jsonl:25\",\"others\":[\"rows.jsonl:26\"],\"size\":2}\n");
        assertThat(folder.resolve("out/contaminated.jsonl"))
                .content()
                .isEqualTo("{\"source\":\"rows.jsonl:27\",\"test\":\"tests/a.jsonl:1\"}\n");
    }

    @Test
    void withoutTheStepsTheCardAndTheFilesAreThoseOfEarlierVersions() throws IOException {
        DatasetCard card = prepare(spec(null), rows().subList(0, 20));
        assertThat(card.rows()).isEqualTo(new DatasetCard.Rows(20, 20, 0, 0, 0, 0));
        assertThat(folder.resolve("out/card.json"))
                .content()
                .doesNotContain("cleaning", "withoutConsent", "lowQuality", "nearDuplicates", "contaminated");
        assertThat(folder.resolve("out/near-duplicates.jsonl")).doesNotExist();
        assertThat(folder.resolve("out/contaminated.jsonl")).doesNotExist();
    }

    @Test
    void aPreviewRunsTheSameSteps() throws IOException {
        Path source = folder.resolve("rows.jsonl");
        Files.write(source, rows());
        DatasetPreview preview = DatasetPreview.of(
                spec(ALL),
                null,
                SourceSet.of(spec(ALL), new SourceFile(source, "rows.jsonl")),
                SourceDigest.of(source),
                null,
                null,
                1,
                tests(),
                null);
        assertThat(preview.rows()).isEqualTo(new DatasetCard.Rows(27, 21, 0, 1, 0, 0, 0, 0, 2, 1, 1, 1, 0, 0));
    }

    @Test
    void saysWhichStepsLeftNoRow() {
        List<String> lines = List.of(row("a", "yes", ""), consented("a", "no", 0));
        assertThatThrownBy(() -> prepare(spec(ALL), lines))
                .isInstanceOf(DatasetProblem.class)
                .hasMessageContaining("no row is left to train on (of 2 read, 1 without consent, 1 of low quality)");
    }

    /** A test row removes itself only: the row that is similar to it stays. */
    @Test
    void aTestRowRemovesNoNearDuplicate() throws IOException {
        List<String> lines = new ArrayList<>(rows().subList(0, 20));
        lines.add(consented("z y x w v u t s", "yes", 0)); // 21, a test row
        lines.add(consented("z y x w v u t r", "yes", 0)); // similar to it, but no test row
        DatasetCard card = prepare(spec(ALL), lines);
        assertThat(card.rows().contaminated()).isEqualTo(1);
        assertThat(card.rows().nearDuplicates()).isZero();
        assertThat(card.rows().kept()).isEqualTo(21);
    }

    /** The fields of classes and groups are read before redaction, but the card may be published. */
    @Test
    void theCardHasNoPersonalDataInItsClassesAndGroups() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String more = ",\"may_train\":true,\"topic\":\"" + (i % 2 == 0 ? "ann" : "bob") + "@example.com\"";
            lines.add(row("question " + Integer.toString(i * 1_000_003, 36), i % 2 == 0 ? "yes" : "nono", more));
        }
        CleaningSpec groups = new CleaningSpec(null, null, null, null, new CleaningSpec.Representation("topic"));
        DatasetCard card = prepare(spec(groups).with(new BalanceSpec("topic", BalanceSpec.Method.OVERSAMPLE)), lines);
        assertThat(Objects.requireNonNull(card.balance()).classes()).containsOnlyKeys("[EMAIL]", "[EMAIL] (2)");
        assertThat(folder.resolve("out/card.json"))
                .content()
                .contains("\"[EMAIL]\" : 40")
                .doesNotContain("example.com");
    }
}

package dev.septet.activities.prepare.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowJson;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.lineage.ForgottenRows;
import dev.septet.activities.lineage.RowDigests;
import dev.septet.activities.lineage.RowTracing;
import dev.septet.activities.prepare.DatasetCard;
import dev.septet.activities.prepare.ModelRowEncoder;
import dev.septet.activities.prepare.ObjectiveCheck;
import dev.septet.activities.prepare.Preparation;
import dev.septet.activities.prepare.SourceDigest;
import dev.septet.activities.prepare.SourceRun;
import dev.septet.activities.prepare.TinyModels;
import dev.septet.activities.source.SourceResolver;
import dev.septet.activities.source.SourceSet;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Labelling functions in the stage. */
class LabelTest {
    private static final String VOTES = """
        vote('billing', name: 'invoice') { row.text.contains('invoice') }
        vote('billing') { row.text.contains('money') }
        vote('shipping') { row.text.contains('parcel') }
        vote('shipping', name: 'late') { row.text.contains('late') }
        """;

    @TempDir
    private Path folder;

    /** 60 tickets: 30 of each kind with one or two of its words, and 5 without any. */
    private List<String> tickets() {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            String id = " " + (char) ('a' + i % 26) + (char) ('a' + i / 26);
            rows.add(row(
                    (i % 3 == 0 ? "invoice" : i == 2 || i == 5 ? "invoice late" : "invoice money") + id,
                    "billing",
                    i < 10));
            rows.add(row((i % 3 == 0 ? "parcel" : i % 3 == 1 ? "parcel late" : "late") + id, "shipping", i < 10));
        }
        for (int i = 0; i < 5; i++) {
            rows.add(row("hello " + (char) ('a' + i), "other", false));
        }
        return rows;
    }

    private static String row(String text, String label, boolean gold) {
        return "{\"text\":\"%s\"%s}".formatted(text, gold ? ",\"checked\":\"%s\"".formatted(label) : "");
    }

    private SourceRun prepare(List<String> rows, String lines) throws IOException {
        Files.write(folder.resolve("rows.jsonl"), rows);
        return SourceRun.of(folder, "dataset 'rows.jsonl', format: classification\n" + lines);
    }

    @Test
    void theModelLearnsTheLabels() throws IOException {
        SourceRun run = prepare(tickets(), "label('label', gold: 'checked') {\n" + VOTES + "}");
        assertThat(run.card().rows().kept()).isEqualTo(60);
        assertThat(run.card().rows().unlabelled()).isEqualTo(5);
        assertThat(run.card().rows().filtered()).isZero();
        assertThat(run.card().rows().removed()).containsEntry("without a label", 5L);
        assertThat(run.rows()).extracting(row -> row.reference().orElse("")).containsOnly("billing", "shipping");
        for (Row row : run.rows()) {
            String text = row.answered().toString();
            assertThat(row.reference()).contains(text.contains("invoice") ? "billing" : "shipping");
        }
    }

    @Test
    void theCardHasTheTable() throws IOException {
        SourceRun run = prepare(tickets(), "label('label', gold: 'checked') {\n" + VOTES + "}");
        DatasetCard card = run.card();
        LabelTable table =
                Objects.requireNonNull(Objects.requireNonNull(card.cleaning()).labels());
        assertThat(table.rows()).isEqualTo(65);
        assertThat(table.withoutVote()).isEqualTo(5);
        assertThat(table.undecided()).isZero();
        assertThat(table.conflicts()).isEqualTo(2);
        assertThat(table.labels()).containsExactly(Map.entry("billing", 30L), Map.entry("shipping", 30L));
        assertThat(table.gold()).isEqualTo(new LabelTable.Gold(20, 20, 1, 0.9));
        assertThat(table.functions())
                .extracting(LabelTable.Function::name)
                .containsExactly("invoice", "billing 2", "shipping 3", "late");
        LabelTable.Function late = table.functions().get(3);
        assertThat(late.coverage()).isEqualTo(0.3385); // 22 of 65 rows
        assertThat(late.overlaps()).isEqualTo(0.1846); // 12
        assertThat(late.conflicts()).isEqualTo(0.0308); // 2
        assertThat(late.gold()).isEqualTo(0.75);
        assertThat(run.out().resolve("card.json")).content().contains("\"labels\"", "\"majorityAccuracy\"");
    }

    @Test
    void rowsWithoutALabelMayStay() throws IOException {
        List<String> rows = tickets().stream()
                .map(row -> row.replace("\"text\"", "\"prompt\"").replace("}", ",\"completion\":\"ok\"}"))
                .toList();
        Files.write(folder.resolve("rows.jsonl"), rows);
        SourceRun run = SourceRun.of(
                folder,
                "dataset 'rows.jsonl'\nkeep 'topic'\nlabel('topic', unlabelled: keep) {\n"
                        + VOTES.replace("row.text", "row.prompt") + "}");
        assertThat(run.card().rows().kept()).isEqualTo(65);
        assertThat(run.card().rows().unlabelled()).isZero();
        String all = Files.readString(run.out().resolve("train.jsonl"));
        assertThat(all).contains("\"meta\":{\"topic\":\"billing\"}", "\"meta\":{\"topic\":\"shipping\"}");
        String train = all
                + Files.readString(run.out().resolve("validation.jsonl"))
                + Files.readString(run.out().resolve("test.jsonl"));
        assertThat(train.split("\"meta\":\\{\"topic\":null\\}", -1)).hasSize(6);
    }

    /** Splits and classes see the labels, and the order of the rows does not change them. */
    @Test
    void otherWordsUseTheLabels() throws IOException {
        String lines = "split train: 80.percent, validation: 10.percent, test: 10.percent, stratify: 'label'\n"
                + "balance on: 'label', by: oversample\nlabel('label') {\n" + VOTES + "}";
        SourceRun run = prepare(tickets(), lines);
        assertThat(run.rows("test"))
                .extracting(row -> row.reference().orElse(""))
                .containsExactlyInAnyOrder("billing", "billing", "billing", "shipping", "shipping", "shipping");
        List<String> shuffled = new ArrayList<>(tickets());
        Collections.shuffle(shuffled, new Random(3));
        SourceRun again = prepare(shuffled, lines);
        assertThat(labels(again)).containsExactlyInAnyOrderElementsOf(labels(run));
        assertThat(run.card().balance()).isNotNull();
    }

    private static List<String> labels(SourceRun run) throws IOException {
        return run.rows("test").stream().map(RowJson::canonical).toList();
    }

    @Test
    void aRowThatDoesNotFitIsABadRow() throws IOException {
        List<String> rows = new ArrayList<>(tickets());
        rows.add("{\"text\":5}");
        assertThatThrownBy(() -> prepare(rows, "label('label') {\n" + VOTES + "}"))
                .isInstanceOf(DatasetProblem.class)
                .hasMessageContaining("rows.jsonl:66")
                .hasMessageContaining("does not fit the expression at p.groovy:");
    }

    @Test
    void withoutAnyVoteNothingIsLeft() throws IOException {
        assertThatThrownBy(() -> prepare(List.of(row("hello", "", false)), "label('label') {\n" + VOTES + "}"))
                .hasMessageContaining("no row is left to train on (of 1 read, 1 without a label)");
    }

    /** The label is the field that decides the format. */
    @Test
    void theFormatIsDetectedWithTheLabel() throws IOException {
        List<String> rows = tickets().stream()
                .map(row -> row.replace("\"text\"", "\"prompt\""))
                .toList();
        Files.write(folder.resolve("rows.jsonl"), rows);
        String lines = "dataset 'rows.jsonl'\nlabel('completion') {\n" + VOTES.replace("row.text", "row.prompt") + "}";
        PrepareSpec spec = SourceRun.spec(lines);
        SourceSet sources =
                SourceResolver.withoutPipelines(SourceRun.files(folder)).resolve(SourceRun.run(folder), spec);
        assertThat(ObjectiveCheck.check(spec, sources, null)).containsExactly(DatasetFormat.COMPLETION);
        SourceRun run = SourceRun.of(folder, lines);
        assertThat(run.card().rows().kept()).isEqualTo(60);
        assertThat(run.card().rows().unlabelled()).isEqualTo(5);
        assertThat(run.rows()).extracting(row -> row.reference().orElse("")).containsOnly("billing", "shipping");
    }

    /** A forgotten row has no part in the model of the labels either. */
    @Test
    void forgottenRowsDoNotVote() throws IOException {
        Files.write(folder.resolve("rows.jsonl"), tickets());
        PrepareSpec spec = SourceRun.spec(
                "dataset 'rows.jsonl', format: classification\nlabel('label', gold: 'checked') {\n" + VOTES + "}");
        SourceSet sources =
                SourceResolver.withoutPipelines(SourceRun.files(folder)).resolve(SourceRun.run(folder), spec);
        LocalStore store = new LocalStore(folder.resolve("store"));
        Fence fence = new Fence("run/prepare", 1);
        store.open(fence);
        RowDigests digests = RowDigests.of(store, fence);
        String first = digests.of(SpecJson.mapper().readTree(tickets().get(0)));
        try (ModelRowEncoder encoder = new ModelRowEncoder(TinyModels.chat(), spec.maxTokens())) {
            DatasetCard card = new Preparation(spec, sources, SourceDigest.of(sources), encoder, encoder.digest(), 1)
                    .tracing(
                            new RowTracing(digests, new ForgottenRows(Set.of(first), Set.of())),
                            Files.createTempDirectory(folder, "lineage"))
                    .run(
                            Files.createTempDirectory(folder, "scratch"),
                            Files.createTempDirectory(folder, "out"),
                            rows -> {});
            assertThat(card.rows().forgotten()).isEqualTo(1);
            assertThat(Objects.requireNonNull(
                                    Objects.requireNonNull(card.cleaning()).labels())
                            .rows())
                    .isEqualTo(64);
        }
    }
}

package dev.septet.activities.evaluate.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.dataset.PreparedRows;
import dev.septet.activities.evaluate.report.DataCard;
import dev.septet.activities.evaluate.report.SummaryLine;
import dev.septet.activities.evaluate.subject.Prediction;
import dev.septet.activities.lineage.LineageFile;
import dev.septet.activities.lineage.LineageRow;
import dev.septet.activities.train.TrainingLedger;
import dev.septet.dsl.EarlierVersions;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.artifact.ChainReport;
import dev.septet.workflows.artifact.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The artifacts of a run of {@code examples/quickstart} that earlier versions wrote. The version in the name of a folder wrote its
 * files, which never change afterwards. A release adds the folder {@code run/artifacts}: the files of the artifacts of a run in a
 * checkout, in the folders {@code dataset}, {@code lineage}, {@code training}, {@code evaluation} and {@code export}. It leaves out
 * models, tensors, pages and the rows of the largest split.
 */
class EarlierArtifactsTest {
    private static final List<String> SPLITS = List.of("test", "train", "validation");

    @TempDir
    private Path temp;

    private static List<Path> artifacts() throws IOException {
        return EarlierVersions.all().stream()
                .map(version -> version.resolve("run/artifacts"))
                .toList();
    }

    /** A training that continues writes the lines of its checkpoint again. */
    @Test
    void aLedgerIsReadAndWrittenWithoutLoss() throws IOException {
        for (Path artifacts : artifacts()) {
            Path file = artifacts.resolve("training").resolve(TrainingLedger.FILE);
            TrainingLedger ledger = TrainingLedger.read(file);
            assertThat(ledger.lines()).hasSize(240);
            Path written = temp.resolve(TrainingLedger.FILE);
            ledger.writeTo(written);
            assertThat(written).hasSameTextualContentAs(file);
        }
    }

    @Test
    void rowsOfADatasetAreThoseOfItsCardAndOfItsLineage() throws IOException {
        for (Path artifacts : artifacts()) {
            JsonNode card =
                    DataCard.read(artifacts.resolve("dataset/card.json")).root();
            List<LineageRow> lineage = new ArrayList<>();
            LineageFile.read(artifacts.resolve("lineage"), lineage::add);
            Map<String, Long> origins =
                    lineage.stream().collect(Collectors.groupingBy(LineageRow::split, Collectors.counting()));
            for (String split : SPLITS) {
                Path file = artifacts.resolve("dataset").resolve(split + ".jsonl");
                int rows = card.path("splits").path(split).path("rows").asInt();
                assertThat(rows).as(split).isPositive();
                if (!split.equals("train")) {
                    assertThat(PreparedRows.read(file, 0)).as(split).hasSize(rows);
                    assertThat(PreparedRows.readWithMeta(file, 0)).as(split).hasSize(rows);
                }
                assertThat(origins.get(split)).as(split).isEqualTo(rows);
            }
            assertThat(origins).containsOnlyKeys(SPLITS);
            assertThat(lineage).allSatisfy(row -> {
                assertThat(row.content()).isNotNull();
                assertThat(row.place().file()).isEqualTo("data/tickets.jsonl");
            });
        }
    }

    @Test
    void aDataCardIsShown() throws IOException {
        for (Path artifacts : artifacts()) {
            DataCard card = DataCard.read(artifacts.resolve("dataset/card.json"));
            assertThat(card.data()).extracting(SummaryLine::name).contains("rows kept", "train rows");
        }
    }

    @Test
    void anEvaluationIsComparedWithLaterOnes() throws IOException {
        for (Path artifacts : artifacts()) {
            Path evaluation = artifacts.resolve("evaluation");
            ResultsFile results = ResultsFile.read(evaluation.resolve(ResultsFile.NAME));
            assertThat(results.verdict()).isEqualTo(Verdict.GO);
            assertThat(results.gate()).hasSizeGreaterThan(1);
            assertThat(results.values()).extracting(MeasuredValue::metric).contains("exactMatch", "loss");
            assertThat(results.lineage()).containsKeys("adapter", "base model", "dataset", "training ledger");
            AnsweredRows answers = AnsweredRows.read(evaluation, "", new AnsweredRows.Memory(1 << 20))
                    .orElseThrow();
            JsonNode card =
                    DataCard.read(artifacts.resolve("dataset/card.json")).root();
            assertThat(answers.outcomes())
                    .hasSize(card.path("splits").path("test").path("rows").asInt())
                    .allSatisfy(answer -> assertThat(answer.tokens()).isPositive());
        }
    }

    /** {@code septet verify} shows it again. */
    @Test
    void theChainOfAnExportIsReadWithoutLoss() throws IOException {
        for (Path artifacts : artifacts()) {
            String stored = Files.readString(artifacts.resolve("export/chain.json"));
            ChainReport read = SpecJson.mapper().readValue(stored, ChainReport.class);
            assertThat(read.checks()).hasSizeGreaterThan(3);
            assertThat(SpecJson.mapper().readTree(SpecJson.mapper().writeValueAsString(read)))
                    .isEqualTo(SpecJson.mapper().readTree(stored));
        }
    }

    /** Nothing in the file is unknown to the type that reads it. */
    @Test
    void predictionsAreReadWithoutLoss() throws IOException {
        for (Path artifacts : artifacts()) {
            for (String line : Files.readAllLines(artifacts.resolve("evaluation/predictions.jsonl"))) {
                for (String side : List.of("before", "after")) {
                    JsonNode stored = SpecJson.mapper().readTree(line).path(side);
                    Prediction read = SpecJson.mapper().treeToValue(stored, Prediction.class);
                    assertThat(SpecJson.mapper().readTree(SpecJson.mapper().writeValueAsString(read)))
                            .isEqualTo(stored);
                }
            }
        }
    }
}

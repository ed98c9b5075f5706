package dev.septet.activities.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.prepare.split.SplitName;
import dev.septet.activities.source.SourceResolver;
import dev.septet.activities.source.SourceSet;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several datasets in one pipeline. */
class MixtureTest {
    @TempDir
    Path folder;

    @BeforeEach
    void writeSources() throws IOException {
        write("a.jsonl", 0, 100);
        write("b.jsonl", 1000, 300);
        write("c.jsonl", 5000, 40);
    }

    private void write(String name, int from, int count) throws IOException {
        Files.write(
                folder.resolve(name),
                IntStream.range(from, from + count)
                        .mapToObj(
                                i -> String.format(Locale.ROOT, "{\"prompt\":\"q %d\",\"completion\":\"a %d\"}", i, i))
                        .toList());
    }

    private static Map<String, Long> bySource(List<Row> rows) {
        return rows.stream().collect(Collectors.groupingBy(row -> row.place().file(), Collectors.counting()));
    }

    private static List<String> texts(List<Row> rows) {
        return rows.stream().map(Row::promptText).toList();
    }

    @Test
    void readsTheSourcesInTheOrderOfTheFile() throws IOException {
        SourceRun run = SourceRun.of(folder, "dataset 'b.jsonl'\ndataset 'a.jsonl', licence: 'cc-by-4.0'");
        assertThat(run.card().rows()).isEqualTo(new DatasetCard.Rows(400, 400, 0, 0, 0, 0));
        assertThat(run.card().source().file()).isEqualTo("b.jsonl and 1 more");
        assertThat(run.card().sources())
                .extracting(
                        DatasetCard.SourceCard::name, source -> source.rows().kept(), DatasetCard.SourceCard::licence)
                .containsExactly(tuple("b.jsonl", 300L, null), tuple("a.jsonl", 100L, "cc-by-4.0"));
        List<String> train = run.rows("train").stream()
                .map(row -> row.place().file())
                .distinct()
                .toList();
        assertThat(train).containsExactly("b.jsonl", "a.jsonl");
    }

    /** One dataset without options gives the same bytes as before there were several. */
    @Test
    void onePlainDatasetHasNoSourcesInItsCard() throws IOException {
        SourceRun run = SourceRun.of(folder, "dataset 'a.jsonl'");
        assertThat(Files.readString(run.out().resolve("card.json"))).doesNotContain("\"sources\"");
        assertThat(run.card().source().sha256())
                .isEqualTo(SourceDigest.of(folder.resolve("a.jsonl")).sha256());
    }

    @Test
    void aLimitChoosesRowsByTheirContent() throws IOException {
        SourceRun run = SourceRun.of(folder, "dataset 'b.jsonl', limit: 50\ndataset 'a.jsonl'");
        List<Row> ofB = run.rows().stream()
                .filter(row -> row.place().file().equals("b.jsonl"))
                .toList();
        assertThat(ofB).hasSize(50);
        assertThat(run.card().sources().get(0).overLimit()).isEqualTo(250);
        assertThat(ofB).anyMatch(row -> row.place().line() > 250);
        // The same rows in another order, with one more in front: the choice is the same, but for that row.
        List<String> lines = Files.readAllLines(folder.resolve("b.jsonl"));
        Collections.reverse(lines);
        Files.write(folder.resolve("b.jsonl"), lines);
        List<Row> again = SourceRun.of(folder, "dataset 'b.jsonl', limit: 50\ndataset 'a.jsonl'").rows().stream()
                .filter(row -> row.place().file().equals("b.jsonl"))
                .toList();
        assertThat(texts(again)).containsExactlyInAnyOrderElementsOf(texts(ofB));
    }

    @Test
    void sharesAreReachedByLeavingOutRows() throws IOException {
        SourceRun run = SourceRun.of(
                folder,
                "dataset 'a.jsonl', share: 75.percent\ndataset 'b.jsonl', share: 25.percent\n"
                        + "dataset 'c.jsonl', split: test\nsplit train: 100.percent");
        assertThat(bySource(run.rows("train"))).isEqualTo(Map.of("a.jsonl", 100L, "b.jsonl", 33L));
        assertThat(run.card().sources().get(1).overShare()).isEqualTo(267);
        assertThat(run.card().sources().get(1).splits()).isEqualTo(Map.of("train", 33L));
    }

    /** Only training rows are left out: what is measured stays whole. */
    @Test
    void sharesLeaveTheOtherSplitsWhole() throws IOException {
        String lines = "dataset 'a.jsonl'%s\ndataset 'b.jsonl'%s\nsplit train: 80.percent, test: 20.percent";
        SourceRun whole = SourceRun.of(folder, lines.formatted("", ""));
        SourceRun shared = SourceRun.of(folder, lines.formatted(", share: 50.percent", ", share: 50.percent"));
        assertThat(texts(shared.rows("test"))).isEqualTo(texts(whole.rows("test")));
        Map<String, Long> train = bySource(shared.rows("train"));
        assertThat(train.get("a.jsonl")).isEqualTo(train.get("b.jsonl"));
    }

    @Test
    void aWeightRepeatsTrainingRowsOnly() throws IOException {
        String lines = "dataset 'a.jsonl', weight: %s\ndataset 'b.jsonl'";
        long once = trained(lines.formatted("1"));
        SourceRun twice = SourceRun.of(folder, lines.formatted("2"));
        assertThat(bySource(twice.rows("train"))).containsEntry("a.jsonl", 2 * once);
        assertThat(texts(twice.rows("test"))).doesNotHaveDuplicates();
        long half = trained(lines.formatted("0.5"));
        assertThat(half).isBetween(once / 4, once * 3 / 4);
        assertThat(twice.card().split(SplitName.TRAIN).rows())
                .isEqualTo(twice.rows("train").size());
    }

    /** Training rows of a.jsonl. */
    private long trained(String lines) throws IOException {
        return SourceRun.of(folder, lines).rows("train").stream()
                .filter(row -> row.place().file().equals("a.jsonl"))
                .count();
    }

    @Test
    void aSourceCanBeOneSplit() throws IOException {
        SourceRun run = SourceRun.of(
                folder,
                "dataset 'a.jsonl'\ndataset 'c.jsonl', split: test\nsplit train: 90.percent, validation: 10.percent");
        assertThat(bySource(run.rows("test"))).isEqualTo(Map.of("c.jsonl", 40L));
        assertThat(bySource(run.rows("train"))).isEqualTo(Map.of("a.jsonl", 90L));
        assertThat(bySource(run.rows("validation"))).isEqualTo(Map.of("a.jsonl", 10L));
    }

    @Test
    void duplicatesCountForTheLaterSource() throws IOException {
        write("d.jsonl", 90, 20);
        SourceRun run = SourceRun.of(folder, "dataset 'a.jsonl'\ndataset 'd.jsonl'\ndeduplicate exact");
        assertThat(run.card().sources())
                .extracting(source -> source.rows().duplicates())
                .containsExactly(0L, 10L);
    }

    @Test
    void theDigestCoversNamesAndContentsOfAllFiles() throws IOException {
        String one = digest("dataset 'a.jsonl'\ndataset 'b.jsonl'");
        assertThat(one).isNotEqualTo(digest("dataset 'b.jsonl'\ndataset 'a.jsonl'"));
        Files.writeString(folder.resolve("b.jsonl"), "{\"prompt\":\"q\",\"completion\":\"a\"}\n");
        assertThat(one).isNotEqualTo(digest("dataset 'a.jsonl'\ndataset 'b.jsonl'"));
    }

    private String digest(String lines) throws IOException {
        PrepareSpec spec = SourceRun.spec(lines);
        SourceSet set = SourceResolver.withoutPipelines(SourceRun.files(folder)).resolve(SourceRun.run(folder), spec);
        return SourceDigest.of(set).sha256();
    }

    @Test
    void refusesAShareWithoutRows() {
        assertThatThrownBy(() -> SourceRun.of(
                        folder,
                        "dataset 'a.jsonl', share: 50.percent\ndataset 'b.jsonl', share: 50.percent\n"
                                + "filter { row.prompt.length() > 4 }"))
                .isInstanceOf(DatasetProblem.class)
                .hasMessage("a.jsonl: no row is left for training, but its share of the training rows is"
                        + " 50.0 %; add rows, or remove the dataset");
    }

    @Test
    void refusesPairsBesideSingleAnswers() throws IOException {
        Files.writeString(folder.resolve("pairs.jsonl"), "{\"prompt\":\"q\",\"chosen\":\"yes\",\"rejected\":\"no\"}\n");
        PrepareSpec spec = SourceRun.spec("dataset 'a.jsonl'\ndataset 'pairs.jsonl'");
        SourceSet set = SourceResolver.withoutPipelines(SourceRun.files(folder)).resolve(SourceRun.run(folder), spec);
        assertThatThrownBy(() -> ObjectiveCheck.check(spec, set, null))
                .isInstanceOf(StageProblem.class)
                .hasMessageContaining("pairs");
    }

    @Test
    void thePreviewOfSmallFilesIsExact() throws IOException {
        PrepareSpec spec = SourceRun.spec("dataset 'a.jsonl', limit: 30\ndataset 'b.jsonl', weight: 2.0");
        SourceSet set = SourceResolver.withoutPipelines(SourceRun.files(folder)).resolve(SourceRun.run(folder), spec);
        DatasetPreview preview = DatasetPreview.of(spec, null, set, SourceDigest.of(set), null, null, 1, null, null);
        DatasetCard card = SourceRun.of(folder, spec, set).card();
        assertThat(preview.rows()).isEqualTo(card.rows());
        assertThat(preview.splits().train())
                .isEqualTo(card.split(SplitName.TRAIN).rows());
        assertThat(preview.splits().test()).isEqualTo(card.split(SplitName.TEST).rows());
    }
}

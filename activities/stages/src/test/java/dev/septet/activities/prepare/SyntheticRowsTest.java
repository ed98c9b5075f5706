package dev.septet.activities.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.dataset.PreparedRows;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowJson;
import dev.septet.activities.prepare.split.BalancedClasses;
import dev.septet.activities.prepare.split.SplitName;
import dev.septet.activities.prepare.synthetic.SyntheticCounts;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.llm.train.data.TokenDataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Synthetic rows in the prepared dataset. */
class SyntheticRowsTest {
    private static final String SPLIT = "split train: 80.percent, validation: 10.percent, test: 10.percent\n";

    @TempDir
    private Path folder;

    @BeforeEach
    void rows() throws IOException {
        Files.write(
                folder.resolve("rows.jsonl"),
                IntStream.range(0, 60)
                        .mapToObj(i -> "{\"prompt\":\"%s\",\"completion\":\"%s\",\"topic\":\"%s\"}"
                                .formatted(words(i), i % 3 == 0 ? "he is" : "it is", i % 4 == 0 ? "rare" : "often"))
                        .toList());
    }

    /** Questions without common shingles. */
    private static String words(int i) {
        Random letters = new Random(i);
        return IntStream.range(0, 5)
                .mapToObj(word -> letters.ints(7, 'a', 'z' + 1)
                        .mapToObj(Character::toString)
                        .collect(Collectors.joining()))
                .collect(Collectors.joining(" "));
    }

    private SourceRun prepare(String words) throws IOException {
        return SourceRun.of(folder, "dataset 'rows.jsonl'\nmaxTokens 200\n" + SPLIT + words);
    }

    private static List<String> lines(SourceRun run, String split) throws IOException {
        return Files.readAllLines(run.out().resolve(split + ".jsonl"));
    }

    private static JsonNode meta(String line) throws IOException {
        return SpecJson.mapper().readTree(line).path("meta");
    }

    @Test
    void copiesOfTrainingRowsFollowThemAndNameTheirParents() throws IOException {
        SourceRun plain = prepare("keep 'topic'");
        SourceRun run = prepare("keep 'topic'\naugment casing, typos, copies: 2\ncounterfactual he: 'she'");
        assertThat(lines(run, "validation")).isEqualTo(lines(plain, "validation"));
        assertThat(lines(run, "test")).isEqualTo(lines(plain, "test"));
        List<String> train = lines(run, "train");
        int real = lines(plain, "train").size();
        assertThat(train.subList(0, real)).isEqualTo(lines(plain, "train"));

        Set<String> parents = new HashSet<>();
        for (String line : train.subList(0, real)) {
            parents.add(HexFormat.of()
                    .formatHex(RowJson.digest(PreparedRows.parse(line).row())));
            assertThat(meta(line).has("synthetic")).isFalse();
        }
        Map<String, Long> kinds = new java.util.TreeMap<>();
        for (String line : train.subList(real, train.size())) {
            kinds.merge(meta(line).path("synthetic").asText(), 1L, Long::sum);
            assertThat(parents).contains(meta(line).path("parent").asText());
            assertThat(meta(line).path("topic").asText()).isIn("rare", "often");
        }
        SyntheticCounts counts = Objects.requireNonNull(run.card().synthetic());
        assertThat(counts.rows())
                .isEqualTo(train.size() - real)
                .isEqualTo(run.card().split(SplitName.TRAIN).rows() - real);
        assertThat(counts.kinds().keySet()).containsExactly("casing", "counterfactual", "typos");
        counts.kinds()
                .forEach((kind, count) -> assertThat(count.rows())
                        .as(kind)
                        .isEqualTo(kinds.get(kind))
                        .isPositive());
        assertThat(Objects.requireNonNull(counts.terms()).with()
                        + counts.terms().without())
                .isEqualTo(real);
        assertThat(run.card().rows()).isEqualTo(plain.card().rows());
        assertThat(TokenDataset.open(run.out().resolve("train.safetensors")).rows())
                .isEqualTo(train.size());
    }

    @Test
    void equalInputsGiveEqualBytes() throws IOException {
        String words = "augment casing, typos, share: 50.percent\ncounterfactual he: 'she'";
        assertThat(files(prepare(words))).isEqualTo(files(prepare(words)));
        assertThat(files(prepare("augment typos, seed: 1"))).isNotEqualTo(files(prepare("augment typos, seed: 2")));
    }

    private static List<String> files(SourceRun run) throws IOException {
        List<String> all = new ArrayList<>();
        for (String name : List.of("train.jsonl", "validation.jsonl", "test.jsonl", "card.json")) {
            all.add(Files.readString(run.out().resolve(name)));
        }
        return all;
    }

    @Test
    void aCopyThatIsSimilarToATestRowIsRemoved() throws IOException {
        SourceRun plain = prepare("");
        Row test = plain.rows("test").get(0);
        Files.writeString(
                folder.resolve("more.jsonl"),
                "{\"prompt\":\"%s\",\"completion\":\"it is\"}\n"
                        .formatted(test.promptText().substring(4)));
        SourceRun run = SourceRun.of(
                folder,
                "dataset 'rows.jsonl'\ndataset 'more.jsonl', split: train\nmaxTokens 200\n" + SPLIT
                        + "augment template, forms: ['%s{prompt}']"
                                .formatted(test.promptText().substring(0, 4)));
        assertThat(kind(run, "template").removed()).containsEntry("nearHeldOutRows", 1L);
        assertThat(run.rows("train")).extracting(Row::promptText).doesNotContain(test.promptText());
    }

    @Test
    void balanceCountsCopiesWithTheClassOfTheirParent() throws IOException {
        SourceRun run = prepare("balance on: 'topic', by: oversample\naugment typos");
        SourceRun plain = prepare("balance on: 'topic', by: oversample");
        assertThat(rare(run)).isEqualTo(2 * rare(plain)).isPositive();
    }

    private static long rare(SourceRun run) {
        BalancedClasses classes = Objects.requireNonNull(run.card().balance());
        return Objects.requireNonNull(classes.classes().get("rare")).rows();
    }

    private static SyntheticCounts.OfKind kind(SourceRun run, String name) {
        SyntheticCounts counts = Objects.requireNonNull(run.card().synthetic());
        return Objects.requireNonNull(counts.kinds().get(name));
    }

    @Test
    void longCopiesAndPersonalDataAreRemoved() throws IOException {
        SourceRun run = prepare(
                "redact email, replacement: drop\naugment template, copies: 2, forms: ['a@example.com {prompt}', '%s {prompt}']"
                        .formatted("word ".repeat(100).strip()));
        SyntheticCounts.OfKind counts = kind(run, "template");
        assertThat(counts.rows()).isZero();
        assertThat(counts.removed().keySet()).containsExactly("personalData", "tooLong");
    }
}

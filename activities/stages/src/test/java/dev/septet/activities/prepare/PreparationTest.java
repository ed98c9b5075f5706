package dev.septet.activities.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.PreferenceRow;
import dev.septet.activities.dataset.PreparedRows;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowJson;
import dev.septet.activities.dataset.TextRow;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.prepare.split.SplitName;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.Golden;
import dev.septet.dsl.pipeline.ExpressionSpec;
import dev.septet.dsl.pipeline.prepare.BalanceSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.FilterSpec;
import dev.septet.dsl.pipeline.prepare.MapSpec;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.prepare.PrepareSpec.LongRows;
import dev.septet.dsl.pipeline.prepare.RedactSpec;
import dev.septet.dsl.pipeline.prepare.RedactSpec.Kind;
import dev.septet.dsl.pipeline.prepare.RedactSpec.Replacement;
import dev.septet.dsl.pipeline.prepare.SplitSpec;
import dev.septet.llm.train.data.TokenDataset;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** From the bytes of a source to the bytes of a dataset. */
class PreparationTest {
    @TempDir
    Path folder;

    private static PrepareSpec spec(int maxBadRows, @Nullable RedactSpec redact) {
        return new PrepareSpec(
                "rows.jsonl",
                null,
                DatasetFormat.AUTO,
                maxBadRows,
                List.of(),
                true,
                redact,
                new SplitSpec(80, 10, 10),
                64,
                PrepareSpec.DEFAULT_POLICY);
    }

    private static String chat(String question, String answer) {
        return "{\"messages\":[{\"role\":\"user\",\"content\":\"%s\"},{\"role\":\"assistant\",\"content\":\"%s\"}]}"
                .formatted(question, answer);
    }

    private static List<String> rows(int count) {
        return IntStream.range(0, count).mapToObj(i -> chat("q " + i, "a " + i)).toList();
    }

    private static List<String> pairs(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> String.format(
                        Locale.ROOT,
                        "{\"prompt\":[{\"role\":\"user\",\"content\":\"q %d\"}],\"chosen\":\"yes %d\",\"rejected\":\"no\"}",
                        i,
                        i))
                .toList();
    }

    /** Conversations of several turns in several scripts, whose tokens cut characters. */
    private static List<String> turns(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> String.format(
                        Locale.ROOT,
                        "{\"messages\":[{\"role\":\"user\",\"content\":\"\u00e9 %d \ud83d\ude00\"},"
                                + "{\"role\":\"assistant\",\"content\":\"\ud83d\ude00 %d\"},"
                                + "{\"role\":\"user\",\"content\":\"e\u0301\"},"
                                + "{\"role\":\"assistant\",\"content\":\"na\u00ef \u061d\"}]}",
                        i,
                        i))
                .toList();
    }

    private DatasetCard prepare(String name, PrepareSpec spec, List<String> lines) throws IOException {
        String file = Objects.requireNonNull(spec.dataset());
        Path source = folder.resolve(file);
        Files.write(source, lines);
        Path out = Files.createDirectory(folder.resolve(name));
        Path scratch = Files.createDirectory(folder.resolve(name + "-scratch"));
        try (ModelRowEncoder encoder = new ModelRowEncoder(TinyModels.chat(), spec.maxTokens())) {
            return new Preparation(
                            spec, new SourceFile(source, file), SourceDigest.of(source), encoder, encoder.digest(), 1)
                    .run(scratch, out, rows -> {});
        }
    }

    private List<Row> split(String name, String split) throws IOException {
        return PreparedRows.read(folder.resolve(name).resolve(split + ".jsonl"), 0);
    }

    @Test
    void sharesEveryRowOutOnceAndTokenizesItInStep() throws IOException {
        DatasetCard card = prepare("out", spec(0, null), rows(50));
        assertThat(card.rows()).isEqualTo(new DatasetCard.Rows(50, 50, 0, 0, 0, 0));
        Set<String> seen = new HashSet<>();
        try (ModelRowEncoder encoder = new ModelRowEncoder(TinyModels.chat(), 64)) {
            for (SplitName name : SplitName.values()) {
                List<Row> rows = split("out", name.word());
                TokenDataset tokens = TokenDataset.open(folder.resolve("out").resolve(name.word() + ".safetensors"));
                assertThat(tokens.rows()).isEqualTo(rows.size());
                for (int i = 0; i < rows.size(); i++) {
                    assertThat(seen.add(RowJson.line(rows.get(i)))).isTrue();
                    assertThat(tokens.row(i).tokens())
                            .isEqualTo(encoder.encode(rows.get(i)).tokens());
                }
                assertThat(card.split(name).tokens()).isEqualTo(tokens.tokens());
            }
        }
        assertThat(seen).hasSize(50);
        assertThat(split("out", "validation")).hasSize(5);
        assertThat(split("out", "test")).hasSize(5);
    }

    private static PrepareSpec with(SplitSpec split, @Nullable BalanceSpec balance) {
        PrepareSpec plain = spec(1, null);
        return new PrepareSpec(
                        plain.dataset(),
                        null,
                        plain.format(),
                        plain.maxBadRows(),
                        List.of(),
                        true,
                        null,
                        split,
                        plain.maxTokens(),
                        plain.policy())
                .with(balance);
    }

    private static List<String> labelled(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> chat("q " + i, "a " + i)
                        .replaceFirst("\\{", "{\"label\":\"%s\",".formatted(i % 5 == 0 ? "spam" : "ham")))
                .toList();
    }

    @Test
    void balancesTheClassesOfTheTrainingSplit() throws IOException {
        SplitSpec split = new SplitSpec(80, 10, 10, "label", null, null);
        List<String> rows = new ArrayList<>(labelled(100));
        rows.add(chat("without", "a label"));
        for (BalanceSpec.Method by : BalanceSpec.Method.values()) {
            DatasetCard card = prepare(by.name(), with(split, new BalanceSpec("label", by)), rows);
            assertThat(card.rows()).isEqualTo(new DatasetCard.Rows(101, 100, 1, 0, 0, 0));
            int expected = switch (by) {
                case WEIGHTS -> 80;
                case OVERSAMPLE -> 128;
                case UNDERSAMPLE -> 32;
            };
            assertThat(split(by.name(), "train")).hasSize(expected);
            assertThat(split(by.name(), "test")).hasSize(10);
            TokenDataset train = TokenDataset.open(folder.resolve(by.name()).resolve("train.safetensors"));
            assertThat(train.rows()).isEqualTo(expected);
            assertThat(train.weighted()).isEqualTo(by == BalanceSpec.Method.WEIGHTS);
            assertThat(Files.readString(folder.resolve(by.name()).resolve("quarantine.jsonl")))
                    .contains("\\\"label\\\" has no value, but `balance on:` of the pipeline needs one in every row");
        }
    }

    /** The rows of another pipeline have the columns that it keeps in their object meta. */
    @Test
    void columnsThatAnotherPipelineKeptGroupRows() throws IOException {
        List<String> rows = IntStream.range(0, 40)
                .mapToObj(i -> chat("q " + i, "a " + i)
                        .replaceFirst("\\{", String.format(Locale.ROOT, "{\"meta\":{\"customer\":\"c%d\"},", i % 10)))
                .toList();
        prepare("grouped", with(new SplitSpec(80, 10, 10, null, "customer", null), null), rows);
        Map<String, String> splits = new HashMap<>();
        for (SplitName name : SplitName.values()) {
            for (Row row : split("grouped", name.word())) {
                String customer = "c" + (row.place().line() - 1) % 10;
                assertThat(splits.computeIfAbsent(customer, any -> name.word())).isEqualTo(name.word());
            }
        }
        assertThat(splits).hasSize(10);
        assertThat(Set.copyOf(splits.values())).hasSize(3);
    }

    /** All rows of a list in one line have the same place, and the first rows are read ahead. */
    @Test
    void valuesOfRowsReadAheadStayWithTheirRows() throws IOException {
        StringBuilder list = new StringBuilder("[{\"prompt\":\"bad\",\"completion\":\"row\",\"g\":\"\"}");
        for (int i = 0; i < 60; i++) {
            list.append(String.format(
                    Locale.ROOT, ",{\"prompt\":\"q %d\",\"completion\":\"g%d\",\"g\":\"g%d\"}", i, i / 5, i / 5));
        }
        PrepareSpec grouped = new PrepareSpec(
                "rows.json",
                null,
                DatasetFormat.AUTO,
                1,
                List.of(),
                true,
                null,
                new SplitSpec(80, 10, 10, null, "g", null),
                64,
                PrepareSpec.DEFAULT_POLICY);
        DatasetCard card = prepare("ahead", grouped, List.of(list.append(']').toString()));
        assertThat(card.rows()).isEqualTo(new DatasetCard.Rows(61, 60, 1, 0, 0, 0));
        Map<String, String> splits = new HashMap<>();
        for (SplitName name : SplitName.values()) {
            for (Row row : split("ahead", name.word())) {
                assertThat(splits.computeIfAbsent(row.reference().orElseThrow(), any -> name.word()))
                        .isEqualTo(name.word());
            }
        }
        assertThat(splits).hasSize(12);
    }

    @Test
    void aBadRowDoesNotRemoveItsGoodDuplicate() throws IOException {
        List<String> rows = new ArrayList<>(List.of(
                "{\"prompt\":\"q\",\"completion\":\"a\",\"created\":\"soon\"}",
                "{\"prompt\":\"q\",\"completion\":\"a\",\"created\":\"2026-01-01\"}"));
        for (int i = 0; i < 10; i++) {
            rows.add(String.format(
                    Locale.ROOT, "{\"prompt\":\"q %d\",\"completion\":\"a\",\"created\":%d.25}", i, 1_780_000_000 + i));
        }
        DatasetCard card = prepare("time", with(new SplitSpec(80, 10, 10, null, null, "created"), null), rows);
        assertThat(card.rows()).isEqualTo(new DatasetCard.Rows(12, 11, 1, 0, 0, 0));
        assertThat(split("time", "test")).extracting(row -> row.place().line()).containsExactly(12L);
    }

    /** A prepared dataset is found by its bytes: equal sources must give those of earlier versions. */
    @Test
    void itsBytesAreThoseOfEarlierVersions() throws IOException {
        prepare("rows", spec(0, null), rows(50));
        prepare("pairs", spec(0, null), pairs(30));
        prepare("turns", spec(0, null), turns(30));
        StringBuilder digests = new StringBuilder();
        for (String name : List.of("rows", "pairs", "turns")) {
            for (SplitName split : SplitName.values()) {
                for (String ending : List.of(".jsonl", ".safetensors")) {
                    byte[] bytes = Files.readAllBytes(folder.resolve(name).resolve(split.word() + ending));
                    digests.append("%s/%s%s %s\n".formatted(name, split.word(), ending, Sha256.of(bytes)));
                }
            }
        }
        Golden.check(Path.of("src/test/resources/dev/septet/activities/prepare/digests.txt"), digests.toString());
    }

    @Test
    void equalInputGivesEqualBytes() throws IOException {
        prepare("one", spec(0, null), rows(40));
        prepare("two", spec(0, null), rows(40));
        try (var files = Files.list(folder.resolve("one"))) {
            for (Path file : files.toList()) {
                assertThat(folder.resolve("two").resolve(file.getFileName())).hasSameBinaryContentAs(file);
            }
        }
    }

    /** 50 MB in one row are counted and not kept; 9 MB are read, and not tokenized. */
    @Tag("long")
    @Test
    @Timeout(240)
    void rowsOfAbsurdLengthCostLittleTimeAndMemory() throws IOException {
        RedactSpec all = new RedactSpec(Set.of(Kind.values()), Replacement.MASK);
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int bytes : List.of(9_000_000, 50_000_000)) {
            List<String> lines = new ArrayList<>(rows(20));
            lines.add(chat("word ".repeat(bytes / 5), "a"));
            long before = threads.getCurrentThreadAllocatedBytes();
            DatasetCard card = prepare("of-" + bytes, spec(1, all), lines);
            assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                    .as("bytes allocated")
                    .isLessThan(400L << 20);
            assertThat(card.rows()).isEqualTo(new DatasetCard.Rows(21, 20, 1, 0, 0, 0));
            assertThat(folder.resolve("of-" + bytes).resolve("quarantine.jsonl"))
                    .content()
                    .contains(
                            bytes == 9_000_000
                                    ? "has 9000001 characters, far more than maxTokens 64 can hold"
                                    : "bytes long, expected at most 10,000,000");
        }
    }

    @Test
    void countsDuplicatesAfterRedaction() throws IOException {
        List<String> lines = new ArrayList<>(rows(20));
        lines.add(chat("q  3 ", "a 3"));
        lines.add(chat("mail a@b.org", "sent"));
        lines.add(chat("mail c@d.org", "sent"));
        DatasetCard card = prepare("out", spec(0, new RedactSpec(Set.of(Kind.EMAIL), Replacement.MASK)), lines);
        assertThat(card.rows()).isEqualTo(new DatasetCard.Rows(23, 21, 0, 2, 0, 0));
        assertThat(card.redactions()).containsEntry("email", 2L);
        assertThat(folder.resolve("out/redactions.jsonl")).content().isEqualTo("""
            {"end":12,"field":"messages[0].content","kind":"EMAIL","source":"rows.jsonl:22","start":5}
            {"end":12,"field":"messages[0].content","kind":"EMAIL","source":"rows.jsonl:23","start":5}
            """);
        try (var files = Files.list(folder.resolve("out"))) {
            for (Path file : files.toList()) {
                String bytes = new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1);
                assertThat(bytes).doesNotContain("a@b.org").doesNotContain("c@d.org");
            }
        }
    }

    @Test
    void dropsRowsWithPersonalDataWhenAsked() throws IOException {
        List<String> lines = new ArrayList<>(rows(10));
        lines.add(chat("mail a@b.org", "sent"));
        DatasetCard card = prepare("out", spec(0, new RedactSpec(Set.of(Kind.EMAIL), Replacement.DROP)), lines);
        assertThat(card.rows()).isEqualTo(new DatasetCard.Rows(11, 10, 0, 0, 1, 0));
    }

    @Test
    void failsLoudlyAboutBadRows() {
        List<String> lines = new ArrayList<>(rows(10));
        lines.add(2, "{");
        lines.add(5, chat("say <|im_end|>", "no"));
        lines.add(chat("long", "word ".repeat(100)));
        assertThatThrownBy(() -> prepare("out", spec(2, null), lines))
                .isInstanceOfSatisfying(
                        DatasetProblem.class, e -> assertThat(e.blame()).isEqualTo(DatasetProblem.Blame.DATA))
                .hasMessageMatching("""
                    3 bad rows in rows.jsonl, allowed are 2:
                      rows.jsonl:3: is not valid JSON \\(column 2\\): it ends too early
                      rows.jsonl:6: messages\\[0\\].content holds the model's control token <\\|im_end\\|>
                      rows.jsonl:13: has \\d+ tokens, more than maxTokens 64
                    Correct the rows, or set them aside with `maxBadRows 3`\\.
                    For longer rows write `maxTokens 64, longer: drop` to leave them out, `longer: truncate` to cut them at their end, or a larger maxTokens and `longer: fail`, which is the default\
                    """);
    }

    @Test
    void setsAllowedBadRowsAside() throws IOException {
        List<String> lines = new ArrayList<>(rows(10));
        lines.add(2, "{");
        DatasetCard card = prepare("out", spec(1, null), lines);
        assertThat(card.rows().quarantined()).isEqualTo(1);
        assertThat(folder.resolve("out/quarantine.jsonl"))
                .hasContent("{\"bytes\":1,\"reason\":\"is not valid JSON (column 2): it ends too"
                        + " early\",\"source\":\"rows.jsonl:3\"}");
    }

    @Test
    void countsWhatFiltersLeaveOutAndTokenizesWhatMapsMade() throws IOException {
        PrepareSpec plain = spec(0, null);
        PrepareSpec spec = new PrepareSpec(
                plain.dataset(),
                null,
                plain.format(),
                0,
                List.of(
                        new FilterSpec(expression("row.prompt != 'q 7'")),
                        new MapSpec(Map.of("answer", expression("row.answer.toUpperCase()")))),
                true,
                null,
                plain.split(),
                plain.maxTokens(),
                plain.policy());
        DatasetCard card = prepare("out", spec, rows(30));
        assertThat(card.rows()).isEqualTo(new DatasetCard.Rows(30, 29, 0, 0, 0, 1));
        for (SplitName name : SplitName.values()) {
            assertThat(split("out", name.word()))
                    .allSatisfy(row -> assertThat(row.reference())
                            .hasValueSatisfying(answer ->
                                    assertThat(answer).startsWith("A ").isNotEqualTo("A 7")));
        }
        assertThat(folder.resolve("out/card.json")).content().contains("\"filtered\" : 1");
    }

    private static ExpressionSpec expression(String text) {
        return new ExpressionSpec(text, "p.groovy", 3, 7);
    }

    @Test
    void saysWhenNothingIsLeft() {
        assertThatThrownBy(() -> prepare("out", spec(0, null), List.of()))
                .hasMessage("rows.jsonl: no row is left to train on (of 0 read)");
    }

    @Test
    void pairsStayTogether() throws IOException {
        DatasetCard card = prepare("pairs", spec(0, null), pairs(30));
        assertThat(card.source().format()).isEqualTo("preference");
        assertThat(card.split(SplitName.TRAIN).rows()).isEqualTo(24);
        try (ModelRowEncoder encoder = new ModelRowEncoder(TinyModels.chat(), 64)) {
            for (SplitName name : SplitName.values()) {
                List<Row> rows = split("pairs", name.word());
                TokenDataset tokens = TokenDataset.open(folder.resolve("pairs").resolve(name.word() + ".safetensors"));
                assertThat(tokens.rowsPerExample()).isEqualTo(2);
                assertThat(tokens.examples()).isEqualTo(rows.size());
                for (int i = 0; i < rows.size(); i++) {
                    PreferenceRow pair = (PreferenceRow) rows.get(i);
                    assertThat(tokens.row(2 * i).tokens())
                            .isEqualTo(encoder.encode(pair.chosen()).tokens());
                    assertThat(tokens.row(2 * i + 1).tokens())
                            .isEqualTo(encoder.encode(pair.rejected()).tokens());
                }
                assertThat(card.split(name).tokens()).isEqualTo(tokens.tokens());
            }
        }
    }

    @Test
    void saysWhichAnswerOfAPairIsTooLong() {
        List<String> lines = List.of(
                "{\"prompt\":\"q\",\"chosen\":\"a\",\"rejected\":\"%s\"}".formatted("word ".repeat(80)),
                "{\"prompt\":\"q\",\"chosen\":\"<|im_end|>\",\"rejected\":\"b\"}");
        assertThatThrownBy(() -> prepare("long", spec(0, null), lines))
                .isInstanceOf(DatasetProblem.class)
                .hasMessageContaining("rows.jsonl:1: rejected: has ")
                .hasMessageContaining("tokens, more than maxTokens 64")
                .hasMessageContaining("rows.jsonl:2: chosen: completion holds the model's control token");
    }

    private static PrepareSpec longRows(int maxBadRows, LongRows longer) {
        return new PrepareSpec(
                "rows.jsonl",
                null,
                DatasetFormat.AUTO,
                maxBadRows,
                List.of(),
                true,
                null,
                new SplitSpec(100, 0, 0),
                64,
                longer,
                PrepareSpec.DEFAULT_POLICY);
    }

    private static String chat(String... turns) {
        return IntStream.range(0, turns.length)
                .mapToObj(i ->
                        "{\"role\":\"%s\",\"content\":\"%s\"}".formatted(i % 2 == 0 ? "user" : "assistant", turns[i]))
                .collect(Collectors.joining(",", "{\"messages\":[", "]}"));
    }

    private TokenDataset tokens(String name) {
        return TokenDataset.open(folder.resolve(name).resolve("train.safetensors"));
    }

    @Test
    void longRowsAreBadRowsWhenNothingIsSaid() throws IOException {
        List<String> lines = new ArrayList<>(rows(10));
        lines.add(3, chat("long", "word ".repeat(100)));
        assertThatThrownBy(() -> prepare("no", longRows(0, LongRows.FAIL), lines))
                .isInstanceOf(DatasetProblem.class)
                .hasMessageMatching("""
                    1 bad row in rows.jsonl, allowed are 0:
                      rows.jsonl:4: has \\d{3} tokens, more than maxTokens 64
                    Correct the rows, or set them aside with `maxBadRows 1`\\.
                    For longer rows write `maxTokens 64, longer: drop` to leave them out, `longer: truncate` to cut them at their end, or a larger maxTokens and `longer: fail`, which is the default\
                    """);
        DatasetCard card = prepare("out", longRows(1, LongRows.FAIL), lines);
        assertThat(card.rows()).isEqualTo(new DatasetCard.Rows(11, 10, 1, 0, 0, 0));
        assertThat(folder.resolve("out/card.json"))
                .content()
                .as("no other bytes than before")
                .doesNotContain("droppedLong", "truncated");
    }

    @Test
    void dropsLongRowsAndCountsThemApartFromBadOnes() throws IOException {
        List<String> lines = new ArrayList<>(rows(10));
        lines.add(3, chat("long", "word ".repeat(100)));
        lines.add(chat("word ".repeat(1_800_000), "endless"));
        DatasetCard card = prepare("out", longRows(0, LongRows.DROP), lines);
        assertThat(card.rows()).isEqualTo(new DatasetCard.Rows(12, 10, 0, 0, 0, 0, 2, 0));
        assertThat(card.longestRow()).isLessThanOrEqualTo(64);
        assertThat(folder.resolve("out/card.json")).content().contains("\"droppedLong\" : 2");
        assertThat(folder.resolve("out/quarantine.jsonl")).isEmptyFile();
        assertThat(prepare("plain", longRows(0, LongRows.DROP), rows(10)).split(SplitName.TRAIN))
                .isEqualTo(card.split(SplitName.TRAIN));

        assertThatThrownBy(() -> prepare("none", longRows(0, LongRows.DROP), lines.subList(3, 4)))
                .hasMessage("rows.jsonl: no row is left to train on (of 1 read, 1 dropped as longer"
                        + " than maxTokens 64)");
    }

    /** TRL's way: the first tokens stay, whatever they are. */
    @Test
    void cutsTextsAndCompletionsAtTheirEnd() throws IOException {
        List<String> texts = List.of("{\"text\":\"short\"}", text(100), text(400_000));
        DatasetCard card = prepare("texts", longRows(0, LongRows.TRUNCATE), texts);
        assertThat(card.rows()).isEqualTo(new DatasetCard.Rows(3, 3, 0, 0, 0, 0, 0, 2));
        assertThat(card.longestRow()).isEqualTo(64);
        assertThat(folder.resolve("texts/card.json")).content().contains("\"truncated\" : 2");
        try (ModelRowEncoder whole = new ModelRowEncoder(TinyModels.chat(), 4096)) {
            TokenDataset tokens = tokens("texts");
            for (int row = 0; row < 3; row++) {
                TextRow kept = (TextRow) split("texts", "train").get(row);
                if (kept.text().length() < 10_000) {
                    int[] all = whole.encode(kept).tokens();
                    assertThat(tokens.row(row).tokens()).isEqualTo(Arrays.copyOf(all, Math.min(64, all.length)));
                }
            }
            assertThat(tokens.row(1).tokens())
                    .hasSize(64)
                    .isEqualTo(tokens.row(2).tokens());

            String row = "{\"prompt\":\"1 2 3\",\"completion\":\"%s\"}";
            prepare("one", longRows(0, LongRows.TRUNCATE), List.of(row.formatted("4 ".repeat(90))));
            TokenDataset.Row all = whole.encode(split("one", "train").get(0));
            TokenDataset.Row cut = tokens("one").row(0);
            assertThat(cut.tokens()).isEqualTo(Arrays.copyOf(all.tokens(), 64));
            assertThat(cut.mask()).isEqualTo(Arrays.copyOf(all.mask(), 64));
            assertThat(cut.mask()[0]).isZero();
            assertThat(cut.mask()[63]).isOne();
        }
    }

    private static String text(int words) {
        return "{\"text\":\"%s\"}".formatted("once upon ".repeat(words));
    }

    /** What is kept ends with an answer, so that the row can be asked about as well. */
    @Test
    void cutsChatsInTheirLastAnswerThatFits() throws IOException {
        String endless = "word ".repeat(90).strip();
        List<String> lines = List.of(
                chat("first", "yes", "second", endless, "third", "no"),
                chat("first one", "yes", endless, "no"),
                chat("first two", endless),
                chat("first three", "yes", "q ".repeat(4_000_000), "no"));
        DatasetCard card = prepare("out", longRows(0, LongRows.TRUNCATE), lines);
        assertThat(card.rows()).isEqualTo(new DatasetCard.Rows(4, 4, 0, 0, 0, 0, 0, 4));
        try (ModelRowEncoder whole = new ModelRowEncoder(TinyModels.chat(), 4096)) {
            List<Row> kept = split("out", "train");
            for (int row = 0; row < kept.size(); row++) {
                int[] all = whole.encode(kept.get(row)).tokens();
                assertThat(tokens("out").row(row).tokens()).isEqualTo(Arrays.copyOf(all, Math.min(64, all.length)));
            }
            assertThat(kept)
                    .extracting(row -> ((ChatRow) row).messages().size())
                    .containsExactly(4, 2, 2, 2);
            assertThat(kept.get(0).reference()).hasValue(endless);
        }
    }

    @Test
    void aRowThatKeepsNothingToLearnIsBad() {
        List<String> lines = new ArrayList<>(rows(10));
        lines.add(2, chat("word ".repeat(90), "answer"));
        assertThatThrownBy(() -> prepare("out", longRows(0, LongRows.TRUNCATE), lines))
                .hasMessageMatching("""
                    1 bad row in rows.jsonl, allowed are 0:
                      rows.jsonl:3: has \\d+ tokens, and none of the first 64 that `longer: truncate` keeps can be learned
                    Correct the rows, or set them aside with `maxBadRows 1`\
                    """);
    }

    @Test
    void cutsBothAnswersOfAPairAndRefusesWhatDiffersBehindTheCut() throws IOException {
        String pair = "{\"prompt\":\"q %d\",\"chosen\":\"%s\",\"rejected\":\"%s\"}";
        String endless = "word ".repeat(90);
        List<String> lines = List.of(
                pair.formatted(1, "yes " + endless, "no " + endless),
                pair.formatted(2, "yes", "no " + endless),
                pair.formatted(3, "yes", "no"));
        DatasetCard card = prepare("out", longRows(0, LongRows.TRUNCATE), lines);
        assertThat(card.rows()).isEqualTo(new DatasetCard.Rows(3, 3, 0, 0, 0, 0, 0, 2));
        assertThat(tokens("out").row(0).tokens()).hasSize(64);
        assertThat(tokens("out").row(1).tokens()).hasSize(64);
        assertThat(tokens("out").row(3).tokens()).hasSize(64);
        List<String> same = List.of(pair.formatted(1, endless + "yes", endless + "no"));
        assertThatThrownBy(() -> prepare("same", longRows(0, LongRows.TRUNCATE), same))
                .hasMessageContaining("rows.jsonl:1: \"chosen\" and \"rejected\" become the same tokens");
        assertThat(prepare("drop", longRows(0, LongRows.DROP), lines).rows())
                .isEqualTo(new DatasetCard.Rows(3, 1, 0, 0, 0, 0, 2, 0));
    }
}

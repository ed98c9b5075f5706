package dev.septet.activities.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.RowSample;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.prepare.split.SplitName;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.prepare.PrepareSpec.LongRows;
import dev.septet.dsl.pipeline.prepare.RedactSpec;
import dev.septet.dsl.pipeline.prepare.SplitSpec;
import dev.septet.llm.train.data.TokenDataset;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A preview says what prepare then makes. */
class DatasetPreviewTest {
    private static final Path QUICKSTART =
            Path.of("../../examples/quickstart").toAbsolutePath().normalize();
    private static final String CANARY = "canary4711";

    /** Rows of the generated file: 14 to 17 MB, more than is read whole. */
    private static final int LARGE = 120_000;

    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest
    @EnumSource(LongRows.class)
    void ofASmallFileIsExactlyWhatPrepareMakes(LongRows longer) throws IOException {
        Path file = QUICKSTART.resolve("data/tickets.jsonl");
        // 100 tokens are too few for some of the tickets
        PrepareSpec spec = spec(DatasetFormat.AUTO, 3000, 100, longer);
        SourceFile source = new SourceFile(file, "data/tickets.jsonl");
        Path out = Files.createDirectory(folder.resolve("out"));
        DatasetCard card;
        DatasetPreview preview;
        try (ModelRowEncoder encoder = new ModelRowEncoder(QUICKSTART.resolve("base-model"), spec.maxTokens())) {
            card = new Preparation(spec, source, SourceDigest.of(file), encoder, "", 1)
                    .run(Files.createDirectory(folder.resolve("scratch")), out, rows -> {});
            preview = preview(spec, source, encoder);
        }
        assertThat(preview.whole()).isTrue();
        assertThat(preview.rowsInFile()).isEqualTo(3000);
        assertThat(preview.source()).isEqualTo(card.source());
        assertThat(preview.rows()).isEqualTo(card.rows());
        assertThat(preview.longRows()).isPositive();
        assertThat(preview.firstBadRows())
                .isEqualTo(Files.readAllLines(out.resolve("quarantine.jsonl")).stream()
                        .limit(5)
                        .map(DatasetPreviewTest::shown)
                        .toList());
        assertThat(preview.splits())
                .isEqualTo(new DatasetPreview.Splits(
                        card.split(SplitName.TRAIN).rows(),
                        card.split(SplitName.VALIDATION).rows(),
                        card.split(SplitName.TEST).rows()));
        int[] lengths = Arrays.stream(SplitName.values())
                .map(name -> out.resolve(name.word() + ".safetensors"))
                .map(TokenDataset::open)
                .flatMapToInt(rows ->
                        IntStream.range(0, rows.rows()).map(row -> rows.row(row).tokens().length))
                .sorted()
                .toArray();
        assertThat(preview.tokens())
                .isEqualTo(new DatasetPreview.Tokens(
                        Arrays.stream(lengths).asLongStream().sum(),
                        card.split(SplitName.TRAIN).tokens(),
                        card.split(SplitName.TRAIN).lossTokens(),
                        lengths[(lengths.length + 1) / 2 - 1],
                        lengths[(int) Math.ceil(lengths.length * 0.95) - 1],
                        card.longestRow()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rows.jsonl", "rows.json", "rows.csv"})
    void ofALargeFileIsASampleWithThePlacesOfTheFile(String name) throws IOException {
        SourceFile source = large(name);
        PrepareSpec spec = spec(DatasetFormat.AUTO, 1000, 256, LongRows.FAIL);
        DatasetPreview preview = preview(spec, source);
        assertThat(preview.whole()).isFalse();
        assertThat(preview.rowsInFile()).isEqualTo(LARGE);
        assertThat(preview.rows().read()).isBetween(4_900L, 5_000L);
        assertThat(preview.decidedBy()).startsWith("the fields of " + name + ":");
        // every hundredth row is bad: about one in a block, at its own line
        assertThat(preview.rows().quarantined()).isBetween(49L, 51L);
        int header = name.equals("rows.csv") ? 1 : 0;
        int lines = name.equals("rows.csv") ? 2 : 1;
        assertThat(preview.firstBadRows())
                .hasSize(5)
                .allSatisfy(bad -> {
                    long line = Long.parseLong(bad.split(":")[1]);
                    assertThat((line - 1 - header) % lines).isZero();
                    assertThat((line - 1 - header) / lines % 100).isEqualTo(99);
                })
                .noneMatch(bad -> bad.contains(CANARY));
        DatasetPreview.Splits splits = preview.splits();
        assertThat(splits.train() + splits.validation() + splits.test()).isBetween(LARGE * 98L / 100, (long) LARGE);
        assertThat(splits.train()).isBetween(94_000L, 96_000L);
        assertThat(preview(spec, source)).as("again").isEqualTo(preview);
        assertThat(SpecJson.mapper().valueToTree(preview).toString()).doesNotContain(CANARY);
    }

    @Test
    void ofASampleWithTooManyBadRowsIsRefusedAsByPrepare() throws IOException {
        SourceFile source = large("rows.jsonl");
        assertThatThrownBy(() -> preview(spec(DatasetFormat.AUTO, 3, 256, LongRows.FAIL), source))
                .isInstanceOf(DatasetProblem.class)
                .hasMessageStartingWith("50 bad rows in rows.jsonl, allowed are 3:\n")
                .hasMessageContaining("rows.jsonl:100: ")
                .hasMessageEndingWith("Only a sample of the rows was read: the whole file may have more bad rows")
                .hasMessageNotContaining(CANARY);
    }

    @Test
    void withoutATokenizerCountsRowsAlone() throws IOException {
        SourceFile source = new SourceFile(QUICKSTART.resolve("data/tickets.jsonl"), "data/tickets.jsonl");
        DatasetPreview preview = preview(spec(DatasetFormat.CHAT, 5, 8, LongRows.FAIL), source, null);
        assertThat(preview.tokens()).isNull();
        assertThat(preview.rows().read()).isEqualTo(3000);
        assertThat(preview.rows().quarantined()).isEqualTo(3);
        assertThat(preview.longRows()).isZero();
        assertThat(preview.decidedBy()).isEqualTo("`format: chat` of the pipeline");
    }

    @Test
    void refusesWhatPrepareRefuses() throws IOException {
        PrepareSpec spec = spec(DatasetFormat.AUTO, 9, 64, LongRows.FAIL);
        assertThatThrownBy(() -> preview(spec, file("empty.jsonl", "\n")))
                .isInstanceOf(DatasetProblem.class)
                .hasMessage("empty.jsonl: no row is left to train on (of 0 read)");
        assertThatThrownBy(() -> preview(spec, file("bad.jsonl", "{\n" + CANARY + "\n")))
                .isInstanceOf(DatasetProblem.class)
                .hasMessage("bad.jsonl: no row is left to train on (of 2 read)");
        assertThatThrownBy(() ->
                        preview(spec, file("pairs.jsonl", "{\"prompt\":\"q\",\"chosen\":\"a\",\"rejected\":\"b\"}\n")))
                .isInstanceOf(StageProblem.class)
                .hasMessageContaining("use `objective dpo()`");
    }

    @Test
    void aSampleIsBoundedByBytesToo() {
        RowSample sample = RowSample.of(RowSample.LARGEST_WHOLE + 1);
        assertThat(sample.blocks() * sample.rows()).isEqualTo(5_000);
        assertThat(sample.blocks() * sample.bytes()).isEqualTo(RowSample.LARGEST_WHOLE);
        assertThat(RowSample.of(RowSample.LARGEST_WHOLE)).isEqualTo(RowSample.WHOLE);
    }

    private static String shown(String quarantined) {
        try {
            Quarantine.Line line = SpecJson.mapper().readValue(quarantined, Quarantine.Line.class);
            return line.source() + ": " + line.reason();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Rows of two lines in CSV; every hundredth has an empty answer. */
    private SourceFile large(String name) throws IOException {
        Path file = folder.resolve(name);
        String pad = CANARY + " ".repeat(90);
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            out.write(name.equals("rows.csv") ? "prompt,completion\n" : "");
            for (int row = 0; row < LARGE; row++) {
                String answer = row % 100 == 99 ? "" : "a" + row;
                if (name.equals("rows.csv")) {
                    out.write(String.format(Locale.ROOT, "\"q %d%n%s\",\"%s\"%n", row, pad, answer));
                } else {
                    String record = String.format(
                            Locale.ROOT, "{\"prompt\":\"q %d %s\",\"completion\":\"%s\"}", row, pad, answer);
                    String list = row == 0 ? "[" : ",";
                    out.write(name.equals("rows.json") ? list + record + "\n" : record + "\n");
                }
            }
            out.write(name.equals("rows.json") ? "]\n" : "");
        }
        assertThat(Files.size(file)).isGreaterThan(RowSample.LARGEST_WHOLE);
        return new SourceFile(file, name);
    }

    private SourceFile file(String name, String text) throws IOException {
        return new SourceFile(Files.writeString(folder.resolve(name), text), name);
    }

    private static DatasetPreview preview(PrepareSpec spec, SourceFile source) throws IOException {
        try (ModelRowEncoder encoder = new ModelRowEncoder(TinyModels.chat(), spec.maxTokens())) {
            return preview(spec, source, encoder);
        }
    }

    private static DatasetPreview preview(PrepareSpec spec, SourceFile source, @Nullable RowEncoder encoder)
            throws IOException {
        return DatasetPreview.of(spec, null, source, SourceDigest.of(source.path()), encoder, null, 1);
    }

    private static PrepareSpec spec(DatasetFormat format, int maxBadRows, int maxTokens, LongRows longer) {
        return new PrepareSpec(
                "rows",
                null,
                format,
                maxBadRows,
                List.of(),
                true,
                new RedactSpec(Set.of(RedactSpec.Kind.EMAIL), RedactSpec.Replacement.HASH, List.of()),
                new SplitSpec(80, 10, 10),
                maxTokens,
                longer,
                PrepareSpec.DEFAULT_POLICY);
    }

    /** Copies count for their class, so `plan` must not refuse the few rows that the stage starts with. */
    @Test
    void balanceWithMadeRowsIsNotRefused() throws IOException {
        Files.write(
                folder.resolve("rows.jsonl"),
                IntStream.range(0, 303)
                        .mapToObj(i -> "{\"prompt\":\"question %c%c\",\"completion\":\"a\",\"topic\":\"%s\"}"
                                .formatted('a' + i % 26, 'a' + i / 26, i < 2 ? "rare" : "often"))
                        .toList());
        String lines = "dataset 'rows.jsonl'\nsplit train: 99.percent, validation: 0.percent, test: 1.percent\n"
                + "balance on: 'topic', by: oversample";
        assertThatThrownBy(() -> previewOf(lines)).hasMessageContaining("would repeat a row more than");
        assertThat(previewOf(lines + "\naugment casing").splits().train()).isEqualTo(300);
    }

    private DatasetPreview previewOf(String lines) throws IOException {
        PrepareSpec spec = SourceRun.spec(lines);
        SourceFile source = new SourceFile(folder.resolve("rows.jsonl"), "rows.jsonl");
        return DatasetPreview.of(spec, null, source, SourceDigest.of(source.path()), null, null, 1);
    }
}

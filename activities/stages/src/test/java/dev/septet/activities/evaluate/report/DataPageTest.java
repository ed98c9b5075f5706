package dev.septet.activities.evaluate.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.prepare.DatasetCard;
import dev.septet.activities.prepare.ModelRowEncoder;
import dev.septet.activities.prepare.Preparation;
import dev.septet.activities.prepare.SourceDigest;
import dev.septet.activities.prepare.SourceRun;
import dev.septet.activities.prepare.TinyModels;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.prepare.RedactSpec;
import dev.septet.dsl.pipeline.prepare.SplitSpec;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of a dataset that the prepare stage wrote. */
class DataPageTest {
    private static final Pattern TAG = Pattern.compile("<([a-zA-Z]+)[\\s>]");
    private static final String HOSTILE = "</mark><script>alert(1)</script>\u202e";

    @TempDir
    Path folder;

    private DataPage page(List<String> rows) throws IOException {
        Path file = Files.write(folder.resolve("rows.jsonl"), rows);
        SourceFile source = new SourceFile(file, "rows.jsonl");
        PrepareSpec spec = new PrepareSpec(
                "rows.jsonl",
                null,
                DatasetFormat.COMPLETION,
                0,
                List.of(),
                true,
                new RedactSpec(Set.of(RedactSpec.Kind.EMAIL), RedactSpec.Replacement.MASK, List.of()),
                new SplitSpec(80, 10, 10),
                256,
                PrepareSpec.DEFAULT_POLICY);
        Path out = Files.createTempDirectory(folder, "out");
        try (ModelRowEncoder encoder = new ModelRowEncoder(TinyModels.chat(), 256)) {
            new Preparation(spec, source, SourceDigest.of(file), encoder, encoder.digest(), 1)
                    .run(Files.createTempDirectory(folder, "scratch"), out, read -> {});
        }
        return DataPage.of("tickets", out, TinyModels.chat());
    }

    private static List<String> rows(String text) {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            rows.add(String.format(
                    Locale.ROOT,
                    "{\"prompt\":\"please tell me what the invoice number %d of the last month is about%s\",\"completion\":\"%s\"}",
                    i,
                    text,
                    i % 3 == 0 ? "billing" : "technical"));
        }
        rows.add(rows.get(0));
        return rows;
    }

    @Test
    void showsTheFunnelLanguagesLabelsAndRows() throws IOException {
        DataPage page = page(rows(" mail anna@example.com"));

        String html = page.html();
        assertThat(page.tables()).extracting(BarTable::id).containsExactly("funnel", "lengths", "languages", "labels");
        assertThat(html)
                .contains("61 rows", "without rows duplicates", "60 rows", "1 removed")
                .contains("English (eng)")
                .containsSubsequence("technical", "billing")
                .contains("[EMAIL]")
                .doesNotContain("anna@example.com")
                .doesNotContain("http://", "https://", "src=", "href=", "url(", "@import", "<script")
                .contains("default-src 'none'");
        assertThat(page.groups().get(0).rows()).hasSize(20);
        assertThat(page.groups().get(0).rows().get(0).parts()).anyMatch(part -> part.learned());
        assertThat(html).contains("<mark><b>learned</b>");
        assertThat(page(rows(" mail anna@example.com")).html())
                .as("the same every time")
                .isEqualTo(html);
    }

    @Test
    void noTextOfARowBecomesMarkup() throws IOException {
        String hostile = page(rows(HOSTILE)).html();
        assertThat(TAG.matcher(hostile).results().map(tag -> tag.group(1))).doesNotContain("script");
        assertThat(hostile).contains("&lt;script&gt;").doesNotContain("\u202e");
    }

    @Test
    void aDatasetWithoutRowsHasOnlyTheNumbersOfItsCard() throws IOException {
        Path out = Files.createDirectories(folder.resolve("card"));
        Files.writeString(out.resolve("card.json"), "{\"rows\":{\"read\":5,\"kept\":3,\"forgotten\":2}}");
        assertThat(DataPage.of("tickets", out, folder).html())
                .contains("without rows forgotten on request", "2 removed")
                .doesNotContain("Rows at random");
    }

    /** Each count of the card's rows is a step of the funnel, but those that leave no row out. */
    @Test
    void theFunnelHasEveryStep() throws IOException {
        Set<String> steps = Arrays.stream(DatasetCard.Rows.class.getRecordComponents())
                .map(RecordComponent::getName)
                .filter(name -> !Set.of("read", "kept", "truncated").contains(name))
                .collect(Collectors.toSet());
        assertThat(DataPage.STEPS.keySet()).containsExactlyInAnyOrderElementsOf(steps);

        Path out = Files.createDirectories(folder.resolve("card"));
        Files.writeString(out.resolve("card.json"), """
            {"rows":{"read":100,"kept":90,"unlabelled":10},
             "sources":[{"name":"a.jsonl","overLimit":20,"overShare":5}],
             "leakage":{"trainTest":3,"removed":3},
             "splits":{"train":{"rows":62}}}
            """);
        assertThat(DataPage.of("tickets", out, folder).tables().get(0).bars())
                .extracting(BarTable.Bar::value)
                .containsExactly(100L, 90L, 70L, 67L, 62L, 62L);
    }

    /** Repeated rows count for the lengths, and the page shows each one once. */
    @Test
    void aRepeatedRowIsShownOnce() throws IOException {
        Files.write(
                folder.resolve("rows.jsonl"),
                IntStream.range(0, 60)
                        .mapToObj(i -> "{\"prompt\":\"%c%c?\",\"completion\":\"a\",\"topic\":\"%s\"}"
                                .formatted('a' + i % 26, 'a' + i / 26, i < 6 ? "rare" : "often"))
                        .toList());
        SourceRun run = SourceRun.of(folder, "dataset 'rows.jsonl'\nbalance on: 'topic', by: oversample");
        DataPage page = DataPage.of("tickets", run.out(), TinyModels.chat());
        for (DataPage.Group group : page.groups()) {
            assertThat(group.rows()).extracting(row -> row.place()).doesNotHaveDuplicates();
        }
        long rows = Objects.requireNonNull(run.card().splits().get("train")).rows();
        assertThat(page.tables().get(1).bars().stream()
                        .mapToLong(BarTable.Bar::value)
                        .sum())
                .isEqualTo(rows)
                .isGreaterThan(60);
    }
}

package dev.septet.activities.evaluate.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.prepare.ModelRowEncoder;
import dev.septet.activities.prepare.Preparation;
import dev.septet.activities.prepare.SourceDigest;
import dev.septet.activities.prepare.TinyModels;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.prepare.RedactSpec;
import dev.septet.dsl.pipeline.prepare.SplitSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
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
            rows.add(
                    "{\"prompt\":\"please tell me what the invoice number %d of the last month is about%s\",\"completion\":\"%s\"}"
                            .formatted(i, text, i % 3 == 0 ? "billing" : "technical"));
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
}

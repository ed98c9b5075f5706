package dev.septet.activities.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.dataset.TextRow;
import dev.septet.activities.dataset.document.TinyPdf;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.source.SourceResolver;
import dev.septet.activities.source.SourceSet;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a folder of documents to prepared rows. */
class DocumentPreparationTest {
    @TempDir
    Path folder;

    @BeforeEach
    void pages() throws IOException {
        Path pages = Files.createDirectory(folder.resolve("pages"));
        Files.writeString(pages.resolve("a.txt"), "The kettle boils.\n\nIt whistles twice, then it stops.\n");
        Files.writeString(pages.resolve("b.md"), "---\ntitle: x\n---\n# Cleaning\n\nUse vinegar. Rinse it well.\n");
        Files.writeString(pages.resolve("c.html"), "<nav>Menu</nav>\n<h1>Repair</h1>\n<p>Write to a@b.example.</p>\n");
        Files.write(pages.resolve("d.pdf"), TinyPdf.of("Page one.", "Page two is the last one."));
        Files.writeString(pages.resolve("rows.jsonl"), "{\"text\": \"not a document\"}\n");
    }

    private List<String> lines(SourceRun run) throws IOException {
        return run.rows().stream()
                .map(row -> row.place() + " | " + ((TextRow) row).text().replace("\n", "/"))
                .sorted()
                .toList();
    }

    @Test
    void preparesEveryKind() throws IOException {
        SourceRun run = SourceRun.of(folder, "dataset documents('pages/')\nredact email\nmaxTokens 64");
        assertThat(lines(run))
                .containsExactly(
                        "pages/a.txt:1 | The kettle boils.//It whistles twice, then it stops.",
                        "pages/b.md:4 | # Cleaning//Use vinegar. Rinse it well.",
                        "pages/c.html:2 | Repair//Write to [EMAIL].",
                        "pages/d.pdf:1 | Page one.//Page two is the last one.");
        assertThat(run.card().source().format()).isEqualTo("text");
    }

    @Test
    void dividesDocumentsByTheTokensOfTheModel() throws IOException {
        PrepareSpec spec = SourceRun.spec("dataset documents('pages/*.txt', chunk: 16, overlap: 4)");
        SourceRun run = SourceRun.of(folder, spec, sources(spec));
        assertThat(run.card().longestRow()).isBetween(8, 16);
        assertThat(run.card().rows().read()).isGreaterThan(2);
        assertThat(lines(run)).isEqualTo(lines(SourceRun.of(folder, spec, sources(spec))));
        assertThat(lines(run)).allMatch(line -> line.startsWith("pages/a.txt:"));
    }

    @Test
    void keepsTheChunksOfADocumentInOneSplit() throws IOException {
        Files.writeString(folder.resolve("pages/e.txt"), "One more sentence of this page. ".repeat(40));
        Files.writeString(folder.resolve("pages/f.txt"), "Another sentence of another page. ".repeat(40));
        SourceRun run = SourceRun.of(
                folder,
                "dataset documents('pages/*.txt', chunk: 24)\n"
                        + "split train: 50.percent, validation: 25.percent, test: 25.percent, by: 'document'");
        for (String document : List.of("a", "e", "f")) {
            long splits = 0;
            for (String split : List.of("train", "validation", "test")) {
                splits += run.rows(split).stream()
                                .anyMatch(row -> row.place().file().equals("pages/" + document + ".txt"))
                        ? 1
                        : 0;
            }
            assertThat(splits).isEqualTo(1);
        }
    }

    @Test
    void countsADamagedDocumentAsABadRow() throws IOException {
        Files.write(folder.resolve("pages/e.txt"), "Gr\u00fc\u00dfe".getBytes(StandardCharsets.ISO_8859_1));
        Files.write(folder.resolve("pages/f.pdf"), TinyPdf.of(""));
        SourceRun run = SourceRun.of(folder, "dataset documents('pages/')\nmaxBadRows 2");
        assertThat(run.card().rows().quarantined()).isEqualTo(2);
        assertThat(run.card().rows().kept()).isEqualTo(4);
        assertThat(Files.readString(run.out().resolve("quarantine.jsonl")))
                .contains("pages/e.txt", "byte 2 of the file is not UTF-8", "pages/f.pdf", "has no text");
        assertThatThrownBy(() -> SourceRun.of(folder, "dataset documents('pages/*.txt')"))
                .isInstanceOf(DatasetProblem.class)
                .hasMessageContaining("pages/e.txt:1")
                .hasMessageContaining("byte 2 of the file is not UTF-8; save the file as UTF-8");
    }

    /** A plan reads what prepare reads. */
    @Test
    void plansWhatItPrepares() throws IOException {
        PrepareSpec spec = SourceRun.spec("dataset documents('pages/', chunk: 32)");
        SourceRun run = SourceRun.of(folder, spec, sources(spec));
        try (ModelRowEncoder encoder = new ModelRowEncoder(TinyModels.chat(), spec.maxTokens())) {
            SourceSet sources = sources(spec);
            DatasetPreview plan =
                    DatasetPreview.of(spec, null, sources, SourceDigest.of(sources), encoder, null, 1, null, null);
            assertThat(plan.rows()).isEqualTo(run.card().rows());
            assertThat(plan.layout()).isEqualTo("plain text, Markdown, HTML, PDF");
            PrepareSpec texts = SourceRun.spec("dataset documents('pages/*.txt')");
            SourceSet some = sources(texts);
            DatasetPreview guess =
                    DatasetPreview.of(texts, null, some, SourceDigest.of(some), null, null, 1, null, null);
            assertThat(guess.rows().kept()).isPositive();
        }
    }

    @Test
    void samplesALargeFolder() throws IOException {
        Files.writeString(
                folder.resolve("pages/large.txt"),
                "A sentence that is repeated often, until it is long.\n".repeat(200_000));
        PrepareSpec spec = SourceRun.spec("dataset documents('pages/')");
        SourceSet sources = sources(spec);
        DatasetPreview plan =
                DatasetPreview.of(spec, null, sources, SourceDigest.of(sources), null, null, 1, null, null);
        assertThat(plan.whole()).isFalse();
        assertThat(plan.rows().read()).isBetween(100L, 5_100L);
        assertThat(plan.rowsInFile()).isBetween(4_500L, 6_000L);
    }

    private SourceSet sources(PrepareSpec spec) throws IOException {
        return SourceResolver.withoutPipelines(SourceRun.files(folder)).resolve(SourceRun.run(folder), spec);
    }
}

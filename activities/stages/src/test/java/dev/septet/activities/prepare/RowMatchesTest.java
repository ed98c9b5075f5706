package dev.septet.activities.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.dataset.CompletionRow;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.document.TextTokens;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.lineage.RowDigests;
import dev.septet.activities.lineage.RowMatches;
import dev.septet.activities.source.DatasetSource;
import dev.septet.activities.source.SourceSet;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowMatchesTest {
    @TempDir
    Path folder;

    /** Alone, the second file would be one of texts, because most of its rows are. */
    @Test
    void theTextsOfALaterFileAreThoseOfThePreparation() throws IOException {
        LocalStore store = new LocalStore(folder.resolve("store"));
        Fence fence = new Fence("run", 1);
        store.open(fence);
        RowDigests digests = RowDigests.of(store, fence);
        PrepareSpec spec = SourceRun.spec("dataset 'rows.jsonl'");
        DatasetSource source = new DatasetSource(
                spec.inputs().get(0),
                List.of(
                        file("a.jsonl", "{\"prompt\":\"p\",\"completion\":\"c\"}"),
                        file(
                                "b.jsonl",
                                "{\"text\":\"one\"}",
                                "{\"text\":\"two\"}",
                                "{\"text\":\"three\"}",
                                "{\"prompt\":\"q\",\"completion\":\"a\"}")),
                null);
        RowMatches found = RowMatches.of(
                "row.prompt == \"q\"",
                digests,
                spec,
                SourceSet.of(spec, List.of(source)),
                List.of(),
                TextTokens.ESTIMATED);
        assertThat(found.contents().values())
                .containsExactly(digests.content(new CompletionRow("q", "a", new RowPlace("b.jsonl", 4))));
    }

    private SourceFile file(String name, String... rows) throws IOException {
        return new SourceFile(Files.write(folder.resolve(name), List.of(rows)), name);
    }
}

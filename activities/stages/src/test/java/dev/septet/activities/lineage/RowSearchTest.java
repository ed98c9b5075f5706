package dev.septet.activities.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.lineage.RowSearch.Match;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which rows of lineages are found, and the files of earlier versions. */
class RowSearchTest {
    private static final Fence FENCE = new Fence("run", 1);

    @TempDir
    Path folder;

    private static RowOrigin origin(int line) {
        return new RowOrigin(new RowPlace("rows.jsonl", line), "read-" + line, "content-" + line);
    }

    private static List<LineageRow> rows(Path lineage) throws IOException {
        List<LineageRow> rows = new ArrayList<>();
        LineageFile.read(lineage, rows::add);
        return rows;
    }

    /** A row of a rare class has three parents. Each finds it, and it leads to no other of them. */
    @Test
    void findsARowOfSeveralOriginsByEachOfThem() throws IOException {
        try (LineageFile.Writer writer = new LineageFile.Writer(folder, new RowDigests("ab".repeat(32)))) {
            for (int line = 1; line <= 3; line++) {
                writer.add(
                        "train", line, List.of(origin(line)), String.format(Locale.ROOT, "{\"prompt\":\"%d\"}", line));
            }
            writer.add("train", 4, List.of(origin(1), origin(2), origin(3)), "{\"prompt\":\"made\"}");
        }
        List<LineageRow> rows = rows(folder);
        assertThat(rows).hasSize(6).extracting(LineageRow::origins).containsExactly(1, 1, 1, 3, 3, 3);
        assertThat(rows).extracting(LineageRow::content).contains("content-2");
        for (int line = 1; line <= 3; line++) {
            RowSearch search = new RowSearch(RowQuery.of(Set.of("read-" + line)));
            List<LineageRow> found = new ArrayList<>();
            for (int pass = 0; pass < 3; pass++) {
                found.clear();
                for (LineageRow row : rows) {
                    if (search.find(row) != Match.NONE) {
                        found.add(row);
                    }
                }
            }
            assertThat(found).extracting(LineageRow::row).containsExactly((long) line, 4L);
            assertThat(found).extracting(LineageRow::read).containsOnly("read-" + line);
        }
    }

    /** A pipeline that reduces many rows to one text must not lead back to all of them. */
    @Test
    void concludesNothingFromEqualTexts() {
        LineageRow chosen = new LineageRow("train", 1, new RowPlace("a", 1), "a-1", "p-1", "one", 1);
        LineageRow other = new LineageRow("train", 2, new RowPlace("a", 2), "a-2", "p-2", "two", 1);
        LineageRow reduced = new LineageRow("train", 1, new RowPlace("p", 1), "p-1", "q-1", "same", 1);
        LineageRow alike = new LineageRow("train", 2, new RowPlace("p", 2), "p-2", "q-2", "same", 1);
        LineageRow after = new LineageRow("train", 1, new RowPlace("q", 1), "q-2", "r-2", "last", 1);
        RowSearch search = new RowSearch(RowQuery.of(Set.of("a-1")));
        int before;
        do {
            before = search.size();
            List.of(chosen, other, reduced, alike, after).forEach(search::find);
        } while (search.size() > before);
        assertThat(search.find(chosen)).isEqualTo(Match.ROW);
        assertThat(search.find(reduced)).isEqualTo(Match.ROW);
        assertThat(search.find(alike)).isEqualTo(Match.CONTENT);
        assertThat(search.find(after)).as("made of a row with equal texts").isEqualTo(Match.CONTENT);
        assertThat(search.find(other)).isEqualTo(Match.NONE);
    }

    @Test
    void readsFilesOfEarlierVersions() throws IOException {
        Files.writeString(folder.resolve(LineageFile.NAME), """
            {"septet":"lineage","version":1}
            {"file":0,"name":"rows.jsonl"}
            ["train",1,0,3,"read","prepared"]
            """);
        assertThat(rows(folder))
                .containsExactly(
                        new LineageRow("train", 1, new RowPlace("rows.jsonl", 3), "read", "prepared", null, 1));

        LocalStore store = new LocalStore(folder.resolve("store"));
        store.putRecord("forgotten/old", "aa\nbb", FENCE);
        ForgottenRows old = ForgottenRows.of(store, "old");
        assertThat(old).isEqualTo(new ForgottenRows(Set.of("aa", "bb"), Set.of()));
        ForgottenRows added = ForgottenRows.add(store, "new", old, FENCE);
        assertThat(store.record("forgotten/new"))
                .as("the same bytes without texts")
                .contains("aa\nbb");
        assertThat(added.sha256()).isEqualTo(old.sha256());
        ForgottenRows.add(store, "new", new ForgottenRows(Set.of(), Set.of("cc")), FENCE);
        assertThat(store.record("forgotten/new")).contains("aa\nbb\ncontent cc");
        assertThat(ForgottenRows.of(store, "new").sha256()).isNotEqualTo(old.sha256());
    }
}

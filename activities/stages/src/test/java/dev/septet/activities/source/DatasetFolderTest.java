package dev.septet.activities.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.prepare.SourceRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Datasets of many files. */
class DatasetFolderTest {
    @TempDir
    Path folder;

    private void write(String name, String... answers) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(
                file,
                List.of(answers).stream()
                        .map(answer -> "{\"prompt\":\"q\",\"completion\":\"" + answer + "\"}\n")
                        .collect(Collectors.joining()));
    }

    @Test
    void readsTheFilesOfAFolderByTheOrderOfTheirNames() throws IOException {
        write("data/b.jsonl", "b1", "b2");
        write("data/a.jsonl", "a1");
        write("data/\uFF21.jsonl", "full width");
        write("data/\uD83D\uDE00.jsonl", "smile");
        write("data/.hidden.jsonl", "hidden");
        write("data/sub/c.jsonl", "c1");
        write("data/notes.txt", "no dataset");
        SourceRun run = SourceRun.of(folder, "dataset 'data/'");
        // Code points, not chars: the full-width letter comes before the emoji.
        assertThat(files("dataset 'data/'"))
                .containsExactly("data/a.jsonl", "data/b.jsonl", "data/\uFF21.jsonl", "data/\uD83D\uDE00.jsonl");
        assertThat(run.card().rows().read()).isEqualTo(5);
    }

    private List<String> files(String lines) throws IOException {
        return SourceResolver.withoutPipelines(SourceRun.files(folder))
                .resolve(SourceRun.run(folder), SourceRun.spec(lines))
                .files()
                .stream()
                .map(file -> file.name())
                .toList();
    }

    @Test
    void aPatternChoosesFiles() throws IOException {
        write("data/part-1.jsonl", "1");
        write("data/part-2.jsonl", "2");
        write("data/part-10.jsonl", "10");
        write("data/other.jsonl", "x");
        assertThat(files("dataset 'data/part-?.jsonl'")).containsExactly("data/part-1.jsonl", "data/part-2.jsonl");
        assertThat(files("dataset 'data/part-*.jsonl'"))
                .containsExactly("data/part-1.jsonl", "data/part-10.jsonl", "data/part-2.jsonl");
    }

    @Test
    void oneFormatDecidesForAllFilesOfASource() throws IOException {
        write("data/a.jsonl", "1");
        Files.writeString(folder.resolve("data/b.jsonl"), "{\"text\":\"other\"}\n");
        SourceRun run = SourceRun.of(folder, "dataset 'data/'\nmaxBadRows 1");
        assertThat(run.card().rows().quarantined()).isEqualTo(1);
        assertThat(Files.readString(run.out().resolve("quarantine.jsonl"))).contains("data/b.jsonl:1");
    }

    @Test
    void refusesLinksOutOfTheServedFolders() throws IOException {
        write("data/a.jsonl", "1");
        Path outside = Files.createTempFile("outside", ".jsonl");
        Files.createSymbolicLink(folder.resolve("data/z.jsonl"), outside);
        assertThatThrownBy(() -> files("dataset 'data/'"))
                .isInstanceOf(StageProblem.class)
                .hasMessageContaining("'data/z.jsonl': reads outside of the folders that this worker serves");
        Files.delete(outside);
    }

    @Test
    void refusesAPatternWithoutAFile() throws IOException {
        write("data/a.jsonl", "1");
        assertThatThrownBy(() -> files("dataset 'data/b*.jsonl'"))
                .isInstanceOf(StageProblem.class)
                .hasMessageContaining("no file in");
        assertThatThrownBy(() -> files("dataset 'none/*.jsonl'")).hasMessageContaining("'none': no such file");
    }

    @Test
    void placesNameTheFile() throws IOException {
        write("data/a.jsonl", "1");
        Files.writeString(folder.resolve("data/b.jsonl"), "{\"prompt\":\"q\",\"completion\":\"b\"}\nbroken\n");
        List<Row> rows =
                SourceRun.of(folder, "dataset 'data/*.jsonl'\nmaxBadRows 5").rows();
        assertThat(rows).extracting(row -> row.place().toString()).contains("data/a.jsonl:1", "data/b.jsonl:1");
    }
}

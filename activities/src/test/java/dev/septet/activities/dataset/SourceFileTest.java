package dev.septet.activities.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.dataset.DatasetProblem.Blame;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

class SourceFileTest {
    @TempDir Path root;
    private Path folder = Path.of("");

    @BeforeEach
    void layOut() throws IOException {
        folder = root.resolve("pipeline");
        Files.createDirectories(folder.resolve("data"));
        Files.writeString(folder.resolve("data/rows.jsonl"), "{}");
        Files.writeString(root.resolve("outside.jsonl"), "{}");
    }

    @Test
    void findsFilesBelowTheFolder() throws IOException {
        SourceFile file = SourceFile.find(folder, "data/rows.jsonl", List.of());
        assertThat(file.name()).isEqualTo("data/rows.jsonl");
        assertThat(Files.readString(file.path())).isEqualTo("{}");
        Files.createSymbolicLink(folder.resolve("inner.jsonl"), folder.resolve("data/rows.jsonl"));
        assertThat(SourceFile.find(folder, "inner.jsonl", List.of()).path()).isRegularFile();
    }

    @Test
    void refusesEscapesUnlessTheOperatorAllowsThem() throws IOException {
        Files.createSymbolicLink(folder.resolve("link.jsonl"), root.resolve("outside.jsonl"));
        for (String name :
                List.of(
                        "../outside.jsonl",
                        "link.jsonl",
                        "/etc/passwd",
                        "data/../../outside.jsonl")) {
            problem(name, Blame.POLICY, "leads out of the pipeline's folder");
        }
        assertThat(SourceFile.find(folder, "../outside.jsonl", List.of(root)).path())
                .isRegularFile();
        assertThat(SourceFile.find(folder, "link.jsonl", List.of(root)).path()).isRegularFile();
    }

    @Test
    void refusesWhatIsNoFile() throws Exception {
        problem("data/none.jsonl", Blame.PIPELINE, "is not there; its place is " + folder);
        problem("data", Blame.PIPELINE, "is a folder");
        problem("a\0b", Blame.PIPELINE, "is not a path");
        Path fifo = folder.resolve("pipe.jsonl");
        Process made = new ProcessBuilder("mkfifo", fifo.toString()).start();
        assertThat(made.waitFor()).isZero();
        problem("pipe.jsonl", Blame.PIPELINE, "is a device, pipe or socket");
        Files.createSymbolicLink(folder.resolve("zero.jsonl"), Path.of("/dev/zero"));
        assertThatThrownBy(() -> SourceFile.find(folder, "zero.jsonl", List.of(Path.of("/dev"))))
                .hasMessageContaining("is a device, pipe or socket");
    }

    private void problem(String name, Blame blame, String words) {
        assertThatThrownBy(() -> SourceFile.find(folder, name, List.of()))
                .isInstanceOfSatisfying(
                        DatasetProblem.class, e -> assertThat(e.blame()).isEqualTo(blame))
                .hasMessageContaining(words);
    }
}

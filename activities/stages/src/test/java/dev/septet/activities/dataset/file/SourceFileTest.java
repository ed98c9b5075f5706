package dev.septet.activities.dataset.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceFileTest {
    @TempDir
    Path folder;

    @Test
    void takesRegularFiles() throws Exception {
        Path file = Files.writeString(folder.resolve("rows.jsonl"), "{}");
        assertThat(new SourceFile(file, "data/rows.jsonl").name()).isEqualTo("data/rows.jsonl");
    }

    @Test
    void refusesWhatIsNoFile() throws Exception {
        refuses(folder.resolve("none.jsonl"), "does not exist; the path is " + folder);
        refuses(folder, "is a folder, expected a .jsonl, .json or .csv file");
        Path fifo = folder.resolve("pipe.jsonl");
        Process made = new ProcessBuilder("mkfifo", fifo.toString()).start();
        assertThat(made.waitFor()).isZero();
        refuses(fifo, "is a device, pipe or socket, expected a regular file");
        refuses(Path.of("/dev/zero"), "is a device, pipe or socket, expected a regular file");
    }

    /** To count the bytes of a compressed file, it is expanded: a plan asks for the size many times. */
    @Test
    void theSizeIsCountedOnce() throws IOException {
        AtomicInteger opened = new AtomicInteger();
        SourceContent content = (path, name) -> {
            opened.incrementAndGet();
            return new ByteArrayInputStream(new byte[1234]);
        };
        SourceFile file = new SourceFile(Files.createFile(folder.resolve("a.gz")), "a.gz", content);
        assertThat(file.size()).isEqualTo(1234);
        assertThat(file.size()).isEqualTo(1234);
        assertThat(opened).hasValue(1);
        assertThat(file).isEqualTo(new SourceFile(file.path(), "a.gz", content)).hasToString("a.gz");
    }

    private static void refuses(Path path, String words) {
        assertThatThrownBy(() -> new SourceFile(path, "rows"))
                .isInstanceOfSatisfying(
                        DatasetProblem.class, e -> assertThat(e.blame()).isEqualTo(DatasetProblem.Blame.PIPELINE))
                .hasMessageStartingWith("dataset 'rows' " + words);
    }
}

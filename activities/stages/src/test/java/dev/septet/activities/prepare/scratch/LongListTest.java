package dev.septet.activities.prepare.scratch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LongListTest {
    @TempDir
    private Path folder;

    /** More numbers than the heap and one scratch file keep. */
    @Test
    void keepsEveryNumberAndRemovesItsFiles() throws IOException {
        int count = (1 << 19) + (1 << 20) + 1000;
        try (LongList stored = new LongList(folder.resolve("numbers"));
                LongList inHeap = new LongList(null)) {
            for (int i = 0; i < count; i++) {
                stored.add(i * 31L);
                inHeap.add(i * 31L);
            }
            assertThat(folder.toFile().list()).hasSize(2);
            for (int i = 0; i < count; i++) {
                assertThat(stored.get(i) == i * 31L && inHeap.get(i) == i * 31L).isTrue();
            }
            assertThat(stored.size()).isEqualTo(inHeap.size()).isEqualTo(count);
        }
        assertThat(folder).isEmptyDirectory();
    }
}

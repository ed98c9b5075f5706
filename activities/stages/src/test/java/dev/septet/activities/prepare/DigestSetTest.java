package dev.septet.activities.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DigestSetTest {
    @TempDir
    private Path folder;

    @Test
    void knowsWhatItHasSeen() throws IOException {
        DigestSet seen = new DigestSet();
        for (int round = 0; round < 2; round++) {
            for (long i = 0; i < 3_000; i++) {
                // Neighbouring slots: the worst case for open addressing.
                byte[] digest =
                        ByteBuffer.allocate(32).putLong(i / 3).putLong(i * 2).array();
                assertThat(seen.add(digest)).isEqualTo(round == 0);
            }
        }
        assertThat(seen.add(new byte[32])).isFalse();
    }

    /** More digests than the heap keeps. */
    @Test
    void largeSetsAreInFiles() throws IOException {
        try (DigestSet seen = new DigestSet(folder.resolve("digests"))) {
            int stored = 600_000;
            for (int round = 0; round < 2; round++) {
                for (long i = 0; i < stored; i++) {
                    byte[] digest = ByteBuffer.allocate(32)
                            .putLong(i * 0x9E3779B97F4A7C15L)
                            .putLong(i)
                            .array();
                    assertThat(seen.add(digest)).isEqualTo(round == 0);
                }
            }
            assertThat(folder.toFile().list()).hasSize(1);
        }
        assertThat(folder).isEmptyDirectory();
    }
}

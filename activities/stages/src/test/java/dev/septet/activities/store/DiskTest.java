package dev.septet.activities.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Operations on a disk on which another process works. */
class DiskTest {
    private static final int FILES = 5000;

    @TempDir
    private Path temp;

    @Test
    void aFolderIsRemovedInWhichAProcessStillWrites() throws Exception {
        Path folder = Files.createDirectories(temp.resolve("run/checkpoints"));
        CountDownLatch begun = new CountDownLatch(1);
        FutureTask<Integer> writer = new FutureTask<>(() -> written(folder, begun));
        new Thread(writer).start();
        begun.await();

        new Disk().remove(temp.resolve("run"));

        assertThat(writer.get()).isPositive();
        assertThat(temp.resolve("run")).doesNotExist();
    }

    /** Writes until the folder is gone. */
    private static int written(Path folder, CountDownLatch begun) throws IOException {
        for (int file = 0; file < FILES; file++) {
            try {
                Files.createFile(folder.resolve("file-" + file));
            } catch (NoSuchFileException gone) {
                return file;
            }
            begun.countDown();
        }
        return FILES;
    }
}

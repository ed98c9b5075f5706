package dev.septet.activities.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdFileTest {
    @TempDir
    private Path temp = Path.of("");

    @Test
    void workersThatStartTogetherReadOneId() throws Exception {
        ExecutorService workers = Executors.newFixedThreadPool(2);
        try {
            for (int round = 0; round < 200; round++) {
                IdFile file = new IdFile(temp.resolve(String.format(Locale.ROOT, "owner-%d.id", round)));
                CyclicBarrier together = new CyclicBarrier(2);
                List<Future<String>> read = new ArrayList<>();
                for (int worker = 0; worker < 2; worker++) {
                    read.add(workers.submit(() -> {
                        together.await();
                        return file.id();
                    }));
                }
                Set<String> ids = new HashSet<>();
                for (Future<String> one : read) {
                    ids.add(one.get());
                }
                assertThat(ids).singleElement().satisfies(id -> assertThat(id).isNotBlank());
            }
        } finally {
            workers.shutdownNow();
        }
        assertThat(temp.toFile().list()).hasSize(200);
    }

    /** A file system without links shows the file before its content. */
    @Test
    void anIdThatIsBeingCopiedIsAwaited() throws Exception {
        Path file = Files.createFile(temp.resolve("owner.id"));
        ExecutorService worker = Executors.newSingleThreadExecutor();
        try {
            Future<String> id = worker.submit(() -> new IdFile(file).id());
            Files.writeString(file, "first\n");
            assertThat(id.get()).isEqualTo("first");
        } finally {
            worker.shutdownNow();
        }
        Path fresh = Files.writeString(temp.resolve("fresh"), "second\n");
        assertThatThrownBy(() -> new IdFile(file).copy(fresh)).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(new IdFile(file).id()).isEqualTo("first");
    }
}

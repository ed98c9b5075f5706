package dev.septet.activities.train.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExpiredRunFoldersTest {
    @TempDir
    private Path temp = Path.of("");

    @Test
    void removesOldFoldersOfClosedRuns() throws IOException {
        Path failed = folder("failed");
        Path open = folder("open");
        Path other = folder("notes");
        Path recent = folder("recent");
        Files.setLastModifiedTime(recent.resolve("lease"), FileTime.from(Instant.now()));
        Path elsewhere = Files.createDirectories(temp.resolve("elsewhere"));
        Files.createSymbolicLink(runs().resolve("link-train"), elsewhere);
        Files.move(other, runs().resolve("notes"));

        assertThat(expired().remove(run -> run.equals("open"))).containsExactly(failed);

        assertThat(failed).doesNotExist();
        assertThat(open.resolve("checkpoints/checkpoint-2")).exists();
        assertThat(recent).exists();
        assertThat(runs().resolve("notes")).exists();
        assertThat(elsewhere).exists();
    }

    @Test
    void aFolderWhoseLockIsHeldStays() throws Exception {
        Path held = folder("held");
        Process trainer = new ProcessBuilder("flock", held.resolve("lock").toString(), "cat")
                .redirectInput(ProcessBuilder.Redirect.PIPE)
                .start();
        try {
            trainer.getOutputStream().write('x');
            trainer.getOutputStream().flush();
            assertThat(trainer.getInputStream().read()).isEqualTo('x'); // it has the lock
            age(held);
            assertThat(expired().remove(run -> false)).isEmpty();
        } finally {
            trainer.getOutputStream().close();
            trainer.waitFor();
        }
        assertThat(expired().remove(run -> false)).containsExactly(held);
    }

    /** Its paths are longer than the system allows. */
    @Test
    void oneThatCannotBeRemovedKeepsNoOther() throws Exception {
        Path stays = folder("a");
        Path goes = folder("b");
        python("""
            import os, sys
            os.chdir(sys.argv[1])
            for i in range(20):
                os.mkdir('x' * 250)
                os.chdir('x' * 250)
            """, stays);
        age(stays);
        try {
            assertThat(expired().remove(run -> false)).containsExactly(goes);
            assertThat(stays).exists();
        } finally {
            python("import shutil, sys; shutil.rmtree(sys.argv[1])", stays);
        }
    }

    private static void python(String code, Path folder) throws Exception {
        assertThat(new ProcessBuilder("python3", "-c", code, folder.toString())
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
    }

    @Test
    void theTimeIsASetting() {
        assertThat(ExpiredRunFolders.of(Map.of("SEPTET_TRAINER_RUN_DAYS", "3"), runs()))
                .isEqualTo(new ExpiredRunFolders(runs(), Duration.ofDays(3)));
        assertThat(ExpiredRunFolders.of(Map.of(), runs()).age()).isEqualTo(Duration.ofDays(14));
    }

    private ExpiredRunFolders expired() {
        return new ExpiredRunFolders(runs(), Duration.ofDays(14));
    }

    private Path runs() {
        return temp.resolve("runs");
    }

    private Path folder(String run) throws IOException {
        Path folder = Files.createDirectories(runs().resolve(run + "-train"));
        Files.writeString(folder.resolve("lease"), "1 1\n");
        Files.writeString(folder.resolve("lock"), "");
        Files.createDirectories(folder.resolve("checkpoints/checkpoint-2"));
        age(folder);
        return folder;
    }

    private static void age(Path folder) throws IOException {
        FileTime old = FileTime.from(Instant.now().minus(Duration.ofDays(15)));
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : all.toList()) {
                Files.setLastModifiedTime(file, old);
            }
        }
        Files.setLastModifiedTime(folder, old);
    }
}

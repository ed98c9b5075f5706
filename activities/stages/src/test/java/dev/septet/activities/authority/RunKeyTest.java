package dev.septet.activities.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunKeyTest {
    private static final List<String> TEXTS = List.of("a", "b");

    @TempDir
    Path folder;

    @Test
    void isMadeOnceForItsOwnerAlone() throws IOException {
        RunKey made = RunKey.of(Map.of(), folder.resolve("state"), 7);
        Path file = folder.resolve("state/run.key");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        RunKey read = RunKey.of(Map.of(), folder.resolve("state"), 9);
        assertThat(read.mac("ticket", TEXTS)).isEqualTo(made.mac("ticket", TEXTS));
        assertThat(folder.resolve("state").toFile().list())
                .as("no draft is left")
                .hasSize(1);
    }

    @Test
    void isOneHoweverManyWorkersStartTogether() throws Exception {
        ExecutorService workers = Executors.newFixedThreadPool(8);
        try {
            Callable<String> start =
                    () -> RunKey.of(Map.of(), folder.resolve("state"), 7).mac("ticket", TEXTS);
            assertThat(workers.invokeAll(List.of(start, start, start, start, start, start)).stream()
                            .map(RunKeyTest::result)
                            .distinct())
                    .hasSize(1);
        } finally {
            workers.shutdown();
        }
    }

    private static String result(Future<String> done) {
        try {
            return done.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void isSharedByTheFileThatIsNamed() throws IOException {
        Map<String, String> shared = Map.of(
                Setting.RUN_KEY_FILE.variable(), folder.resolve("shared.key").toString());
        String one = RunKey.of(shared, folder.resolve("one"), 7).mac("ticket", TEXTS);
        assertThat(RunKey.of(shared, folder.resolve("two"), 7).mac("ticket", TEXTS))
                .isEqualTo(one)
                .isNotEqualTo(RunKey.of(Map.of(), folder.resolve("one"), 7).mac("ticket", TEXTS));
        assertThat(folder.resolve("two")).doesNotExist();
    }

    @Test
    void asksNoTicketOfRunsThatAnEarlierVersionBegan() throws IOException {
        assertThat(RunKey.of(Map.of(), folder.resolve("fresh"), 7).since()).isZero();
        Files.createDirectories(folder.resolve("used/store"));
        assertThat(RunKey.of(Map.of(), folder.resolve("used"), 7).since()).isEqualTo(7);
        assertThat(RunKey.of(Map.of(), folder.resolve("used"), 9).since()).isEqualTo(7);
    }

    @Test
    void isRefusedWhereOthersMayReadItOrWhereItIsDamaged() throws IOException {
        RunKey.of(Map.of(), folder, 7);
        Path file = folder.resolve("run.key");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> RunKey.of(Map.of(), folder, 7))
                .hasMessage("other users may read the key file '%s'; run: chmod 600 %s", file, file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        for (String text : List.of("", "{", "null", "{\"key\":\"AAAA\",\"since\":0}", "{\"since\":0}")) {
            Files.writeString(file, text);
            assertThatThrownBy(() -> RunKey.of(Map.of(), folder, 7)).hasMessageContaining("is damaged; move it away");
        }
        Files.write(file, new byte[] {'{', (byte) 0xff});
        assertThatThrownBy(() -> RunKey.of(Map.of(), folder, 7)).hasMessageContaining("is damaged; move it away");
    }

    @Test
    void writesNoTwoListsAlike() throws IOException {
        RunKey key = RunKey.of(Map.of(), folder, 7);
        assertThat(List.of(
                        key.mac("ticket", List.of("ab", "c")),
                        key.mac("ticket", List.of("a", "bc")),
                        key.mac("ticket", List.of("ab", "c", "")),
                        key.mac("gate", List.of("ab", "c"))))
                .doesNotHaveDuplicates();
    }
}

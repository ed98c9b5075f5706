package dev.septet.workers.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.backup.LastBackup;
import dev.septet.llm.sandbox.ProcessRestrictions;
import dev.septet.workers.StateFolder;
import dev.septet.workers.doctor.Finding.Level;
import dev.septet.workers.server.ServerClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each check at its bounds, and what --fix really changes on disk. */
class ChecksTest {
    private static final long GIB = 1L << 30;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void theMachinesBounds() {
        assertThat(MachineChecks.java(17).level()).isEqualTo(Level.OK);
        assertThat(MachineChecks.java(11).level()).isEqualTo(Level.FAIL);
        assertThat(MachineChecks.memory(8 * GIB).level()).isEqualTo(Level.OK);
        assertThat(MachineChecks.memory(GIB).level()).isEqualTo(Level.WARN);
        assertThat(MachineChecks.disk(folder, 20 * GIB).level()).isEqualTo(Level.OK);
        assertThat(MachineChecks.disk(folder, 5 * GIB).level()).isEqualTo(Level.WARN);
        assertThat(MachineChecks.disk(folder, GIB / 4).level()).isEqualTo(Level.FAIL);
        assertThat(MachineChecks.sandbox(new ProcessRestrictions.Limits(true, true))
                        .level())
                .isEqualTo(Level.OK);
        assertThat(MachineChecks.sandbox(new ProcessRestrictions.Limits(true, false))
                        .level())
                .isEqualTo(Level.WARN);
        assertThat(MachineChecks.sandbox(new ProcessRestrictions.Limits(false, true))
                        .found())
                .contains("but not in system calls");
        assertThat(ServerChecks.clock(new ServerClock.Comparison(true, Optional.empty()))
                        .found())
                .isEqualTo("the clocks of the server and this machine agree");
        Finding unknown = ServerChecks.clock(ServerClock.Comparison.UNKNOWN);
        assertThat(unknown.level()).isEqualTo(Level.OK);
        assertThat(unknown.found()).startsWith("the server's clock was not compared");
        Finding off = ServerChecks.clock(new ServerClock.Comparison(
                true, Optional.of(new ServerClock.Difference(Duration.ofSeconds(90), true))));
        assertThat(off.level()).isEqualTo(Level.WARN);
        assertThat(off.found()).isEqualTo("this machine's clock is 1 min 30 s ahead of that of the Temporal server");
        assertThat(off.next()).startsWith("set both clocks by NTP");
    }

    @Test
    void namesTheBuildOfLibtorch() {
        Optional<Path> cuda = Optional.of(folder);
        assertThat(MachineChecks.engine(Optional.empty(), 4).found()).isEqualTo("libtorch loads and has 4 threads");
        assertThat(MachineChecks.engine(cuda, 4).found())
                .isEqualTo("libtorch with CUDA from %s loads and has 4 threads".formatted(folder));
        assertThat(MachineChecks.broken(Optional.empty(), "no").next()).contains("mvn");
        assertThat(MachineChecks.broken(cuda, "no").found())
                .isEqualTo("libtorch with CUDA does not load from %s: no".formatted(folder));
        assertThat(MachineChecks.broken(cuda, "no").next()).contains("`septet doctor --fix gpu`");
    }

    @Test
    void theEngineReallyLoads() {
        assertThat(new MachineChecks(new StateFolder(folder)).look()).anySatisfy(finding -> {
            assertThat(finding.check()).isEqualTo("engine");
            assertThat(finding.found()).contains("libtorch loads");
        });
    }

    @Test
    void whatOthersMayReadIsToldAndClosed() throws IOException {
        Path state = Files.createDirectory(folder.resolve("state"));
        Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwx------"));
        Path database = Files.writeString(state.resolve("temporal.db"), "precious");
        Files.setPosixFilePermissions(database, PosixFilePermissions.fromString("rw-r--r--"));
        Path tool = Files.writeString(state.resolve("tool"), "precious");
        Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwxr-xr-x"));

        Finding found = new StateChecks(new StateFolder(state), false).look().get(0);
        assertThat(found.level()).isEqualTo(Level.WARN);
        assertThat(found.found()).contains("and 1 more");
        assertThat(found.next()).contains("chmod -R go= " + state);

        assertThat(new StateChecks(new StateFolder(state), true).look().get(0).found())
                .contains("from now on only the owner may");
        assertThat(mode(database)).isEqualTo("rw-------");
        assertThat(mode(tool)).isEqualTo("rwx------");
        assertThat(new StateChecks(new StateFolder(state), false).look().get(0).found())
                .isEqualTo(state + " is open to its owner only");
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void whatKilledProcessesLeftIsRemovedAndNothingElse() throws IOException {
        StateFolder state = new StateFolder(folder.resolve("state"));
        Files.createDirectories(state.processes());
        Path dead = Files.writeString(state.processes().resolve("light.pid"), "4194305\n");
        Path alive = Files.writeString(
                state.processes().resolve("training.pid"),
                ProcessHandle.current().pid() + "\n");
        Files.writeString(state.server(), "{\"server\":null,\"owner\":4194305}");
        Files.writeString(state.database(), "precious");

        assertThat(new StateChecks(state, false).look().get(1).found())
                .isEqualTo("killed processes have left server.json, light.pid");
        assertThat(new StateChecks(state, true).look().get(1).level()).isEqualTo(Level.OK);

        assertThat(dead).doesNotExist();
        assertThat(state.server()).doesNotExist();
        assertThat(alive).exists();
        assertThat(state.database()).hasContent("precious");
    }

    @Test
    void anOldBackupIsAWarning() throws IOException {
        StateFolder state = new StateFolder(Files.createDirectory(folder.resolve("state")));
        Supplier<Finding> backup = () -> new StateChecks(state, false).look().get(2);
        assertThat(backup.get()).isEqualTo(Finding.ok("backup", "`septet backup` has never copied this state folder"));

        Instant now = Instant.now();
        new LastBackup("000003-1f", now.minus(Duration.ofHours(30)).toString(), "/mnt/backups")
                .write(state.lastBackup());
        assertThat(backup.get())
                .isEqualTo(Finding.ok("backup", "the last one, 000003-1f in /mnt/backups, is 1 day old"));

        new LastBackup("000003-1f", now.minus(Duration.ofDays(9)).toString(), "/mnt/backups").write(state.lastBackup());
        assertThat(backup.get().level()).isEqualTo(Level.WARN);
        assertThat(backup.get().found()).endsWith("is 9 days old");
        assertThat(backup.get().next()).isEqualTo("`septet backup /mnt/backups`, each night");

        for (String damage : List.of("", "{}", "{\"id\":\"1\",\"created\":\"today\",\"to\":\"/b\"}")) {
            Files.writeString(state.lastBackup(), damage);
            assertThat(backup.get().level()).as(damage).isEqualTo(Level.WARN);
            assertThat(backup.get().found()).contains("last-backup.json is damaged");
        }
    }

    @Test
    void aStateFolderThatIsAFile() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");

        Finding found = new StateChecks(new StateFolder(file), true).look().get(0);

        assertThat(found.level()).isEqualTo(Level.FAIL);
        assertThat(found.next()).contains("SEPTET_STATE");
        assertThat(file).hasContent("x");
    }
}

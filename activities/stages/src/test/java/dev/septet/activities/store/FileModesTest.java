package dev.septet.activities.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.audit.AuditLogs;
import dev.septet.activities.audit.AuditSettings;
import dev.septet.activities.encryption.AtRestEncryption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Septet creates on a real file system, under the usual umask of 022. */
class FileModesTest {
    private static final int MAX = 10_000;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void aStoreIsForItsOwnerAlone() throws IOException {
        LocalStore store = new LocalStore(folder.resolve("state/store"));
        Fence fence = new Fence("run/train", 1);
        store.open(fence);
        Path file = Files.writeString(folder.resolve("weights.bin"), "weights");
        store.put(Map.of("model/weights.bin", file), fence);
        store.putRecord("results/prepare/key", "text", fence);
        store.checkpoints().commit("run", 3, into -> Files.writeString(into.resolve("state"), "s"), fence);

        assertThat(FileModes.openToOthers(folder.resolve("state"), MAX)).isEmpty();
        assertThat(FileModes.openToOthers(file, MAX)).as("the test's umask").containsExactly(file);
    }

    @Test
    void anAuditLogIsForItsOwnerAlone() throws IOException {
        Path log = folder.resolve("audit/helper");
        new AuditLogs(log.resolveSibling(""), AtRestEncryption.none())
                .writer("helper", AuditSettings.DEFAULT)
                .close();

        assertThat(log.resolve("writer.lock")).exists();
        assertThat(FileModes.openToOthers(folder.resolve("audit"), MAX)).isEmpty();
    }

    @Test
    void theGroupReadsWhatAnOperatorOpensToIt() throws IOException {
        Disk disk = new Disk().with(FileModes.ofTargets(Map.of("SEPTET_TARGET_MODE", "group")));
        Path version = folder.resolve("models/versions/1");
        disk.folder(version);
        Path model = version.resolve("model.gguf");
        disk.write(model, new byte[] {1});

        assertThat(mode(folder.resolve("models"))).isEqualTo("rwxr-x---");
        assertThat(mode(version)).isEqualTo("rwxr-x---");
        assertThat(mode(model)).isEqualTo("rw-r-----");
    }

    @Test
    void anotherWordIsRefused() {
        assertThatThrownBy(() -> FileModes.ofTargets(Map.of("SEPTET_TARGET_MODE", "0777")))
                .hasMessage("SEPTET_TARGET_MODE is private or group, got '0777'");
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}

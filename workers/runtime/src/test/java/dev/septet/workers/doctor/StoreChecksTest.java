package dev.septet.workers.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.workers.StateFolder;
import dev.septet.workers.doctor.Finding.Level;
import dev.septet.workflows.artifact.ArtifactRef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores that are really broken. */
class StoreChecksTest {
    private static final Fence FENCE = new Fence("run/train", 1);

    @TempDir
    private Path folder = Path.of("");

    @Test
    void aFlippedBitIsFoundAndMovedAside() throws IOException {
        LocalStore store = new LocalStore(folder.resolve("store"));
        ArtifactRef whole = store.put(content("whole"), FENCE);
        ArtifactRef broken = store.put(content("broken"), FENCE);
        Path file = store.fetch(broken).resolve("weights");
        byte[] bytes = Files.readAllBytes(file);
        bytes[2] ^= 1;
        Files.delete(file);
        Files.write(file, bytes);

        Finding found = checks(false).get(0);
        assertThat(found.level()).isEqualTo(Level.FAIL);
        assertThat(found.found()).startsWith("1 of 2 artifacts are damaged: " + file + ": changed");

        Finding mended = checks(true).get(0);
        assertThat(mended.found()).endsWith("moved to the store's folder damaged");
        assertThat(folder.resolve("store/damaged/" + broken.sha256() + "-0")).isDirectory();
        assertThat(checks(false).get(0).found()).isEqualTo("1 of 1 artifacts were read and verified");
        assertThat(new LocalStore(folder.resolve("store")).fetch(whole)).isDirectory();
    }

    @Test
    void whatAKilledProcessLeftIsFoundAndRemoved() throws Exception {
        Process killed = LeftBehind.start(folder.resolve("store"));
        killed.getInputStream().read(); // it has opened its fence and its scratch folder
        assertThat(checks(false).get(1).level()).as("while it lives").isEqualTo(Level.OK);
        killed.destroyForcibly();
        assertThat(killed.waitFor(10, TimeUnit.SECONDS)).isTrue();

        Finding found = checks(false).get(1);
        assertThat(found.level()).isEqualTo(Level.WARN);
        assertThat(found.found()).isEqualTo("killed processes left 1 fences and 1 scratch folders");
        assertThat(checks(true).get(1).found()).endsWith("they are removed");
        assertThat(checks(false).get(1).level()).isEqualTo(Level.OK);
    }

    /** On a real file system of one megabyte, of which nothing is left. */
    @Test
    void aFullDiskUnderTheStore() throws Exception {
        String mounted =
                "mount -t tmpfs -o size=1m tmpfs \"$1\" && head -c 2m /dev/zero > \"$1/full\";" + " shift; exec \"$@\"";
        Path small = Files.createDirectory(folder.resolve("small"));
        Process process = new ProcessBuilder(LeftBehind.jvm(
                        List.of(
                                "unshare",
                                "--map-root-user",
                                "--mount",
                                "bash",
                                "-c",
                                mounted,
                                "mount",
                                small.toString()),
                        FullStore.class,
                        folder.resolve("state").toString(),
                        small.resolve("store").toString()))
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(said).contains("FAIL disk: 0.0 GiB are free for " + small.resolve("store"));
    }

    private List<Finding> checks(boolean fix) {
        return new StoreChecks(new StateFolder(folder), new LocalStore(folder.resolve("store")), fix, true).look();
    }

    private Path content(String text) throws IOException {
        Path made = Files.createDirectory(folder.resolve(text));
        Files.writeString(made.resolve("weights"), "weights: " + text);
        return made;
    }

    /** Prints what the checks find in a namespace of its own. */
    static final class FullStore {
        private FullStore() {}

        public static void main(String[] arguments) {
            for (Finding finding : new StoreChecks(
                            new StateFolder(Path.of(arguments[0])), new LocalStore(Path.of(arguments[1])), false, false)
                    .look()) {
                System.out.printf("%s %s: %s%n", finding.level(), finding.check(), finding.found());
            }
        }
    }
}

package dev.septet.activities.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.store.Disk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Links in a target's folder, laid by somebody who may write beside it. */
class LinkedVersionsTest {
    @TempDir
    private Path temp = Path.of("");

    @Test
    void nothingIsWrittenThroughALink() throws IOException {
        Path elsewhere = Files.createDirectory(temp.resolve("elsewhere"));
        Path root = Files.createDirectory(temp.resolve("target"));
        Files.createSymbolicLink(root.resolve("versions"), elsewhere);
        VersionFolder target = new VersionFolder(root, new Disk());
        Map<String, Path> files = Map.of("model", Files.writeString(temp.resolve("model"), "m"));

        assertThatThrownBy(() -> target.add("1", files))
                .isInstanceOf(StageProblem.class)
                .hasMessage(
                        "%s is a symbolic link, but a publication creates a folder: remove the link, or name another folder"
                                .formatted(root.resolve("versions")));
        assertThatThrownBy(() -> target.point("1")).isInstanceOf(StageProblem.class);
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void aVersionThatIsALinkIsReplaced() throws IOException {
        Map<String, Path> files = Map.of("model", Files.writeString(temp.resolve("model"), "m"));
        VersionFolder other = new VersionFolder(temp.resolve("other"), new Disk());
        other.add("1", files);
        Path root = temp.resolve("target");
        Files.createDirectories(root.resolve("versions"));
        Path version = root.resolve("versions/1");
        Files.createSymbolicLink(version, temp.resolve("other/versions/1"));
        VersionFolder target = new VersionFolder(root, new Disk());

        assertThat(target.holds("1")).isFalse();
        target.add("1", files);

        assertThat(Files.isSymbolicLink(version)).isFalse();
        assertThat(target.holds("1")).isTrue();
        assertThat(other.holds("1")).as("what it pointed at").isTrue();
    }
}

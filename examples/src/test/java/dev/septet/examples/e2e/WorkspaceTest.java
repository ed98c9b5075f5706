package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkspaceTest {
    @TempDir
    private Path root;

    @Test
    void anExampleIsCopiedAsBeforeItsFirstRun() throws IOException {
        Path example = root.resolve("example");
        Files.createDirectories(example.resolve("data"));
        Files.writeString(example.resolve("data/rows.jsonl"), "{}");
        Files.writeString(example.resolve("audit.jsonl"), "{}");
        Path published = Files.createDirectories(example.resolve("models/support/one"));
        Files.createSymbolicLink(example.resolve("models/support/current"), published);

        Workspace.example(example, root.resolve("copy"));

        assertThat(root.resolve("copy/data/rows.jsonl")).exists();
        assertThat(root.resolve("copy/models")).doesNotExist();
        assertThat(root.resolve("copy/audit.jsonl")).doesNotExist();
    }
}

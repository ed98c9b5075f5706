package dev.septet.workers.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.workers.cli.option.ExitCode;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models and data outside of the pipeline's folder, as commands take and refuse them. */
class DataFoldersTest {
    @TempDir
    private Path home = Path.of("");

    private Captured septet = new Captured(home);
    private Path file = Path.of("");
    private Path shared = Path.of("");

    @BeforeEach
    void write() throws IOException {
        septet = new Captured(home);
        Path folder = Files.createDirectories(home.resolve("pipelines"));
        shared = Files.createDirectories(home.resolve("shared"));
        Files.createDirectories(folder.resolve("models/tiny"));
        Files.writeString(shared.resolve("rows.jsonl"), "{}\n");
        file = Files.writeString(folder.resolve("hello.groovy"), """
            pipeline('hello') {
                prepare { dataset '../shared/rows.jsonl' }
                initialize { model 'models/tiny' }
                train { method lora() }
            }
            """);
    }

    @Test
    void lintSaysWhatItCannotKnow() {
        assertThat(septet.run("lint", file)).isEqualTo(ExitCode.OK);
        assertThat(septet.out())
                .contains(
                        "hello.groovy:2:23: remark: '../shared/rows.jsonl' is outside of the"
                                + " pipeline's folder: workers read it only if it is allowed.",
                        "--data " + shared.toAbsolutePath(),
                        "SEPTET_DATA");
        assertThat(septet.run("lint", "--data", shared, file)).isEqualTo(ExitCode.OK);
        assertThat(septet.out()).isEmpty();
        septet.with("SEPTET_DATA", home.resolve("pipelines") + File.pathSeparator + shared);
        assertThat(septet.run("lint", file)).isEqualTo(ExitCode.OK);
        assertThat(septet.out()).isEmpty();
    }

    @Test
    void runRefusesBeforeAnythingIsStarted() {
        assertThat(septet.run("run", file)).isEqualTo(ExitCode.PIPELINE_INVALID);
        assertThat(septet.err())
                .contains(
                        "hello.groovy reads outside of the folders that it may read: name them with"
                                + " --data DIR or SEPTET_DATA; nothing was started",
                        "hello.groovy:2:23: remark: '../shared/rows.jsonl' is outside");
        assertThat(home.resolve("state")).doesNotExist();
    }

    @Test
    void planReadsWhatARunWouldRead() {
        assertThat(septet.run("plan", file)).isEqualTo(ExitCode.PIPELINE_INVALID);
        assertThat(septet.err()).contains("reads outside of the folders that it may read", "--data DIR", ":2:23: ");
        septet.run("plan", "--data", shared, file);
        assertThat(septet.err()).doesNotContain("reads outside");
    }

    @Test
    void aFolderThatIsNotThereIsNamed() {
        for (String command : new String[] {"run", "plan", "lint"}) {
            assertThat(septet.run(command, "--data", home.resolve("no"), file))
                    .as(command)
                    .isEqualTo(ExitCode.NOT_FOUND);
            assertThat(septet.err())
                    .isEqualTo("septet: %s is not a folder. --data names folders that pipelines may read from.%n"
                            .formatted(home.resolve("no")));
        }
        septet.with("SEPTET_DATA", home.resolve("gone").toString());
        for (String command : new String[] {"dev", "worker"}) {
            assertThat(septet.run(command, "--pipelines", home)).as(command).isEqualTo(ExitCode.NOT_FOUND);
            assertThat(septet.err()).contains("gone is not a folder. SEPTET_DATA names folders");
        }
    }
}

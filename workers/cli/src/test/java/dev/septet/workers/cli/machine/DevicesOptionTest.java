package dev.septet.workers.cli.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.workers.cli.Captured;
import dev.septet.workers.cli.option.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program in nvidia-smi's place reports one card. */
class DevicesOptionTest {
    @TempDir
    private Path folder = Path.of("");

    private Captured septet = new Captured(folder);

    @BeforeEach
    void machine() throws IOException {
        Path program = Files.createDirectories(folder.resolve("bin")).resolve("nvidia-smi");
        Files.writeString(program, "#!/bin/bash\necho '0, GPU-aa, NVIDIA L4, 560.35.03, 8.9'\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        Files.createDirectories(folder.resolve("examples"));
        septet = new Captured(folder).with("PATH", program.getParent() + ":/usr/bin:/bin");
    }

    @Test
    void refusesACardThatDoesNotExistByName() {
        for (List<String> words :
                List.of(List.of("worker", "--log-format", "none", "--role", "training"), List.of("dev"))) {
            assertThat(septet.run(with(words, "--devices", "0,7"))).isEqualTo(ExitCode.USAGE);
            assertThat(septet.err())
                    .contains("--devices 0,7: there is no card 7; this machine has card 0 (NVIDIA L4)", "`nvidia-smi`");
        }
    }

    @Test
    void refusesWhatCannotBeCombined() {
        List<String> worker = List.of("worker", "--log-format", "none");

        assertThat(septet.run(with(worker, "--devices", "all", "--slots", "2"))).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).contains("--devices and --slots exclude each other");
        assertThat(septet.run(with(worker, "--devices", "all", "--role", "light")))
                .isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).contains("--devices is for training workers, but --role is light");
        assertThat(septet.run(with(worker, "--devices", "all", "--name", "mine")))
                .isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).contains("--devices names the workers itself");
        assertThat(septet.run(with(worker, "--name", "../mine"))).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).contains("--name has lower-case letters, digits and hyphens only, got '../mine'");
    }

    /** None of them starts anything: the Temporal CLI or Temporal's configuration is missing. */
    @Test
    void warnsThatTheCpuBuildLeavesTheCardIdle() throws IOException {
        String expected = "WARNING: this machine has card 0 (NVIDIA L4), but libtorch is the CPU build,"
                + " so training does not use the GPU. Next: `septet doctor --fix gpu`";
        septet.with("SEPTET_TEMPORAL_CLI", "/nowhere/temporal");
        assertThat(septet.run("dev")).isNotEqualTo(ExitCode.OK);
        assertThat(septet.err()).contains(expected);

        Files.createDirectories(folder.resolve("examples/m"));
        Files.createFile(folder.resolve("examples/d.jsonl"));
        Path file = Files.writeString(folder.resolve("examples/p.groovy"), """
            pipeline('p') {
                prepare { dataset 'd.jsonl' }
                initialize { model 'm' }
                train { method lora() }
                deploy { target directory('out') }
            }
            """);
        assertThat(septet.run("run", file)).isNotEqualTo(ExitCode.OK);
        assertThat(septet.err()).contains(expected);

        septet.with("TEMPORAL_CONFIG_FILE", "/nowhere/temporal.toml").with("TEMPORAL_PROFILE", "none");
        assertThat(septet.run("worker", "--log-format", "none", "--role", "training"))
                .isNotEqualTo(ExitCode.OK);
        assertThat(septet.err()).contains(expected);
        assertThat(septet.run("worker", "--log-format", "none", "--role", "light"))
                .isNotEqualTo(ExitCode.OK);
        assertThat(septet.err()).doesNotContain("WARNING");
    }

    private static Object[] with(List<String> words, String... more) {
        return java.util.stream.Stream.concat(words.stream(), java.util.stream.Stream.of(more))
                .toArray();
    }
}

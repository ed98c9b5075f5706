package dev.septet.examples.benchmarks.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code gpu.sh} with programs that print what they are called with. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class GpuScriptTest {
    private static final String BEFORE = "# Benchmark results\n";

    @TempDir
    private Path home = Path.of("");

    private Path benchmarks = Path.of("");
    private Path results = Path.of("");

    private final Map<String, String> environment = new HashMap<>();

    private record Ended(int status, String output) {}

    @BeforeEach
    void copyTheScript() throws IOException {
        benchmarks = Files.createDirectories(home.resolve("examples/benchmarks"));
        results = Files.writeString(benchmarks.resolve("RESULTS.md"), BEFORE);
        script(
                benchmarks.resolve("gpu.sh"),
                Files.readString(Path.of("gpu.sh")).substring("#!/usr/bin/env bash\n".length()));
        script(
                benchmarks.resolve("program"),
                "echo \"program $* flavor=${PYTORCH_FLAVOR:-none} library=${PYTORCH_LIBRARY_PATH-unset}"
                        + " cards=${CUDA_VISIBLE_DEVICES-unset}\"\n");
        script(benchmarks.resolve("kills.sh"), "echo \"kills $* precision=$PRECISION\"\n");
        script(home.resolve("septet"), """
            echo "septet $*" >&2
            case $* in *--fix*)
                mkdir -p "$SEPTET_STATE"
                printf 'PYTORCH_LIBRARY_PATH=%s\\nPATH=/nowhere\\nPYTORCH_FLAVOR=cu128' '/lib/$(exit 3) it' >"$SEPTET_STATE/gpu.env" ;;
            esac
            """);
        script(Files.createDirectories(home.resolve(".ci")).resolve("python-env"), "echo /bin/true\n");
        script(
                Files.createDirectories(home.resolve("bin")).resolve("nvidia-smi"),
                "echo 'NVIDIA H100 80GB HBM3, 81559 MiB, 560.35.03'\n");
    }

    @Test
    void aDryRunDoesEveryStepOnTheCpuAndLeavesTheResults() throws Exception {
        Ended ended = run("--dry-run");

        assertThat(ended.status()).as(ended.output()).isZero();
        assertThat(ended.output())
                .contains("DRY RUN: every step computes on the CPU at a tiny size")
                .contains("septet doctor\n")
                .doesNotContain("--fix")
                .contains("program benchmarks.gpu.DeviceParity " + home.resolve("examples/quickstart/base-model")
                        + " 3 cpu flavor=none library= cards=\n")
                .contains("kills 2 11 ", " 1000000 lora() precision=float32")
                .contains("/bin/true cpu 2 2 32 tiny flavor=none")
                .contains("nothing was appended to RESULTS.md");
        assertThat(results).hasContent(BEFORE.strip());
    }

    @Test
    void aRunOnACardAppendsItsTables() throws Exception {
        Ended ended = run();

        assertThat(ended.status()).as(ended.output()).isZero();
        assertThat(ended.output()).contains("septet doctor --fix gpu");
        assertThat(Files.readString(results))
                .startsWith(BEFORE)
                .contains("\n# On a card: NVIDIA H100 80GB HBM3, 81559 MiB, 560.35.03, 20")
                .contains("```sh\nexamples/benchmarks/gpu.sh ")
                .contains("DeviceParity", " 20 cuda flavor=cu128 library=/lib/$(exit 3) it cards=0\n")
                .contains("kills 20 11 ", "precision=float32\n", "precision=bf16\n")
                .contains("/bin/true cuda 20 4 1024 135M 360M 1B 3B 8B flavor=cu128");
    }

    @Test
    void appendsNothingAfterAFailure() throws Exception {
        script(benchmarks.resolve("kills.sh"), "exit 1\n");

        Ended ended = run();

        assertThat(ended.status()).isEqualTo(1);
        assertThat(results).hasContent(BEFORE.strip());
        assertThat(tables(ended)).content().contains("DeviceParity");
    }

    @Test
    void measuresNothingWhenTorchSeesNoCard() throws Exception {
        script(home.resolve(".ci/python-env"), "echo /bin/false\n");

        Ended ended = run();

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.output())
                .contains("gpu.sh: torch in /bin/false sees no card")
                .doesNotContain("DeviceParity");
        assertThat(tables(ended)).isEmptyFile();
    }

    @Test
    void aVariableThatIsSetWins() throws Exception {
        environment.put("PYTORCH_FLAVOR", "mine");

        assertThat(run().output()).contains("flavor=mine library=/lib/$(exit 3) it");
    }

    /** The file that a failed run names. */
    private Path tables(Ended ended) {
        String line = ended.output().lines().reduce((first, last) -> last).orElseThrow();
        assertThat(line).startsWith("gpu.sh: failed; RESULTS.md is unchanged; the tables so far are in " + home);
        return Path.of(line.substring(line.lastIndexOf(' ') + 1));
    }

    private Ended run(String... arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(benchmarks.resolve("gpu.sh").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        String path = Objects.requireNonNull(builder.environment().get("PATH"));
        builder.environment().put("PATH", home.resolve("bin") + ":" + path);
        builder.environment().put("SEPTET_STATE", home.resolve("state").toString());
        builder.environment()
                .put("TMPDIR", Files.createDirectories(home.resolve("tmp")).toString());
        builder.environment().keySet().removeIf(name -> name.startsWith("PYTORCH_") || name.startsWith("CUDA_"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), output);
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, "#!/usr/bin/env bash\n" + text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }
}

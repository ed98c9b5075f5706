package dev.septet.workers.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.settings.Setting;
import dev.septet.workers.cli.Captured;
import dev.septet.workers.cli.DocPage;
import dev.septet.workers.cli.option.ExitCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.ParseResult;

/** The systemd units of the Debian package. {@code .ci/try-systemd} runs them under a real systemd. */
class InstalledServicesTest {
    private static final Path RELEASE = Path.of("../release/src");

    @TempDir
    private Path home = Path.of("");

    @Test
    void areNotStartedAgainWhereNoRestartHelps() throws IOException {
        for (String unit : List.of("septet-serve@.service", "septet-worker@.service")) {
            assertThat(unit(unit).get("RestartPreventExitStatus"))
                    .as(unit)
                    .containsExactly(ExitCode.USAGE + " " + ExitCode.PORT_TAKEN);
        }
    }

    /** The example of the page, as systemd expands it. */
    @Test
    void haveOptionsAndSettingsForEachInstance() throws IOException {
        String page = DocPage.of("releases.md").blocks("ini").get(0);
        Map<String, String> file = new LinkedHashMap<>();
        page.lines().map(line -> line.split("=", 2)).forEach(pair -> file.put(pair[0], pair[1]));
        Map<String, List<String>> unit = unit("septet-serve@.service");

        assertThat(unit.get("EnvironmentFile"))
                .as("the later file wins")
                .containsExactly("/etc/septet/septet.env", "-/etc/septet/serve-%i.env");
        ParseResult serve = command(unit, "billing", "SERVE_OPTIONS", file.get("SERVE_OPTIONS"));
        assertThat(serve.commandSpec().name()).isEqualTo("serve");
        assertThat(serve.<String>matchedOptionValue("--host", "")).isEqualTo("0.0.0.0");
        assertThat(serve.<Integer>matchedOptionValue("--port", 0)).isEqualTo(8081);
        assertThat(serve.<List<String>>matchedPositionalValue(0, List.of())).containsExactly("billing");
        file.remove("SERVE_OPTIONS");
        assertThat(file.keySet())
                .allSatisfy(name -> assertThat(Setting.of(name)).as(name).isPresent());

        assertThat(command(unit, "billing", "SERVE_OPTIONS", null).hasMatchedOption("--port"))
                .isFalse();
        Map<String, List<String>> worker = unit("septet-worker@.service");
        assertThat(worker.get("EnvironmentFile"))
                .containsExactly("/etc/septet/septet.env", "-/etc/septet/worker-%i.env");
        assertThat(command(worker, "light", "WORKER_OPTIONS", "--build-id auto")
                        .<String>matchedOptionValue("--build-id", ""))
                .isEqualTo("auto");
    }

    /** With a systemctl that writes down its arguments. An upgrade and a machine without systemd leave the services alone. */
    @Test
    void areStoppedAndDisabledBeforeTheirProgramGoes() throws Exception {
        Path running = Files.createDirectory(home.resolve("systemd"));

        assertThat(beforeRemoval("remove", running))
                .containsExactly(
                        "stop septet-serve@*.service septet-worker@*.service",
                        "disable septet-serve@.service septet-worker@.service");
        assertThat(beforeRemoval("upgrade", running)).isEmpty();
        assertThat(beforeRemoval("remove", home.resolve("no-systemd"))).isEmpty();
    }

    /** What the package's script asks of systemctl. */
    private List<String> beforeRemoval(String action, Path systemd) throws Exception {
        Path calls = Files.writeString(home.resolve("calls"), "");
        Path programs = Files.createDirectories(home.resolve("programs"));
        Path systemctl = Files.writeString(programs.resolve("systemctl"), "#!/bin/sh\necho \"$*\" >> " + calls + "\n");
        Files.setPosixFilePermissions(systemctl, PosixFilePermissions.fromString("rwx------"));
        String script = Files.readString(RELEASE.resolve("deb/control/prerm"));
        assertThat(script).contains("[ -d /run/systemd/system ]");
        ProcessBuilder builder = new ProcessBuilder(
                        "sh", "-c", script.replace("/run/systemd/system", systemd.toString()), "prerm", action)
                .redirectErrorStream(true);
        builder.environment().put("PATH", programs + ":" + System.getenv("PATH"));
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return Files.readAllLines(calls);
    }

    /** The command of an instance. systemd leaves out a variable without a value, and splits others at spaces. */
    private ParseResult command(
            Map<String, List<String>> unit, String instance, String variable, @Nullable String options) {
        String start = String.join(" ", unit.getOrDefault("ExecStart", List.of()))
                .replace("%i", instance)
                .replace("$" + variable, options == null ? "" : options);
        String[] words = start.strip().split(" +");
        assertThat(words[0]).isEqualTo("/usr/bin/septet");
        return new Captured(home)
                .parsed(Arrays.copyOfRange(words, 1, words.length))
                .subcommand();
    }

    /** The values of each name, in their order. */
    private static Map<String, List<String>> unit(String name) throws IOException {
        Map<String, List<String>> values = new LinkedHashMap<>();
        for (String line : Files.readAllLines(RELEASE.resolve("main/systemd").resolve(name))) {
            String[] pair = line.split("=", 2);
            if (!line.startsWith("#") && pair.length == 2) {
                values.merge(
                        pair[0],
                        List.of(pair[1]),
                        (a, b) -> Stream.of(a, b).flatMap(List::stream).toList());
            }
        }
        return values;
    }
}

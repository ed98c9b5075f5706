package dev.septet.workers.cli.machine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.Captured;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.local.RealServer;
import dev.septet.workers.server.ServerFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The doctor and {@code septet env}, against a real server, a silent one and none. */
class DoctorCommandTest {
    @TempDir
    private Path folder = Path.of("");

    @Tag("long")
    @Test
    void mendsAServerThatSomebodyElseHasSetUp() throws IOException {
        Captured septet = new Captured(folder);
        Path state = Files.createDirectories(septet.session().state().path());
        try (RealServer server = RealServer.bare(state)) {
            new ServerFile(septet.session().state().server())
                    .write(server.connection().server());

            assertThat(septet.run("doctor")).isEqualTo(ExitCode.OK);
            assertThat(septet.out())
                    .contains(
                            "warn  retention  namespace default keeps ended runs for 1 days",
                            "warn  search     runs cannot be searched by SeptetPipeline, SeptetStage,",
                            "-> `septet doctor --fix` registers these search attributes",
                            "warn  workers    no worker polls the task queue septet-gpu",
                            "-> `septet dev` or `septet worker --role training` starts one",
                            "ok    clock      the clocks of the server and this machine agree");
            assertThat(septet.out().lines()).allMatch(line -> line.length() <= 80);
            assertThat(septet.out()).doesNotContain("\u001b");
            assertThat(septet.run("runs", "--model", "x")).isEqualTo(ExitCode.RUN_FAILED);
            assertThat(septet.err()).contains("cannot search for these runs", "SeptetModel", "`septet doctor --fix`");

            assertThat(septet.run("doctor", "--fix")).isEqualTo(ExitCode.OK);
            assertThat(septet.out()).contains("from now on", "registered SeptetPipeline, SeptetStage,");

            assertThat(septet.run("doctor", "--json")).isEqualTo(ExitCode.OK);
            JsonNode findings = SpecJson.mapper().readTree(septet.out()).get("findings");
            assertThat(findings)
                    .filteredOn(finding -> finding.get("level").asText().equals("WARN"))
                    .extracting(finding -> finding.get("check").asText())
                    .containsOnly("workers");
        }
    }

    @Test
    void aConfiguredServerThatIsSilentFails() {
        Captured septet = new Captured(folder).with("TEMPORAL_ADDRESS", "127.0.0.1:1");

        assertThat(septet.run("doctor")).isEqualTo(ExitCode.RUN_FAILED);
        assertThat(septet.out())
                .contains("fail  server     127.0.0.1:1 does not answer")
                .contains("-> start it, or unset TEMPORAL_ADDRESS");
    }

    @Test
    void noServerIsNoFault() {
        Captured septet = new Captured(folder);

        assertThat(septet.run("doctor")).isEqualTo(ExitCode.OK);
        assertThat(septet.out()).contains("ok    server     none is configured and none runs:");
    }

    @Test
    void saysWhyItCannotSetUpCuda() throws IOException {
        Captured septet = new Captured(folder).with("SEPTET_TORCH", "/nowhere");

        assertThat(septet.run("doctor", "--fix", "gpu")).isEqualTo(ExitCode.RUN_FAILED);
        assertThat(septet.out()).isEqualTo("""
            fail  gpu        SEPTET_TORCH is /nowhere, but there is no torch in it
                          -> set SEPTET_TORCH to a Python environment with torch 2.7.1 for
                             CUDA 12, or unset it
            """);
        assertThat(septet.run("doctor", "--fix", "gpu", "--json")).isEqualTo(ExitCode.RUN_FAILED);
        JsonNode found = SpecJson.mapper().readTree(septet.out());
        assertThat(found.at("/ok").asBoolean()).isFalse();
        assertThat(found.at("/findings/0/level").asText()).isEqualTo("FAIL");
        assertThat(septet.run("doctor", "--fix", "cpu")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).contains("--fix has no value or the value gpu, got 'cpu'");
    }

    @Test
    void showsEverySettingButNoSecret() throws IOException {
        Path file = folder.resolve("temporal.toml");
        Files.writeString(file, """
            [profile.default]
            address = "temporal.example:7233"
            api_key = "geheim-3"
            """);
        Captured septet = new Captured(folder)
                .with("TEMPORAL_CONFIG_FILE", file.toString())
                .with("SEPTET_API_KEYS", "geheim-1")
                .with("SEPTET_SECRET_HOOK", "geheim-5")
                .with("SEPTET_SECRET_HOOK_PIPELINES", "bot")
                .with("AWS_SECRET_ACCESS_KEY", "geheim-2")
                .with("AWS_ENDPOINT_URL", "https://me:geheim-4@s3.example")
                .with("SEPTET_STORE", "s3://bucket/prefix");

        for (String[] words : new String[][] {{"env"}, {"env", "--json"}}) {
            assertThat(septet.run((Object[]) words)).isEqualTo(ExitCode.OK);
            assertThat(septet.out())
                    .doesNotContain("geheim")
                    .contains("(set, not shown)")
                    .contains("https://(hidden)@s3.example")
                    .contains("s3://bucket/prefix")
                    .contains("temporal.example:7233")
                    .contains("temporal's profile");
        }
        JsonNode env = SpecJson.mapper().readTree(septet.out());
        assertThat(env.at("/folders/state").asText())
                .isEqualTo(folder.resolve("state").toString());
        assertThat(env.at("/versions/java").asText()).startsWith("1").isNotEmpty();
        assertThat(env.at("/versions/temporal server").asText()).isEqualTo("temporal.example:7233 does not answer");
    }

    @Test
    void showsWhichTemporalThereIs() throws IOException {
        Path cli = Files.writeString(
                folder.resolve("temporal"), "#!/bin/sh\necho 'temporal version 7.8.9 (Server 4.5.6, UI 1.2.3)'\n");
        Files.setPosixFilePermissions(cli, PosixFilePermissions.fromString("rwx------"));
        Captured septet = new Captured(folder).with("SEPTET_TEMPORAL_CLI", cli.toString());

        assertThat(septet.run("env")).isEqualTo(ExitCode.OK);
        assertThat(septet.out())
                .containsPattern("temporal cli +(\\| )?7\\.8\\.9 \\(Server 4\\.5\\.6, UI 1\\.2\\.3\\)")
                .containsPattern("temporal server +(\\| )?none runs");
    }
}

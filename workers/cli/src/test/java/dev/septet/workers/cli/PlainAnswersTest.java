package dev.septet.workers.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.ExitCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bad input gets a sentence, the next step and the documented exit code; never a stack trace. */
class PlainAnswersTest {
    @TempDir
    private Path folder = Path.of("");

    private Captured septet = new Captured(folder);

    @BeforeEach
    void install() throws IOException {
        septet = new Captured(folder);
        Files.createDirectories(folder.resolve("data"));
        Files.createDirectories(folder.resolve("models/tiny"));
        Files.writeString(folder.resolve("data/hello.jsonl"), "{}\n");
    }

    @Test
    void aFileThatIsNotThere() {
        assertThat(septet.run("run", "no.groovy")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(septet.err()).isEqualTo("septet: no.groovy does not exist\n");
    }

    @Test
    void aFolderForAFile() {
        assertThat(septet.run("run", folder)).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(septet.err())
                .isEqualTo("septet: %s is a folder; name the pipeline file in it, such as %s%n"
                        .formatted(folder, folder.resolve("pipeline.groovy")));
    }

    @Test
    void anUnknownWordStopsARunBeforeAnythingIsStarted() throws IOException {
        Path file = pipeline("trian { method lora() }");

        assertThat(septet.run("run", file)).isEqualTo(ExitCode.PIPELINE_INVALID);
        assertThat(septet.err())
                .startsWith("septet: " + file + " has ")
                .contains("nothing was started")
                .contains("pipeline.groovy:4:5: `trian` is not known in `pipeline`. Did you mean" + " `train`?");
        assertThat(folder.resolve("state")).doesNotExist();
    }

    @Test
    void lintSaysTheSameAsText() throws IOException {
        Path file = pipeline("trian { method lora() }");

        assertThat(septet.run("lint", file)).isEqualTo(ExitCode.PIPELINE_INVALID);
        assertThat(septet.out()).contains("Did you mean `train`?").contains("^^^^^");
        assertThat(septet.err()).isEmpty();
    }

    @Test
    void lintSaysTheSameAsJson() throws IOException {
        Path file = pipeline("trian { method lora() }");

        assertThat(septet.run("lint", file, "--json")).isEqualTo(ExitCode.PIPELINE_INVALID);
        JsonNode problem = SpecJson.mapper().readTree(septet.out()).get(0);
        assertThat(problem.get("line").asInt()).isEqualTo(4);
        assertThat(problem.get("message").asText()).contains("`trian` is not known");
    }

    @Test
    void lintOfAGoodFile() throws IOException {
        Path file = pipeline("train { method lora() }");

        assertThat(septet.run("lint", file)).isEqualTo(ExitCode.OK);
        assertThat(septet.out()).isEmpty();
        assertThat(septet.err()).isEqualTo(file + ": no problems\n");
    }

    @Test
    void lintOfSeveralFilesAndFolders() throws IOException {
        Path bad = pipeline("trian { method lora() }");
        Path more = folder.resolve("more");
        Files.createDirectories(more.resolve("snippets"));
        Files.createDirectories(more.resolve(".hidden"));
        Files.writeString(more.resolve(".hidden/x.groovy"), "not one");
        Files.writeString(more.resolve("snippets/s.groovy"), "setup { seed 7 }");
        Files.writeString(
                more.resolve("ok.groovy"),
                Files.readString(pipeline("include 'snippets/s.groovy'; train { method lora() }"))
                        .replace("'data", "'../data")
                        .replace("'models", "'../models"));
        pipeline("trian { method lora() }");

        assertThat(septet.run("lint", bad, more, "--data", folder, "--format", "json"))
                .isEqualTo(ExitCode.PIPELINE_INVALID);
        JsonNode problems = SpecJson.mapper().readTree(septet.out());
        assertThat(problems).hasSize(1);
        assertThat(problems.get(0).get("file").asText()).isEqualTo(bad.toString());

        septet = new Captured(folder);
        assertThat(septet.run("lint", more)).isEqualTo(ExitCode.OK);
        assertThat(septet.err()).isEqualTo(more.resolve("ok.groovy") + ": no problems\n");

        septet = new Captured(folder);
        assertThat(septet.run("lint", bad, "--format", "sarif")).isEqualTo(ExitCode.PIPELINE_INVALID);
        assertThat(SpecJson.mapper().readTree(septet.out()).at("/runs/0/results"))
                .hasSize(1);
    }

    @Test
    void lintOfAFolderWithoutPipelines() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertThat(septet.run("lint", empty)).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(septet.err()).isEqualTo("septet: there is no .groovy file in " + empty + "\n");
        assertThat(septet.run("lint", empty, "--format", "xml")).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void anUnknownParameter() throws IOException {
        Path file = pipeline("train { method lora() }");

        assertThat(septet.run("run", file, "-p", "rnak=8")).isEqualTo(ExitCode.PIPELINE_INVALID);
        assertThat(septet.err()).contains("rnak");
    }

    @Test
    void aConfiguredServerThatIsNotThere() throws IOException {
        Path file = pipeline("train { method lora() }");
        septet.with("TEMPORAL_ADDRESS", "127.0.0.1:1");

        assertThat(septet.run("run", file)).isEqualTo(ExitCode.SERVER_UNREACHABLE);
        assertThat(septet.err())
                .isEqualTo("septet: the Temporal server 127.0.0.1:1 does not answer. Start it, give"
                        + " the profile the TLS settings that it requires, or unset"
                        + " TEMPORAL_ADDRESS (and the profile) to let Septet start its own.\n");
        assertThat(septet.run("status")).isEqualTo(ExitCode.SERVER_UNREACHABLE);
        assertThat(septet.err()).contains("the Temporal server 127.0.0.1:1 does not answer");
    }

    @Test
    void aWrongNameForTheTemporalCli() throws IOException {
        Path file = pipeline("train { method lora() }");
        septet.with("SEPTET_TEMPORAL_CLI", folder.resolve("gone").toString());

        assertThat(septet.run("run", file)).isEqualTo(ExitCode.SERVER_UNREACHABLE);
        assertThat(septet.err()).contains("which is not an executable file. Correct it or unset it.");
    }

    @Test
    void aServerThatWantsAKeyToBeVerified() throws IOException {
        Files.writeString(folder.resolve("models/tiny/config.json"), "{}");
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(401, -1);
            exchange.close();
        });
        server.start();
        try {
            String address = "http://127.0.0.1:" + server.getAddress().getPort();
            Path model = folder.resolve("models/tiny");

            assertThat(septet.run("verify", model, "--endpoint", address)).isEqualTo(ExitCode.RUN_FAILED);
            assertThat(septet.err()).contains("refuses with status 401", "holds its key with --key-variable NAME");
            septet.with("THE_KEY", "wrong");
            assertThat(septet.run("verify", model, "--endpoint", address, "--key-variable", "THE_KEY"))
                    .isEqualTo(ExitCode.RUN_FAILED);
            assertThat(septet.err())
                    .contains("the key in THE_KEY (--key-variable) is not a key that it accepts")
                    .doesNotContain("wrong");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aFolderOfPipelinesThatIsNotThere() {
        assertThat(septet.run("dev", "--pipelines", folder.resolve("gone"))).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(septet.err()).contains("gone is not a folder");
    }

    @Test
    void anUnknownRole() {
        assertThat(septet.run("worker", "--role", "heavy")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).isEqualTo("septet: --role is light, training or all, not 'heavy'\n");
    }

    @Test
    void anUnknownCommandNamesTheKnown() {
        assertThat(septet.run("rnu")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err())
                .startsWith("septet: there is no command 'rnu'; the commands are init, import, run, ")
                .endsWith("See `septet --help`.\n");
    }

    @Test
    void anUnknownOptionAndAnArgumentTooMany() {
        assertThat(septet.run("status", "--jsno")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).isEqualTo("septet: there is no option '--jsno'\nSee `septet status --help`.\n");
        assertThat(septet.run("status", "a", "b")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).startsWith("septet: the argument 'b' is not expected\n");
    }

    @Test
    void noCommandAtAll() {
        assertThat(septet.run()).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).startsWith("septet: a command is missing\n");
    }

    @Test
    void steeringWithoutAKnownWordOrWithAWrongValue() {
        assertThat(septet.run("steer", "hello", "faster")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err())
                .startsWith("septet: there is no action 'faster'; the actions are pause, resume,"
                        + " checkpoint-now, stop-early, learning-rate\n");
        assertThat(septet.run("steer", "hello", "learning-rate")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).contains("learning-rate needs the new rate, such as 1e-4\n");
        assertThat(septet.run("steer", "hello", "learning-rate", "fast")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.run("steer", "hello", "pause", "1e-4")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).contains("pause takes no value\n");
        assertThat(septet.run("steer", "hello", "resume", "--at-step", "3")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).contains("resume takes no --at-step\n");
    }

    @Test
    void versionAndCompletion() {
        assertThat(septet.run("--version")).isEqualTo(ExitCode.OK);
        assertThat(septet.out()).startsWith("septet ");
        assertThat(septet.run("completion")).isEqualTo(ExitCode.OK);
        assertThat(septet.out()).contains("complete -F _complete_septet").contains("--detach");
    }

    @Test
    void lintRemarksOnAReplayThatLeavesNoRowOut() throws IOException {
        Path file = pipeline("""
            train { method lora() }
                deploy { target http { port 8080 } }
                monitor {
                    every 1.hours
                    drift psi, on: promptLength
                    onDrift retrain, replay: 20.percent
                }
            """);

        assertThat(septet.run("lint", file)).isEqualTo(ExitCode.OK);
        assertThat(septet.out()).contains("pipeline.groovy:9:26: remark: `replay:` has no effect");
        assertThat(septet.err()).contains("no problems");
        assertThat(septet.run("lint", file, "--json")).isEqualTo(ExitCode.OK);
        assertThat(septet.out()).contains("\"id\" : \"remark\"", "\"line\" : 9");
    }

    private Path pipeline(String train) throws IOException {
        return Files.writeString(folder.resolve("pipeline.groovy"), """
            pipeline('hello') {
                prepare { dataset 'data/hello.jsonl' }
                initialize { model 'models/tiny' }
                %s
            }
            """.formatted(train));
    }
}

package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code .github/docs/encryption.md} says, on a real server, down to its database's bytes. */
@Tag("long")
class EncryptionIT {
    private static final String SECRET = "kept-secret-0815";
    private static final Path PAGE = Workspace.CHECKOUT.resolve(".github/docs/encryption.md");
    private static final Pattern ENDPOINT = Pattern.compile("Codec server  (http://[0-9.:]+)");
    private static final String PIPELINE = """
        def label = param('label', 'none')
        pipeline('NAME') {
            description label
            prepare {
                dataset 'data/SECRET.jsonl', format: chat
                split train: 92.percent, validation: 3.percent, test: 5.percent
                maxTokens 256
            }
            initialize { model 'base-model' }
            train { method lora { rank 4 }; steps 4; batch size: 4 }
            evaluate { metric loss; limit 8; samples 0 }
            deploy { target directory('models/NAME') }
        }
        """;

    @TempDir
    Path folder;

    @Test
    void theServerKeepsNothingReadable() throws Exception {
        Path state = folder.resolve("state");
        Path file = pipeline("sealed").file();
        Path keys = keys("current: first\nfirst: " + key(1) + "\n");
        Map<String, String> environment = Map.of("SEPTET_CODEC_KEYS", keys.toString());
        try (DevStack stack = DevStack.start(state, environment, folder.resolve("pipelines"))) {
            Map<String, String> here = Map.of("SEPTET_STATE", state.toString(), "SEPTET_CODEC_KEYS", keys.toString());
            Shell.Said ran = Shell.septet(folder, here, 240, "run", file.toString(), "--param", "label=" + SECRET);
            assertThat(ran.status()).as(ran.all() + stack.logs()).isZero();

            Process codec = codecServer(here);
            try {
                String endpoint = endpoint() + "/" + Files.readString(state.resolve("codec-token"));
                String[] show = {"workflow", "show", "--output", "json", "--workflow-id", "sealed"};
                String kept = TemporalCli.run(stack, show).out();
                assertThat(kept).contains(encoded("binary/encrypted")).doesNotContain(SECRET);
                assertThat(withoutWhatThePageNames(kept))
                        .as("the server reads search attributes and versions, as the page says, and nothing else")
                        .doesNotContain(encoded("json/plain"));
                assertThat(decoded(stack, show, endpoint)).contains(SECRET);
                failsWithoutAWord(stack, endpoint);
                theWebPageDecodes(stack, endpoint);
            } finally {
                codec.destroy();
                codec.onExit().join();
            }
            assertThat(Shell.septet(folder, here, 180, "status", "sealed").out())
                    .contains("deploy");
            Shell.Said without =
                    Shell.septet(folder, Map.of("SEPTET_STATE", state.toString()), 180, "status", "sealed");
            assertThat(without.err())
                    .contains("is encrypted with the key 'first', but this process has no keys")
                    .doesNotContain("\tat ");
        }
        assertThat(new ServerDatabase(state.resolve("temporal.db")).holds(SECRET))
                .as("what is secret, in the server's database")
                .isFalse();

        keys("current: second\nfirst: " + key(1) + "\nsecond: " + key(2) + "\n");
        try (DevStack stack = DevStack.start(state, environment, folder.resolve("pipelines"))) {
            Map<String, String> here = Map.of("SEPTET_STATE", state.toString(), "SEPTET_CODEC_KEYS", keys.toString());
            Shell.Said resumed = Shell.septet(folder, here, 120, "resume", "sealed", "--from", "deploy");
            assertThat(resumed.status()).as(resumed.all() + stack.logs()).isZero();
        }
    }

    @Test
    void thePageShowsTheCommandsThatAreTested() throws IOException {
        assertThat(PAGE)
                .content()
                .contains(
                        "export SEPTET_CODEC_KEYS=",
                        "./septet codec-server",
                        "temporal workflow show --workflow-id RUN --codec-endpoint",
                        "current: NAME",
                        "SEPTET_CODEC_ENDPOINT",
                        "SEPTET_CODEC_TOKEN_FILE");
    }

    private static String withoutWhatThePageNames(String history) throws IOException {
        JsonNode tree = SpecJson.mapper().readTree(history);
        for (JsonNode marker : tree.findValues("markerRecordedEventAttributes")) {
            if (marker.path("markerName").asText().equals("Version")) {
                ((ObjectNode) marker).remove("details");
            }
        }
        for (JsonNode holder : tree.findParents("searchAttributes")) {
            ((ObjectNode) holder).remove("searchAttributes");
        }
        return tree.toString();
    }

    /** A run that is started through the codec server, and whose failure repeats what was asked. */
    private static void failsWithoutAWord(DevStack stack, String endpoint) throws IOException, InterruptedException {
        Shell.Said started = TemporalCli.run(
                stack,
                "workflow",
                "execute",
                "--type",
                "Pipeline",
                "--task-queue",
                "septet",
                "--workflow-id",
                "wrong",
                "--input",
                "{\"pipeline\":\"sealed\",\"params\":{\"" + SECRET + "\":1}}",
                "--codec-endpoint",
                endpoint);
        assertThat(started.status()).as(started.all()).isNotZero();
        String[] show = {"workflow", "show", "--output", "json", "--workflow-id", "wrong"};
        assertThat(TemporalCli.run(stack, show).out())
                .contains("Encoded failure")
                .doesNotContain(SECRET);
        assertThat(decoded(stack, show, endpoint)).contains(SECRET);
    }

    /** As the page says: the codec server's address is entered in the Web UI. */
    private static void theWebPageDecodes(DevStack stack, String endpoint) throws Exception {
        URI run = URI.create(stack.server().ui() + "/namespaces/default/workflows/wrong");
        try (Browser browser = Browser.open()) {
            browser.signIn(stack).visit(run);
            await("the run's page")
                    .atMost(Duration.ofMinutes(1))
                    .until(browser::text, text -> text.contains("Encoded failure"));
            assertThat(browser.text()).doesNotContain(SECRET);

            browser.element("[data-testid=data-encoder-status]").click();
            browser.driver().executeScript("document.getElementById('use-local-endpoint-radio').click()");
            browser.element("#data-encoder-endpoint-input").sendKeys(endpoint);
            browser.driver()
                    .executeScript("[...document.querySelectorAll('[data-testid=confirm-modal-button]')].find(button =>"
                            + " button.textContent.includes('Apply')).click()");
            browser.visit(run);
            await("the run's page, decoded")
                    .atMost(Duration.ofMinutes(1))
                    .until(browser::text, text -> text.contains(SECRET));
        }
    }

    private static String decoded(DevStack stack, String[] words, String endpoint)
            throws IOException, InterruptedException {
        String[] all = java.util.Arrays.copyOf(words, words.length + 2);
        all[words.length] = "--codec-endpoint";
        all[words.length + 1] = endpoint;
        String json = TemporalCli.run(stack, all).out();
        StringBuilder text = new StringBuilder(json);
        // The CLI shows payloads of an event as base64.
        Matcher data = Pattern.compile("\"data\": *\"([A-Za-z0-9+/=]+)\"").matcher(json);
        while (data.find()) {
            text.append(new String(Base64.getDecoder().decode(data.group(1)), java.nio.charset.StandardCharsets.UTF_8));
        }
        return text.toString();
    }

    private Process codecServer(Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        List.of(Workspace.CHECKOUT.resolve("septet").toString(), "codec-server", "--port", "0"))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("codec.txt").toFile());
        builder.environment().putAll(environment);
        return builder.start();
    }

    private String endpoint() {
        return await("the codec server")
                .atMost(Duration.ofMinutes(1))
                .until(
                        () -> {
                            Matcher said = ENDPOINT.matcher(Files.readString(folder.resolve("codec.txt")));
                            return said.find() ? said.group(1) : "";
                        },
                        address -> !address.isEmpty());
    }

    private Workspace pipeline(String name) throws IOException {
        Workspace workspace = Workspace.in(folder.resolve("pipelines"), name, 60, PIPELINE.replace("SECRET", SECRET));
        Files.move(
                workspace.folder().resolve("data/tickets.jsonl"),
                workspace.folder().resolve("data/" + SECRET + ".jsonl"));
        return workspace;
    }

    private Path keys(String text) throws IOException {
        Path file = folder.resolve("septet.keys");
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    private static String key(int fill) {
        byte[] key = new byte[32];
        java.util.Arrays.fill(key, (byte) fill);
        return Base64.getEncoder().encodeToString(key);
    }

    private static String encoded(String encoding) {
        return Base64.getEncoder().encodeToString(encoding.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}

package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.septet.activities.audit.AuditLogs;
import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.activities.store.Stores;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.settings.Setting;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.artifact.ArtifactRef;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The store and the audit log with keys: nothing on the disk or in the bucket can be read, a
 * training that is killed ends in the bytes of a run without keys, and the key can be changed.
 */
@Tag("nightly")
class StoreEncryptionIT {
    private static final String NAME = "sealed";
    private static final String QUESTION = "Where do canaries sing at half past seven?";
    private static final int STEPS = 30;
    private static final int SHORT = 20;
    private static final int INTERVAL = 10;
    private static final Duration PATIENCE = Duration.ofMinutes(6);

    @TempDir
    private Path root;

    /** What a run made; addresses are those of the plain content. */
    private record Outcome(ArtifactRef dataset, ArtifactRef adapter, List<String> ledger, ArtifactRef export) {}

    @Test
    void nothingIsReadableAndTheBytesAreThoseOfARunWithoutKeys() throws Exception {
        int port = Trials.freePort();
        Path state = root.resolve("state");
        Map<String, String> first = keys("first");
        Workspace workspace = workspace("with", port);
        Outcome sealed;
        try (DevStack stack = DevStack.start(state, first, workspace.folder())) {
            WorkflowStub run = stack.begin(NAME);
            awaitSteps(stack, INTERVAL + 3);
            long killed = stack.kill("training");
            stack.awaitSuccessor("training", killed);
            sealed = outcome(stack.result(run, PATIENCE), state, first, STEPS);
            await("an answer").atMost(PATIENCE).until(() -> asked(port));
        }
        assertThat(said(state, first)).contains(QUESTION);
        nothingIsReadable(state, workspace);

        Path plainState = root.resolve("plain");
        try (DevStack stack =
                DevStack.start(plainState, workspace("without", port).folder())) {
            PipelineReport report = stack.result(stack.begin(NAME), PATIENCE);
            assertThat(outcome(report, plainState, Map.of(), STEPS)).isEqualTo(sealed);
        }

        Map<String, String> both = keys("first", "second");
        Shell.Said again =
                septet(state, both, "run", "--port", "0", workspace.file().toString());
        assertThat(again.status()).as(again.all()).isZero();
        assertThat(again.err()).contains("train       reused", "deploy      reused");
        Shell.Said log = septet(state, both, "audit", "verify", NAME);
        assertThat(log.status()).as(log.all()).isZero();
        assertThat(log.out()).contains(": complete. ");
        assertThat(septet(state, both, "doctor").out()).contains("the key 'second' encrypts new files", "by 'first'");

        Map<String, String> second = keys("second");
        Shell.Said missing = septet(state, second, "audit", "show", NAME);
        plainly(missing, "line 1: is encrypted with the key 'first', which is not in");
        Shell.Said none = septet(state, Map.of(), "audit", "show", NAME);
        plainly(none, "but this process has no keys. Set SEPTET_STORE_KEYS to the file");
        plainly(septet(state, Map.of(), "run", "--port", "0", workspace.file().toString()), "SEPTET_STORE_KEYS");
    }

    @Test
    void nothingInABucketIsReadableAndTheModelIsPublished() throws Exception {
        Path state = root.resolve("state");
        Workspace workspace = Workspace.in(
                root,
                NAME,
                120,
                Pipelines.small(SHORT)
                        .replace("quantize int8", "")
                        .replace("limit 24", "limit 4")
                        .replace("target ollama('NAME', directory: 'ollama')", ""));
        try (Bucket bucket = Bucket.start(root.resolve("objects"))) {
            Map<String, String> shared = new HashMap<>(bucket.environment());
            shared.put("SEPTET_STORE", "s3://" + Bucket.NAME + "/store");
            Map<String, String> sealed = new HashMap<>(shared);
            sealed.putAll(keys("first"));
            PipelineReport report;
            try (DevStack stack = DevStack.start(state, sealed, workspace.folder())) {
                WorkflowStub run = stack.begin(NAME);
                awaitSteps(stack, INTERVAL + 1);
                long killed = stack.kill("training");
                stack.awaitSuccessor("training", killed);
                report = stack.result(run, PATIENCE);
            }

            Outcome made = outcome(report, state, sealed, SHORT);
            Path published = workspace.folder().resolve("out/current").toRealPath();
            assertThat(published).hasFileName(made.export().sha256().substring(0, 12));
            List<String> secrets = new ArrayList<>(secrets(workspace));
            secrets.add(weights(published));
            Path objects = root.resolve("objects").resolve(Bucket.NAME);
            assertThat(unreadable(objects, secrets)).isGreaterThan(20);
            unreadable(state.resolve("store-copies"), secrets);
            assertThat(objects.resolve("store/encrypted")).content().contains("\"key\":\"first\"}");

            Path file = Path.of(sealed.get(Setting.STORE_KEYS.variable()));
            byte[] other = Arrays.copyOf("other".getBytes(StandardCharsets.US_ASCII), 32);
            Files.writeString(
                    file, "current: first\nfirst: " + Base64.getEncoder().encodeToString(other));
            assertThat(septet(state, sealed, "doctor").out().replaceAll("\\s+", " "))
                    .contains("the key 'first' is not the key with which this store was written");
        }
    }

    private static void plainly(Shell.Said said, String sentence) {
        assertThat(said.status()).as(said.all()).isNotZero();
        assertThat(said.all()).contains(sentence).doesNotContain("\tat ", "unexpected error");
    }

    /** All processes have ended: what they had in plain files while they worked is gone too. */
    private static void nothingIsReadable(Path state, Workspace workspace) throws IOException {
        List<String> secrets = secrets(workspace);
        assertThat(unreadable(state.resolve("store"), secrets) + unreadable(state.resolve("audit"), secrets))
                .isGreaterThan(30);
    }

    /** Parts of what a run reads and makes. */
    private static List<String> secrets(Workspace workspace) throws IOException {
        String row = Files.readAllLines(workspace.folder().resolve("data/tickets.jsonl"))
                .get(1);
        String ticket =
                SpecJson.mapper().readTree(row).at("/messages/0/content").asText();
        return List.of(
                QUESTION,
                ticket.substring(18, 58),
                weights(workspace.folder().resolve("base-model")),
                "\"sizeBytes\"",
                "exactMatch");
    }

    /** Looks for secrets in a folder's files; how many files there are. */
    private static int unreadable(Path folder, List<String> secrets) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
            for (String secret : secrets) {
                assertThat(bytes.contains(secret))
                        .as("%s holds %s", file, secret)
                        .isFalse();
            }
        }
        return files.size();
    }

    /** Some bytes of a model's largest file, its weights, which are no pattern. */
    private static String weights(Path model) throws IOException {
        try (Stream<Path> files = Files.list(model)) {
            Path largest = files.max(
                            Comparator.comparingLong(file -> file.toFile().length()))
                    .orElseThrow();
            byte[] all = Files.readAllBytes(largest);
            byte[] some = Arrays.copyOfRange(all, all.length / 2, all.length / 2 + 48);
            return new String(some, StandardCharsets.ISO_8859_1);
        }
    }

    /** By this process, whose plain copies lie elsewhere: it goes on to live. */
    private Outcome outcome(PipelineReport report, Path state, Map<String, String> keys, int steps) throws IOException {
        Map<String, String> environment = new HashMap<>(keys);
        environment.put("SEPTET_STORE_SCRATCH", root.resolve("scratch").toString());
        var store = Stores.open(state.resolve("store"), environment);
        var checkpoint = Objects.requireNonNull(report.checkpoint());
        return new Outcome(
                Objects.requireNonNull(report.dataset()).artifact(),
                checkpoint.artifact(),
                Ledger.steps(store.fetch(checkpoint.ledger()).resolve("ledger.jsonl"), steps),
                Objects.requireNonNull(report.deployment()).artifact());
    }

    private static String said(Path state, Map<String, String> environment) throws IOException {
        return new AuditLogs(state.resolve("audit"), AtRestEncryption.of(environment))
                .reader(NAME)
                .read(0, 100)
                .records()
                .toString();
    }

    private Workspace workspace(String folder, int port) throws IOException {
        return Workspace.in(Files.createDirectories(root.resolve(folder)), NAME, 120, Pipelines.served(STEPS, port));
    }

    private static void awaitSteps(DevStack stack, int steps) {
        await("step " + steps)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptions()
                .until(() -> {
                    String train = stack.status(NAME).stages().stream()
                            .filter(at -> at.stage().word().equals("train"))
                            .findFirst()
                            .orElseThrow()
                            .workflowId();
                    return stack.progress(train).orElseThrow().done() >= steps;
                });
    }

    private static boolean asked(int port) throws InterruptedException {
        String body =
                "{\"model\": \"%s\", \"max_tokens\": 1, \"messages\": [{\"role\": \"user\", \"content\": \"%s\"}]}"
                        .formatted(NAME, QUESTION);
        try {
            return HttpClient.newHttpClient()
                            .send(
                                    HttpRequest.newBuilder(URI.create(String.format(
                                                    Locale.ROOT, "http://127.0.0.1:%d/v1/chat/completions", port)))
                                            .header("Content-Type", "application/json")
                                            .timeout(Duration.ofSeconds(30))
                                            .POST(HttpRequest.BodyPublishers.ofString(body))
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString())
                            .statusCode()
                    == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** The last is the one that encrypts; each name is a key of its own. */
    private Map<String, String> keys(String... names) throws IOException {
        StringBuilder text = new StringBuilder();
        for (String name : names) {
            byte[] key = Arrays.copyOf(name.getBytes(StandardCharsets.US_ASCII), 32);
            text.append(name).append(": ").append(Base64.getEncoder().encodeToString(key));
            text.append('\n');
        }
        text.append("current: ").append(names[names.length - 1]);
        Path file = root.resolve(String.join("-", names) + ".keys");
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return Map.of(Setting.STORE_KEYS.variable(), file.toString());
    }

    private Shell.Said septet(Path state, Map<String, String> keys, String... words) throws Exception {
        Map<String, String> environment = new HashMap<>(DevStack.environment(state));
        environment.putAll(keys);
        return Shell.septet(root, environment, 300, words);
    }
}

package dev.septet.workers.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.audit.AnswerEvent;
import dev.septet.activities.audit.AuditEvent;
import dev.septet.activities.audit.AuditLogs;
import dev.septet.activities.audit.AuditRecord;
import dev.septet.activities.audit.AuditSettings;
import dev.septet.activities.audit.AuditedVerdict;
import dev.septet.activities.basemodel.BaseModelFiles;
import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.guard.GuardPublisher;
import dev.septet.activities.serving.Routes;
import dev.septet.activities.serving.Variant;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.HttpSpec;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.dsl.pipeline.deploy.ServingGuardSpec;
import dev.septet.dsl.pipeline.deploy.ServingGuardSpec.Action;
import dev.septet.dsl.pipeline.deploy.ServingGuardSpec.Side;
import dev.septet.dsl.pipeline.evaluate.SafetySpec;
import dev.septet.workers.serve.audit.AuditBook;
import dev.septet.workers.serve.backend.ModelBackend;
import dev.septet.workers.serve.guard.ServedGuard;
import dev.septet.workers.serve.http.ApiKeys;
import dev.septet.workers.serve.http.ServeLimits;
import dev.septet.workers.serve.model.Models;
import dev.septet.workers.serve.model.RouteReloader;
import dev.septet.workers.serve.model.StoreOpener;
import dev.septet.workers.serve.model.VariantOpener;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.ArtifactRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A guard of the engine before and after a model that repeats its prompt. Texts with a percent sign are unsafe. */
class GuardedServerTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String REFUSAL = "No, thank you.";

    @TempDir
    private Path folder = Path.of("");

    private @Nullable ModelServer server;
    private ScriptedBackend backend = ScriptedBackend.echoing();
    private Map<String, String> problems = Map.of();
    private Client client = new Client(0);

    /** Publishes a version with this guard, and serves it. */
    private void serve(Action action, Side... on) throws IOException {
        serve(new ServingGuardSpec(
                new SafetySpec.Guard(new SafetySpec.Model(null, "guard", null), SafetySpec.Style.LABELS, null),
                List.of(on),
                action,
                action == Action.FLAG ? null : REFUSAL,
                List.of()));
    }

    private void serve(ServingGuardSpec guard) throws IOException {
        LocalStore store = new LocalStore(folder.resolve("store"));
        Path pipeline = folder.resolve("pipeline");
        if (Files.notExists(pipeline)) {
            TinyGuard.write(pipeline.resolve("guard"));
        }
        Fence fence = new Fence("run-1/export", 1);
        Path export = store.scratch(fence);
        PipelineFiles files =
                new PipelineFiles(new ActivitySettings(folder.resolve("store"), List.of(), List.of(pipeline)));
        GuardPublisher.of(BaseModelFiles.of(files, Map.of()), new ModelEndpoints(null, Map.of()))
                .publish(
                        new RunRef("bot", "run-1", pipeline.toString(), "0".repeat(64)),
                        new DeploySpec(
                                List.of(),
                                List.of(new HttpSpec("127.0.0.1", 8080, null)),
                                null,
                                null,
                                guard,
                                DeploySpec.DEFAULT_POLICY),
                        store,
                        fence,
                        export);
        ArtifactRef artifact = store.put(export, fence);
        new Routes(store)
                .publish(
                        "bot",
                        new Variant(artifact.sha256().substring(0, 12), artifact, null, "run-1"),
                        new Fence("run-1/route", 1));
        follow(store);
    }

    private void follow(LocalStore store) throws IOException {
        StoreOpener opening = new StoreOpener(store, new ModelEndpoints(null, Map.of()));
        VariantOpener opener = new VariantOpener() {
            @Override
            public ModelBackend open(Variant variant) {
                return backend;
            }

            @Override
            public @Nullable ServedGuard guard(Variant variant) throws IOException {
                return opening.guard(variant);
            }

            @Override
            public ModelBackend base(Variant variant) {
                return backend;
            }
        };
        Models models = new Models();
        AuditBook book = AuditBook.of(logs(), AuditSettings.DEFAULT, Clock.systemUTC());
        RouteReloader reloader = new RouteReloader(new Routes(store), opener, models, book, () -> List.of("bot"));
        reloader.reload();
        problems = reloader.problems();
        server = ModelServer.start(new ServeSettings("127.0.0.1", 0, ApiKeys.NONE, ServeLimits.DEFAULT), models, book);
        client = new Client(server.port());
    }

    @AfterEach
    void stop() throws IOException {
        if (server != null) {
            server.close();
        }
        assertThat(logs().verifier(logs().folder("bot")).verify().whole()).isTrue();
    }

    @Test
    void anUnsafePromptIsRefusedBeforeTheModelReadsIt() throws Exception {
        serve(Action.REFUSE, Side.INPUT, Side.OUTPUT);

        Client.Answer refused = client.post(CHAT, chat("10% of jane@example.org"));
        Client.Answer answered = client.post(CHAT, chat("hello"));

        assertThat(refused.status()).as(refused.json().toString()).isEqualTo(200);
        assertThat(refused.text()).isEqualTo(REFUSAL);
        assertThat(refused.json().at("/choices/0/finish_reason").asText()).isEqualTo("content_filter");
        assertThat(refused.json().at("/usage/completion_tokens").asInt()).isZero();
        assertThat(answered.text()).isEqualTo("hello");
        assertThat(answered.json().at("/choices/0/finish_reason").asText()).isEqualTo("stop");
        assertThat(backend.asked()).isEqualTo(1);

        AnswerEvent first = (AnswerEvent) lines().get(0);
        assertThat(first.reply().finish()).isEqualTo("content_filter");
        assertThat(first.reply().answer()).isEqualTo(REFUSAL);
        assertThat(first.reply().refused()).isTrue();
        assertThat(first.question().lastOfUser()).startsWith("10% of ").doesNotContain("jane");
        AuditedVerdict verdict = first.guard().get(0);
        assertThat(first.guard()).hasSize(1);
        assertThat(verdict.on()).isEqualTo("input");
        assertThat(verdict.unsafe()).isTrue();
        assertThat(verdict.action()).isEqualTo(AuditedVerdict.REFUSED);
        assertThat(verdict.probability()).isGreaterThan(0.9);
        assertThat(verdict.categories()).containsExactly("S1");
        assertThat(verdict.guard()).matches("[0-9a-f]{64}");
        AnswerEvent second = (AnswerEvent) lines().get(1);
        assertThat(second.guard()).extracting(AuditedVerdict::on).containsExactly("input", "output");
        assertThat(second.guard()).noneMatch(AuditedVerdict::unsafe);
        assertThat(second.reply().refused()).isFalse();
    }

    @Test
    void anUnsafeAnswerNeverLeaves() throws Exception {
        backend = ScriptedBackend.echoing();
        serve(Action.REFUSE, Side.OUTPUT);

        Client.Answer refused = client.post(CHAT, chat("echo %"));
        assertThat(refused.text()).isEqualTo(REFUSAL);
        assertThat(refused.response().body()).doesNotContain("%");
        assertThat(refused.json().at("/choices/0/finish_reason").asText()).isEqualTo("content_filter");
        AnswerEvent line = (AnswerEvent) lines().get(0);
        assertThat(line.reply().answer()).isEqualTo(REFUSAL);
        assertThat(line.guard())
                .singleElement()
                .satisfies(verdict -> assertThat(verdict.on()).isEqualTo("output"));
    }

    @Test
    void aStreamIsHeldBackUntilItIsJudged() throws Exception {
        backend = ScriptedBackend.byHand();
        serve(Action.REFUSE, Side.OUTPUT);

        var events = client.stream(CHAT, chat("hello", "\"stream\": true"));
        ScriptedBackend.Open answer = backend.next();
        answer.write("it is ", "10");
        assertThat(events).isNotDone();
        answer.write("%");
        answer.end(dev.septet.llm.generate.sampling.FinishReason.STOP, 3);
        List<String> sent = events.get().toList();

        assertThat(String.join("", sent))
                .doesNotContain("it is")
                .doesNotContain("%")
                .contains(REFUSAL);
        assertThat(sent).endsWith("[DONE]");
        List<JsonNode> chunks = Client.chunks(sent.stream());
        assertThat(chunks.get(chunks.size() - 1).at("/choices/0/finish_reason").asText())
                .isEqualTo("content_filter");
    }

    @Test
    void aVersionWhoseGuardIsGoneIsNotServed() throws Exception {
        serve(Action.REFUSE, Side.INPUT);
        assertThat(problems).isEmpty();
        Objects.requireNonNull(server).close();
        try (Stream<Path> files = Files.walk(folder.resolve("store"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (Files.size(file) == Files.size(folder.resolve("pipeline/guard/model.safetensors"))) {
                    Files.delete(file);
                }
            }
        }
        follow(new LocalStore(folder.resolve("store")));

        assertThat(problems.get("bot"))
                .startsWith("the guard of this version cannot be read, so the version is not served");
        assertThat(client.post(CHAT, chat("hello")).status()).isEqualTo(404);
    }

    private static String chat(String text) {
        return chat(text, "\"n\": 1");
    }

    private static String chat(String text, String more) {
        return "{\"model\": \"bot\", \"messages\": [{\"role\": \"user\", \"content\": \"%s\"}], %s}"
                .formatted(text, more);
    }

    private AuditLogs logs() {
        return new AuditLogs(folder.resolve("audit"), AtRestEncryption.none());
    }

    private List<AuditEvent> lines() throws IOException {
        return logs().reader("bot").read(0, 100).records().stream()
                .map(AuditRecord::event)
                .toList();
    }
}

package dev.septet.workers.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.audit.AnswerEvent;
import dev.septet.activities.audit.Arm;
import dev.septet.activities.audit.AuditLogs;
import dev.septet.activities.audit.AuditRecord;
import dev.septet.activities.audit.AuditSettings;
import dev.septet.activities.deploy.DeployActivitiesImpl;
import dev.septet.activities.deploy.PublishActivitiesImpl;
import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.activities.endpoint.EndpointModel;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.evaluate.EvaluateActivitiesImpl;
import dev.septet.activities.evaluate.subject.WorkerSubjects;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.monitor.MonitorActivitiesImpl;
import dev.septet.activities.monitor.MonitoredLog;
import dev.septet.activities.monitor.prompt.PromptReader;
import dev.septet.activities.review.ReviewedRows;
import dev.septet.activities.serving.Routes;
import dev.septet.activities.serving.Variant;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.HttpSpec;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.dsl.pipeline.deploy.DirectorySpec;
import dev.septet.dsl.pipeline.deploy.TargetSpec;
import dev.septet.dsl.pipeline.evaluate.CompareSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.monitor.AlarmSpec;
import dev.septet.dsl.pipeline.monitor.DriftSpec;
import dev.septet.dsl.pipeline.monitor.MonitorSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.workers.serve.ModelServer;
import dev.septet.workers.serve.PrivateServer;
import dev.septet.workers.serve.ServeSettings;
import dev.septet.workers.serve.audit.AuditBook;
import dev.septet.workers.serve.http.ApiKeys;
import dev.septet.workers.serve.http.ServeLimits;
import dev.septet.workers.serve.model.HostedBackend;
import dev.septet.workers.serve.model.Models;
import dev.septet.workers.serve.model.RouteReloader;
import dev.septet.workers.serve.model.StoreOpener;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.ChainCheck;
import dev.septet.workflows.artifact.ChainLink;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.ExportRef;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.artifact.Verdict;
import dev.septet.workflows.deploy.DeployActivities;
import dev.septet.workflows.deploy.DeployRequest;
import dev.septet.workflows.deploy.PublishActivities;
import dev.septet.workflows.evaluate.EvaluateActivities;
import dev.septet.workflows.evaluate.EvaluateRequest;
import dev.septet.workflows.monitor.DriftFinding;
import dev.septet.workflows.monitor.MonitorActivities;
import dev.septet.workflows.monitor.MonitorRequest;
import dev.septet.workflows.monitor.Observation;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model of a service from its evaluation to its monitoring. The service is a real model server that needs a key. */
@Tag("long")
class EndpointRunTest {
    private static final Origin ORIGIN = new Origin("0".repeat(64), null, "made for a test");
    private static final String KEY = "sk-service-0123456789abcdef";

    @TempDir
    private Path folder = Path.of("");

    private final TestActivityEnvironment environment = TestActivityEnvironment.newInstance();
    private volatile UnaryOperator<String> tuned = EndpointRunTest::tuned;
    private volatile Path readerModel = Path.of("");
    private LocalStore store = new LocalStore(folder);
    private ModelServer service = start(new Models(), ApiKeys.NONE, AuditBook.none());
    private ModelEndpoints endpoints = new ModelEndpoints(null, Map.of());

    @BeforeEach
    void open() throws IOException {
        service.close();
        store = new LocalStore(folder.resolve("store"));
        Models held = new Models();
        held.add("tuned", new HostedBackend("v1", new RuleBackend(question -> tuned.apply(question))));
        held.add("tuned-2", new HostedBackend("v2", new RuleBackend(question -> reference(number(question)))));
        held.add("small", new HostedBackend("v0", new RuleBackend(EndpointRunTest::untuned)));
        service = start(held, new ApiKeys(List.of(KEY)), AuditBook.none());
        endpoints = new ModelEndpoints(
                Files.writeString(
                        folder.resolve("trainers.yaml"),
                        String.format(
                                Locale.ROOT,
                                "endpoints: {service: {url: 'http://127.0.0.1:%d/v1', key: SERVICE_KEY, models: [small]}}\n",
                                service.port())),
                Map.of("SERVICE_KEY", KEY));
        PipelineFiles files = new PipelineFiles(new ActivitySettings(folder.resolve("store"), List.of(), List.of()));
        environment.registerActivitiesImplementations(
                new EvaluateActivitiesImpl(store, files, new WorkerSubjects(endpoints)),
                new DeployActivitiesImpl(store, new PrivateServer(), endpoints, null, null),
                new PublishActivitiesImpl(store, files, Map.of()),
                new MonitorActivitiesImpl(
                        store,
                        new MonitoredLog(files, logs(), new ReviewedRows(folder.resolve("reviewed"))),
                        (model, adapter, precision) -> {
                            assertThat(adapter).isNull();
                            readerModel = model;
                            return new WordReader();
                        }));
    }

    @AfterEach
    void close() {
        environment.close();
        service.close();
    }

    @Test
    void evaluatesExportsServesAndMonitorsTheModel() throws Exception {
        EvaluationReport report = evaluate("run-1", "tuned", new MetricSpec("exactMatch", 0.8, null));

        assertThat(report.verdict()).isEqualTo(Verdict.GO);
        assertThat(report.scores()).singleElement().satisfies(score -> {
            assertThat(score.after()).isEqualTo(57 / 60.0);
            assertThat(score.before()).isZero();
        });
        Path papers = store.fetch(report.artifact());
        assertThat(Files.readString(papers.resolve("README.md")))
                .contains("base_model: \"small\"", "* model at the endpoint: `tuned`", "* losses: `not measured")
                .contains("* precision: `unknown, the endpoint decides`")
                .doesNotContain("library_name");

        DeployRequest deploy = deploy("run-1", "tuned", report, new HttpSpec("127.0.0.1", 8080, null));
        ExportRef export = environment.newActivityStub(DeployActivities.class).export(deploy);

        Path exported = store.fetch(export.artifact());
        try (var files = Files.list(exported)) {
            assertThat(files.map(file -> file.getFileName().toString()).sorted())
                    .containsExactly("README.md", "chain.json", EndpointModel.FILE, "results.json");
        }
        assertThat(export.chain().checks()).hasSize(3).allMatch(ChainCheck::holds);
        assertThat(export.chain().checks()).extracting(ChainCheck::link).containsOnly(ChainLink.ENDPOINT);

        PublishActivities publish = environment.newActivityStub(PublishActivities.class);
        publish.promote(deploy, publish.publish(deploy, export, List.of()));
        try (AuditBook book = AuditBook.of(logs(), AuditSettings.DEFAULT, Clock.systemUTC());
                ModelServer server = serve(book)) {
            for (int row = 1; row <= 60; row++) {
                assertThat(ask(server, "ticket " + row)
                                .at("/choices/0/message/content")
                                .asText())
                        .isEqualTo(tuned("ticket " + row));
            }
        }

        List<AnswerEvent> lines = lines();
        assertThat(lines).hasSize(60);
        AnswerEvent first = lines.get(0);
        assertThat(first.servedBy().version())
                .isEqualTo(export.artifact().sha256().substring(0, 12));
        assertThat(first.reply().answer()).isEqualTo("queue 1");
        assertThat(first.reply().promptTokens()).isEqualTo("ticket 1".length());

        Observation observation = observe(new DriftSpec(DriftSpec.Detector.KS, DriftSpec.Feature.PROMPT_LENGTH, 0.5));
        assertThat(observation.rows()).isEqualTo(60);
        assertThat(observation.findings()).hasSize(1).noneMatch(DriftFinding::drifted);
        assertThat(readerModel.resolve("config.json")).exists();
        assertThat(texts()).noneMatch(text -> text.contains(KEY));
    }

    @Test
    void aTrialSharesRequestsBetweenTwoModelsOfTheService() throws Exception {
        Variant champion = variant("tuned");
        Variant challenger = variant("tuned-2");
        Routes routes = new Routes(store);
        routes.publish("tickets", champion, new Fence("routes", 1));
        routes.challenge("tickets", challenger, 0.5, new Fence("routes", 1));

        try (AuditBook book = AuditBook.of(logs(), AuditSettings.DEFAULT, Clock.systemUTC());
                ModelServer server = serve(book)) {
            for (int row = 1; row <= 60; row++) {
                ask(server, "ticket " + row * 20);
            }
        }

        assertThat(lines()).extracting(line -> line.servedBy().arm()).contains(Arm.CHAMPION, Arm.CHALLENGER);
        assertThat(lines())
                .allSatisfy(line -> assertThat(line.reply().answer())
                        .isEqualTo(line.servedBy().arm() == Arm.CHAMPION ? "queue 9" : "queue 0"));
    }

    @Test
    void aMetricThatNeedsLossesIsNeverPassed() throws IOException {
        EvaluationReport report = evaluate("run-1", "tuned", new MetricSpec("loss", null, 9.0));

        assertThat(report.verdict()).isEqualTo(Verdict.NO_GO);
        assertThat(report.scores().get(0).why()).startsWith("loss is missing");
    }

    @Test
    void publishesNothingWhenTheServiceAnswersOtherwiseThanInTheEvaluation() throws IOException {
        EvaluationReport report = evaluate("run-1", "tuned", new MetricSpec("exactMatch", 0.8, null));
        tuned = EndpointRunTest::untuned;

        assertThatThrownBy(() -> environment
                        .newActivityStub(DeployActivities.class)
                        .export(deploy("run-1", "tuned", report, new HttpSpec("127.0.0.1", 8080, null))))
                .hasStackTraceContaining("link 'endpoint' of the chain is broken: tuned: share of 16 answers that"
                        + " tuning changed, and that are the base model's again is 1, allowed is at most 0.250")
                .hasStackTraceContaining("Nothing was published");
    }

    @Test
    void asksAgainBeforeItPublishesAStoredExport() throws IOException {
        EvaluationReport report = evaluate("run-1", "tuned", new MetricSpec("exactMatch", 0.8, null));
        HttpSpec target = new HttpSpec("127.0.0.1", 8080, null);
        DeployActivities deploy = environment.newActivityStub(DeployActivities.class);
        ExportRef first = deploy.export(deploy("run-1", "tuned", report, target));

        assertThat(deploy.export(deploy("run-2", "tuned", report, target)).artifact())
                .isEqualTo(first.artifact());

        tuned = EndpointRunTest::untuned;
        assertThatThrownBy(() -> deploy.export(deploy("run-3", "tuned", report, target)))
                .hasStackTraceContaining("link 'endpoint' of the chain is broken")
                .hasStackTraceContaining("Nothing was published");
    }

    @Test
    void aFewAnswersMayDiffer() throws IOException {
        EvaluationReport report = evaluate("run-1", "tuned", new MetricSpec("exactMatch", 0.8, null));
        tuned = question -> number(question) % 3 == 0 ? "another" : tuned(question);

        ExportRef export = environment
                .newActivityStub(DeployActivities.class)
                .export(deploy("run-1", "tuned", report, new HttpSpec("127.0.0.1", 8080, null)));

        assertThat(export.chain().checks().get(2).measured()).isBetween(0.5, 0.9);
    }

    @Test
    void refusesTargetsThatNeedFiles() throws IOException {
        EvaluationReport report = evaluate("run-1", "tuned", new MetricSpec("exactMatch", 0.8, null));

        assertThatThrownBy(() -> environment
                        .newActivityStub(DeployActivities.class)
                        .export(deploy("run-1", "tuned", report, new DirectorySpec("models/out"))))
                .hasStackTraceContaining("the target models/out needs the model's files, but a service holds this"
                        + " model and gives only its name; use `target http { port 8080 }`");
    }

    @Test
    void refusesADetectorThatNeedsProbabilities() throws Exception {
        new Routes(store).publish("tickets", variant("tuned"), new Fence("routes", 1));
        try (AuditBook book = AuditBook.of(logs(), AuditSettings.DEFAULT, Clock.systemUTC());
                ModelServer server = serve(book)) {
            for (int row = 1; row <= 60; row++) {
                ask(server, "ticket " + row);
            }
        }

        assertThatThrownBy(
                        () -> observe(new DriftSpec(DriftSpec.Detector.PERPLEXITY, DriftSpec.Feature.PROMPT_LOSS, 0.2)))
                .hasStackTraceContaining("`drift perplexity` needs the probabilities of the deployed model, but a"
                        + " service holds it");
    }

    private ModelServer serve(AuditBook book) {
        Models models = new Models();
        RouteReloader reloader = new RouteReloader(
                new Routes(store), new StoreOpener(store, endpoints), models, book, () -> List.of("tickets"));
        reloader.reload();
        assertThat(reloader.problems()).isEmpty();
        return start(models, ApiKeys.NONE, book);
    }

    private static ModelServer start(Models models, ApiKeys keys, AuditBook book) {
        try {
            return ModelServer.start(new ServeSettings("127.0.0.1", 0, keys, ServeLimits.DEFAULT), models, book);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonNode ask(ModelServer server, String question) throws Exception {
        ObjectNode body =
                SpecJson.mapper().createObjectNode().put("model", "tickets").put("temperature", 0);
        body.putArray("messages").addObject().put("role", "user").put("content", question);
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(String.format(
                                        Locale.ROOT, "http://127.0.0.1:%d/v1/chat/completions", server.port())))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return SpecJson.mapper().readTree(response.body());
    }

    private Observation observe(DriftSpec drift) throws IOException {
        MonitorSpec spec = new MonitorSpec(
                Duration.ofMinutes(1),
                null,
                50,
                List.of(drift),
                AlarmSpec.DEFAULT,
                null,
                null,
                MonitorSpec.DEFAULT_POLICY);
        MonitorRequest request = SpecJson.mapper()
                .convertValue(
                        Map.of(
                                "run",
                                run("run-1"),
                                "spec",
                                spec,
                                "setup",
                                SetupSpec.DEFAULT,
                                "dataset",
                                dataset(),
                                "model",
                                model(),
                                "checkpoint",
                                checkpoint("tuned")),
                        MonitorRequest.class);
        return environment.newActivityStub(MonitorActivities.class).observe(request);
    }

    private EvaluationReport evaluate(String run, String model, MetricSpec metric) throws IOException {
        EvaluateSpec spec = new EvaluateSpec(
                List.of(metric), List.of(), new CompareSpec(0), null, null, 0, 32, 4, EvaluateSpec.DEFAULT_POLICY);
        return environment
                .newActivityStub(EvaluateActivities.class)
                .evaluate(
                        new EvaluateRequest(run(run), spec, SetupSpec.DEFAULT, dataset(), model(), checkpoint(model)));
    }

    private DeployRequest deploy(String run, String model, EvaluationReport report, TargetSpec target)
            throws IOException {
        return new DeployRequest(
                run(run),
                new DeploySpec(List.of(), List.of(target), null, null, DeploySpec.DEFAULT_POLICY),
                SetupSpec.DEFAULT,
                dataset(),
                model(),
                checkpoint(model),
                report);
    }

    private RunRef run(String id) {
        return new RunRef("tickets", id, folder.toString(), "5".repeat(64));
    }

    private DatasetRef dataset() throws IOException {
        ArtifactRef artifact = put(
                "dataset", Map.of("test.jsonl", rows(60), "train.jsonl", rows(60), "card.json", "{\"testRows\":60}"));
        return new DatasetRef(artifact, 60, 1, 60, 1, 1, 0, 0, 0, ORIGIN);
    }

    private ModelRef model() throws IOException {
        return new ModelRef(put("model", Map.of("config.json", "{}")), "LlamaForCausalLM", 1, 1, "mit", 1, 1, ORIGIN);
    }

    private CheckpointRef checkpoint(String model) throws IOException {
        Path made = Files.createDirectories(folder.resolve("made-" + model));
        new EndpointModel("service", model, "small", "job-1").write(made);
        return new CheckpointRef(
                put("trained-" + model, Map.of(EndpointModel.FILE, Files.readString(made.resolve(EndpointModel.FILE)))),
                false,
                put("ledger", Map.of("ledger.jsonl", "{\"step\":0,\"loss\":2.5,\"learningRate\":0.001}\n")),
                1,
                2.5,
                null,
                "all steps",
                ORIGIN);
    }

    private Variant variant(String model) throws IOException {
        ArtifactRef export = checkpoint(model).artifact();
        return new Variant(export.sha256().substring(0, 12), export, null, "run-0");
    }

    private ArtifactRef put(String name, Map<String, String> files) throws IOException {
        Fence fence = new Fence("test/" + name, 1);
        store.open(fence);
        Path scratch = store.scratch(fence);
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.writeString(scratch.resolve(file.getKey()), file.getValue());
        }
        return store.put(scratch, fence);
    }

    private AuditLogs logs() {
        return new AuditLogs(folder.resolve("audit"), AtRestEncryption.none());
    }

    private List<AnswerEvent> lines() throws IOException {
        return logs().reader("tickets").read(0, 1000).records().stream()
                .map(AuditRecord::event)
                .map(AnswerEvent.class::cast)
                .toList();
    }

    private List<String> texts() throws IOException {
        try (var files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).map(EndpointRunTest::text).toList();
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String rows(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(row -> {
                    ObjectNode line = SpecJson.mapper().createObjectNode();
                    line.putArray("messages").add(turn("user", "ticket " + row)).add(turn("assistant", reference(row)));
                    return line.put("source", "tickets.jsonl:" + row).toString();
                })
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private static ObjectNode turn(String role, String content) {
        return SpecJson.mapper().createObjectNode().put("role", role).put("content", content);
    }

    private static String tuned(String question) {
        return number(question) % 20 == 0 ? "queue 9" : reference(number(question));
    }

    private static String untuned(String question) {
        return "I do not know";
    }

    private static int number(String question) {
        return Integer.parseInt(question.substring("ticket ".length()));
    }

    private static String reference(int row) {
        return "queue " + row % 5;
    }

    /** Words are tokens. */
    private static final class WordReader implements PromptReader {
        @Override
        public int tokens(String text) {
            return text.split(" ").length;
        }

        @Override
        public double[] losses(List<String> texts) {
            throw new AssertionError("a service's model was opened as a model folder");
        }

        @Override
        public void close() {}
    }
}

package dev.septet.activities.canary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.audit.AnswerEvent;
import dev.septet.activities.audit.Arm;
import dev.septet.activities.audit.AuditLogs;
import dev.septet.activities.audit.AuditSettings;
import dev.septet.activities.audit.AuditWriter;
import dev.septet.activities.audit.AuditedQuestion;
import dev.septet.activities.audit.Reply;
import dev.septet.activities.audit.ServedBy;
import dev.septet.activities.deploy.PublishActivitiesImpl;
import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.serving.Endpoint;
import dev.septet.activities.serving.Endpoints;
import dev.septet.activities.serving.Route;
import dev.septet.activities.serving.Routes;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.deploy.CanarySpec;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.dsl.pipeline.deploy.DirectorySpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.ChainReport;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.ExportRef;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.artifact.Verdict;
import dev.septet.workflows.canary.CanaryActivities;
import dev.septet.workflows.canary.CanaryFinding;
import dev.septet.workflows.canary.CanaryReading;
import dev.septet.workflows.canary.CanaryTrial;
import dev.septet.workflows.deploy.DeployRequest;
import dev.septet.workflows.deploy.Publication;
import dev.septet.workflows.deploy.PublishActivities;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A trial against a real store, real routes and a real audit log. */
class CanaryActivitiesTest {
    private static final Origin ORIGIN = new Origin("k", null, "made for a test");

    private static final CanarySpec CANARY = new CanarySpec(0.25, Duration.ofMinutes(30), 50, 0.02, 0.05, 0.1, 1, 2);

    private static final CanarySpec PROBED =
            new CanarySpec(0.25, Duration.ofMinutes(30), 50, 0.02, 0.05, 0.1, 1, 2, "probe.jsonl");

    @TempDir
    Path temp;

    private final TestActivityEnvironment environment = TestActivityEnvironment.newInstance();
    private LocalStore store;
    private Routes routes;
    private AuditLogs logs;
    private PublishActivities files;
    private CanaryActivities canary;
    private Path pipeline;

    @BeforeEach
    void open() throws IOException {
        store = new LocalStore(temp.resolve("store"));
        routes = new Routes(store);
        logs = new AuditLogs(temp.resolve("audit"), AtRestEncryption.none());
        pipeline = Files.createDirectories(temp.resolve("pipeline"));
        PipelineFiles read =
                new PipelineFiles(new ActivitySettings(temp.resolve("store"), List.of(), List.of(pipeline)));
        environment.registerActivitiesImplementations(
                new PublishActivitiesImpl(store, read, java.util.Map.of()),
                new CanaryActivitiesImpl(
                        store,
                        logs,
                        read,
                        java.util.Map.of("SEPTET_SECRET_BOT_KEY_PIPELINES", "bot", "SEPTET_SECRET_BOT_KEY", "k3y")));
        files = environment.newActivityStub(PublishActivities.class);
        canary = environment.newActivityStub(CanaryActivities.class);
    }

    @AfterEach
    void close() {
        environment.close();
    }

    @Test
    void aTrialSharesRequestsAndItsPromotionMovesRouteAndAlias() throws IOException {
        ExportRef first = export("first");
        publish("run-1", first, null);
        DeployRequest request = request("run-2", null);
        ExportRef second = export("second");
        Publication publication = files.publish(request, second, List.of());

        files.challenge(request, publication);
        files.challenge(request, publication);

        Route trial = routes.route("bot").orElseThrow();
        assertThat(trial.champion().sha256()).isEqualTo(first.artifact().sha256());
        assertThat(Objects.requireNonNull(trial.challenger()).sha256())
                .isEqualTo(second.artifact().sha256());
        assertThat(trial.share()).isEqualTo(0.25);
        assertThat(current()).as("no alias moves during a trial").isEqualTo("first");

        files.promote(request, publication);
        files.promote(request, publication);

        assertThat(routes.route("bot").orElseThrow().champion().sha256())
                .isEqualTo(second.artifact().sha256());
        assertThat(current()).isEqualTo("second");
    }

    @Test
    void aRollBackLeavesTheChampionAloneFromEveryState() throws IOException {
        ExportRef first = export("first");
        publish("run-1", first, null);
        DeployRequest request = request("run-2", null);
        Publication publication = files.publish(request, export("second"), List.of());

        files.rollBack(request, publication);
        assertAlone(first);
        DeployRequest again = request("run-3", null);
        files.challenge(again, publication);
        files.rollBack(again, publication);
        assertAlone(first);
        DeployRequest third = request("run-4", null);
        files.challenge(third, publication);
        files.promote(third, publication);
        files.rollBack(third, publication);
        assertAlone(first);
    }

    @Test
    void countsOnlyTheTwoModelsOfThisTrialSinceItBegan() throws IOException {
        publish("run-1", export("first"), null);
        DeployRequest request = request("run-2", null);
        Publication publication = files.publish(request, export("second"), List.of());
        String champion = routes.route("bot").orElseThrow().champion().version();
        String challenger = publication.artifact().sha256().substring(0, champion.length());
        assertThat(canary.cursor(request.run())).isZero();
        try (AuditWriter log = logs.writer("bot", AuditSettings.DEFAULT)) {
            answer(log, "early", challenger, Arm.CHALLENGER, true);
            long cursor = canary.cursor(request.run());
            files.challenge(request, publication);
            for (int at = 0; at < 40; at++) {
                answer(log, "c" + at, champion, Arm.CHAMPION, false);
            }
            for (int at = 0; at < 10; at++) {
                answer(log, "n" + at, challenger, Arm.CHALLENGER, true);
            }
            answer(log, "late", "an-older-one", Arm.CHALLENGER, true);

            CanaryReading seen = canary.check(trial(request, publication, cursor));

            assertThat(seen.champion()).isEqualTo(40);
            assertThat(seen.challenger()).isEqualTo(10);
            assertThat(seen.findings().get(0).proven()).isTrue();
            assertThat(seen.findings().get(0).challenger()).isEqualTo(1);
        }
    }

    @Test
    void saysThatSomebodyEndedTheTrial() throws IOException {
        publish("run-1", export("first"), null);
        DeployRequest request = request("run-2", null);
        Publication publication = files.publish(request, export("second"), List.of());
        files.challenge(request, publication);
        Route trial = routes.route("bot").orElseThrow();
        routes.force("bot", trial.champion(), new Fence("by hand", 1));

        assertThatThrownBy(() -> canary.check(trial(request, publication, 0)))
                .hasStackTraceContaining("is not on trial for 'bot' any more")
                .hasStackTraceContaining("type='PolicyDenied'");
        assertThatThrownBy(() -> files.promote(request, publication))
                .hasStackTraceContaining("is not on trial for 'bot' any more");
    }

    @Test
    void aVerdictAgainstAnotherChampionIsVoid() throws IOException {
        ExportRef first = export("first");
        publish("run-1", first, EvaluationReport.NO_CHAMPION);
        ExportRef second = export("second");
        DeployRequest stale = request("run-2", "f".repeat(64));
        DeployRequest good = request("run-2", first.artifact().sha256());
        assertThatThrownBy(() -> files.publish(stale, second, List.of()))
                .hasStackTraceContaining("the gate compared with champion ffffffffffff of 'bot'")
                .hasStackTraceContaining("type='VerdictStale'");
        Publication publication = files.publish(good, second, List.of());
        assertThatThrownBy(() -> files.challenge(stale, publication)).hasStackTraceContaining("type='VerdictStale'");
        assertThatThrownBy(() -> publish("run-3", second, EvaluationReport.NO_CHAMPION))
                .hasStackTraceContaining("the gate compared with champion none of 'bot'");
        assertAlone(first);

        files.challenge(good, publication);
        files.promote(good, publication);
        assertThat(current()).isEqualTo("second");
    }

    @Test
    void aTrialsShareEndsByItselfUnlessItsEndIsPutOff() throws IOException {
        publish("run-1", export("first"), null);
        DeployRequest request = request("run-2", null);
        Publication publication = files.publish(request, export("second"), List.of());
        files.challenge(request, publication);
        Route trial = routes.route("bot").orElseThrow();
        long until = Objects.requireNonNull(trial.until());
        assertThat(trial.at(until - 1)).isEqualTo(trial);
        assertThat(trial.at(until).challenger()).isNull();

        canary.check(trial(request, publication, 0));
        assertThat(routes.route("bot")).as("its end is where it was").contains(trial);

        CanaryTrial once = trial(request, publication, 0);
        CanaryTrial prolonged = new CanaryTrial(
                once.run(),
                once.spec(),
                once.champion(),
                once.challenger(),
                0,
                once.looks(),
                1800,
                5400,
                once.metrics());
        canary.check(prolonged);
        Route later = routes.route("bot").orElseThrow();
        assertThat(Objects.requireNonNull(later.until()))
                .as("half an hour later, and what this test took")
                .isGreaterThanOrEqualTo(until + Duration.ofMinutes(30).toMillis());
        assertThat(later.challenger()).isEqualTo(trial.challenger());
        files.promote(request, publication);
        assertThat(routes.route("bot").orElseThrow().until()).isNull();
    }

    @Test
    void aProbeIsAskedOfBothOnceAndAWorseScoreEndsTheTrial() throws IOException {
        publish("run-1", export("first"), null);
        DeployRequest request = request("run-2", null, PROBED);
        Publication publication = files.publish(request, export("second"), List.of());
        files.challenge(request, publication);
        Files.writeString(pipeline.resolve("probe.jsonl"), """
            {"messages":[{"role":"user","content":"one"},{"role":"assistant","content":"1"}]}
            {"messages":[{"role":"user","content":"two"},{"role":"assistant","content":"2"}]}
            """);
        Route route = routes.route("bot").orElseThrow();
        String before = "bot@" + route.champion().version();
        String tried = "bot@" + Objects.requireNonNull(route.challenger()).version();

        CanaryFinding nowhere = probe(canary.check(trial(request, publication, 0)));
        assertThat(nowhere.proven()).isFalse();
        assertThat(nowhere.worse()).as("no trial passes unasked").isTrue();
        assertThat(nowhere.sentence()).contains("not answered yet", "'bot' is served nowhere");

        try (Oracle oracle = new Oracle()) {
            new Endpoints(store)
                    .set("bot", new Endpoint("127.0.0.1", oracle.port(), "BOT_KEY"), new Fence("endpoint", 1));
            oracle.knows(before, "one", "1").knows(before, "two", "2").knows(tried, "one", "1");

            CanaryReading worse = canary.check(trial(request, publication, 0));
            canary.check(trial(request, publication, 0));

            CanaryFinding finding = probe(worse);
            assertThat(finding.champion()).isEqualTo(1);
            assertThat(finding.challenger()).isEqualTo(0.5);
            assertThat(finding.proven()).isTrue();
            assertThat(finding.sentence())
                    .isEqualTo(
                            "probe: exactMatch 0.5000 on 2 rows, the present model's 1.0000; no" + " worse is allowed");
            assertThat(oracle.keys()).containsOnly("Bearer k3y");
            assertThat(oracle.asked()).as("two rows of two models, once").isEqualTo(4);
        }
    }

    @Test
    void aProbeThatIsAnsweredNoWorseIsNoHarm() throws IOException {
        publish("run-1", export("first"), null);
        DeployRequest request = request("run-2", null, PROBED);
        Publication publication = files.publish(request, export("second"), List.of());
        files.challenge(request, publication);
        Files.writeString(pipeline.resolve("probe.jsonl"), "{\"prompt\":\"three\",\"completion\":\"3\"}\n");
        Route route = routes.route("bot").orElseThrow();
        try (Oracle oracle = new Oracle()) {
            new Endpoints(store).set("bot", new Endpoint("127.0.0.1", oracle.port(), null), new Fence("endpoint", 1));
            oracle.knows("bot@" + Objects.requireNonNull(route.challenger()).version(), "three", "3");

            CanaryFinding finding = probe(canary.check(trial(request, publication, 0)));

            assertThat(finding.challenger()).isEqualTo(1);
            assertThat(finding.champion()).isZero();
            assertThat(finding.worse()).isFalse();
            assertThat(finding.proven()).isFalse();
        }
    }

    @Test
    void aProbeThatCannotBeAskedIsSaidByItsLine() throws IOException {
        publish("run-1", export("first"), null);
        DeployRequest request = request("run-2", null, PROBED);
        Publication publication = files.publish(request, export("second"), List.of());
        files.challenge(request, publication);
        Files.writeString(pipeline.resolve("probe.jsonl"), "{\"text\":\"only words\"}\n");

        assertThatThrownBy(() -> canary.check(trial(request, publication, 0)))
                .hasStackTraceContaining(
                        "canary's probe: probe.jsonl:1: is plain text; a probe needs rows with" + " answers")
                .hasStackTraceContaining("type='PoisonData'");
    }

    private static CanaryFinding probe(CanaryReading reading) {
        return reading.findings().stream()
                .filter(finding -> finding.measure().equals("probe"))
                .findFirst()
                .orElseThrow();
    }

    private void assertAlone(ExportRef champion) throws IOException {
        Route route = routes.route("bot").orElseThrow();
        assertThat(route.champion().sha256()).isEqualTo(champion.artifact().sha256());
        assertThat(route.challenger()).isNull();
        assertThat(current()).isEqualTo("first");
    }

    private void publish(String runId, ExportRef export, @Nullable String judgedAgainst) throws IOException {
        DeployRequest request = request(runId, judgedAgainst, null);
        files.promote(request, files.publish(request, export, List.of()));
    }

    private String current() throws IOException {
        return Files.readString(pipeline.resolve("models/current/model/name.txt"));
    }

    private static CanaryTrial trial(DeployRequest request, Publication publication, long cursor) {
        return new CanaryTrial(
                request.run(),
                Objects.requireNonNull(request.spec().canary()),
                Objects.requireNonNull(publication.champion()),
                publication.artifact().sha256(),
                cursor,
                120,
                60,
                1800,
                List.of("loss", "exactMatch"));
    }

    private static void answer(AuditWriter log, String id, String version, Arm arm, boolean failed) throws IOException {
        log.append(new AnswerEvent(
                id,
                Instant.parse("2026-03-01T12:00:00Z"),
                new ServedBy("bot", "bot", version, arm),
                AuditedQuestion.of("q"),
                failed ? Reply.failed("no memory", 1, 10) : Reply.of("a", "stop", 1, 1, 10)));
    }

    private ExportRef export(String name) throws IOException {
        return new ExportRef(artifact(name), 0, null, ChainReport.EMPTY, ORIGIN);
    }

    private ArtifactRef artifact(String name) throws IOException {
        Path folder = Files.createDirectories(temp.resolve("exports/" + name + "/model"));
        Files.writeString(folder.resolve("name.txt"), name);
        return store.put(folder.resolveSibling("."), new Fence("exports", 1));
    }

    private DeployRequest request(String runId, @Nullable String judgedAgainst) throws IOException {
        return request(runId, judgedAgainst, CANARY);
    }

    private DeployRequest request(String runId, @Nullable String judgedAgainst, @Nullable CanarySpec canary)
            throws IOException {
        ArtifactRef some = artifact("some");
        return new DeployRequest(
                new RunRef("bot", runId, pipeline.toString(), "5eed"),
                new DeploySpec(
                        List.of(), List.of(new DirectorySpec("models")), canary, null, DeploySpec.DEFAULT_POLICY),
                SetupSpec.DEFAULT,
                new DatasetRef(some, 1, 1, 1, 1, 1, 0, 0, 0, ORIGIN),
                new ModelRef(some, "LlamaForCausalLM", 1, 1, "mit", 1, 1, ORIGIN),
                new CheckpointRef(some, true, some, 1, 0.1, null, "all steps", ORIGIN),
                new EvaluationReport(Verdict.GO, List.of(), some, judgedAgainst, ORIGIN));
    }
}

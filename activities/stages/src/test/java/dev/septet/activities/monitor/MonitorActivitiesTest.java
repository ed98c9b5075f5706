package dev.septet.activities.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.audit.AnswerEvent;
import dev.septet.activities.audit.Arm;
import dev.septet.activities.audit.AuditLogs;
import dev.septet.activities.audit.AuditSettings;
import dev.septet.activities.audit.AuditWriter;
import dev.septet.activities.audit.AuditedQuestion;
import dev.septet.activities.audit.FeedbackEvent;
import dev.septet.activities.audit.Reply;
import dev.septet.activities.audit.ServedBy;
import dev.septet.activities.audit.Thumb;
import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.monitor.prompt.PromptReader;
import dev.septet.activities.review.ReviewedRows;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.monitor.AlarmSpec;
import dev.septet.dsl.pipeline.monitor.DriftSpec;
import dev.septet.dsl.pipeline.monitor.DriftSpec.Detector;
import dev.septet.dsl.pipeline.monitor.DriftSpec.Feature;
import dev.septet.dsl.pipeline.monitor.MonitorSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.monitor.DriftAlarm;
import dev.septet.workflows.monitor.DriftFinding;
import dev.septet.workflows.monitor.LogActivities;
import dev.septet.workflows.monitor.LogWindow;
import dev.septet.workflows.monitor.MonitorActivities;
import dev.septet.workflows.monitor.MonitorRequest;
import dev.septet.workflows.monitor.Observation;
import dev.septet.workflows.retrain.RetrainHistory;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The activity as Temporal calls it; the log grows between looks. */
class MonitorActivitiesTest {
    @TempDir
    Path folder;

    private final TestActivityEnvironment environment = TestActivityEnvironment.newInstance();
    private LocalStore store;
    private MonitorActivities activities;

    @BeforeEach
    void open() {
        store = new LocalStore(folder.resolve("store"));
        PipelineFiles files = new PipelineFiles(new ActivitySettings(folder.resolve("store"), List.of(), List.of()));
        MonitoredLog log = new MonitoredLog(
                files,
                new AuditLogs(folder.resolve("audit"), AtRestEncryption.none()),
                new ReviewedRows(folder.resolve("reviewed")));
        environment.registerActivitiesImplementations(
                new MonitorActivitiesImpl(store, log, (model, adapter, precision) -> new WordReader()),
                new LogActivitiesImpl(store, log));
        activities = environment.newActivityStub(MonitorActivities.class);
    }

    @AfterEach
    void close() {
        environment.close();
    }

    @Test
    void aLookAtRowsThatAnotherMachineReadSeesTheSame() throws IOException {
        LogActivities host = environment.newActivityStub(LogActivities.class);
        MonitorRequest request = request("audit.jsonl");
        append("an ordinary question about things %d", 30);
        assertThat(host.read(request)).isEqualTo(new LogWindow(30, 0, null, 0, null));

        append("something entirely different which goes on and on, quite unlike before: %d", 60);
        LogWindow window = host.read(request);
        Observation own = activities.observe(request);
        Files.delete(folder.resolve("audit.jsonl")); // the other machine has none

        assertThat(window.rows()).isEqualTo(90);
        assertThat(activities.observe(over(request, window))).isEqualTo(own);
        assertThat(store.leftovers().isEmpty()).as("no fence of a look is left").isTrue();
    }

    @Test
    void rowsOfAnotherLookAreNotTakenForThese() throws IOException {
        LogActivities host = environment.newActivityStub(LogActivities.class);
        MonitorRequest request = request("audit.jsonl");
        append("an ordinary question about things %d", 60);
        LogWindow window = host.read(request);
        append("another %d", 60);
        host.read(request);

        assertThatThrownBy(() -> activities.observe(over(request, window)))
                .hasStackTraceContaining("another check replaced them");
    }

    private static MonitorRequest over(MonitorRequest request, LogWindow window) {
        return new MonitorRequest(
                request.run(),
                request.spec(),
                request.setup(),
                request.dataset(),
                request.model(),
                request.checkpoint(),
                request.pipeline(),
                request.windows(),
                request.cursor(),
                request.starts(),
                request.turns(),
                request.begun(),
                request.alarm(),
                request.notifications(),
                null,
                window);
    }

    @Test
    void waitsForTheLogThenForEnoughThenSeesDrift() throws IOException {
        MonitorRequest request = request("audit.jsonl");
        Observation none = activities.observe(request);
        assertThat(none).isEqualTo(new Observation(0, false, 0, List.of()));

        append("an ordinary question about things %d", 30);
        Observation few = activities.observe(request);
        assertThat(few).isEqualTo(new Observation(30, false, 0, List.of()));
        assertThat(activities.count(request)).as("without the model").isEqualTo(few);

        append("an ordinary question about things %d", 30);
        Observation enough = activities.observe(request);
        assertThat(enough.rows()).isEqualTo(60);
        assertThat(enough.enough()).isTrue();
        assertThat(enough.drifted()).isFalse();
        assertThat(activities.count(request)).isEqualTo(new Observation(60, true, 0, List.of()));

        append("something entirely different which goes on and on, quite unlike before: %d", 60);
        Observation drifted =
                activities.observe(request.afterChecks(1, enough.cursor(), RetrainHistory.NONE, DriftAlarm.QUIET));
        assertThat(drifted.rows()).isEqualTo(60);
        assertThat(drifted.drifted()).isTrue();
        assertThat(drifted.cursor()).isEqualTo(Files.size(folder.resolve("audit.jsonl")));
    }

    @Test
    void readsTheLogThatTheServerWritesWithItsFeedbackAndRefusals() throws IOException {
        List<DriftSpec> drifts = List.of(
                new DriftSpec(Detector.KS, Feature.PROMPT_LENGTH, 0.3),
                new DriftSpec(Detector.REFUSAL, Feature.REFUSED, null),
                new DriftSpec(Detector.FEEDBACK, Feature.NEGATIVE_FEEDBACK, 0.2),
                new DriftSpec(Detector.CLASSIFIER, Feature.PROMPT_TEXT, null));
        MonitorRequest request = request(null, drifts);
        assertThat(activities.observe(request).enough()).isFalse();

        serve("tickets", 60, "c", Thumb.UP);
        serve("another", 500, "c", Thumb.DOWN);
        Observation first = activities.observe(request);
        assertThat(first.rows()).isEqualTo(60);
        assertThat(first.findings()).as(first.toString()).noneMatch(DriftFinding::drifted);

        serve("tickets", 60, "I'm sorry, but I can't help with that.", Thumb.DOWN);
        Observation second =
                activities.observe(request.afterChecks(1, first.cursor(), RetrainHistory.NONE, DriftAlarm.QUIET));
        assertThat(second.rows()).isEqualTo(60);
        assertThat(second.findings().stream().filter(DriftFinding::drifted))
                .extracting(finding -> finding.drift().detector())
                .containsExactly(Detector.REFUSAL, Detector.FEEDBACK);
        assertThat(second.findings().get(1).sentence())
                .startsWith("refusal is 1.0000; by chance alone at p = ")
                .endsWith("(60 values against 200): drift");
    }

    @Test
    void saysWhatItCannotTell() throws IOException {
        MonitorRequest request = request(
                null,
                List.of(
                        new DriftSpec(Detector.KS, Feature.PROMPT_LENGTH, 0.3),
                        new DriftSpec(Detector.EMBEDDING, Feature.PROMPT_TEXT, null),
                        new DriftSpec(Detector.FEEDBACK, Feature.NEGATIVE_FEEDBACK, null)));
        try (AuditWriter writer = new AuditLogs(folder.resolve("audit"), AtRestEncryption.none())
                .writer("tickets", AuditSettings.DEFAULT.with(AuditSettings.Texts.NONE))) {
            for (int row = 0; row < 60; row++) {
                writer.append(answer("tickets", row, "c"));
            }
        }
        Observation observation = activities.observe(request);
        assertThat(observation.findings())
                .extracting(DriftFinding::sentence)
                .element(1)
                .isEqualTo("embedding says nothing yet: too few: 0 of 40 needed in the window");
        assertThat(observation.findings().get(0).drifted()).isFalse();
        assertThat(observation.findings().get(2).score()).isNull();
    }

    private void serve(String pipeline, int rows, String answer, Thumb thumb) throws IOException {
        // One log of two pipelines, as an operator may choose to have it.
        try (AuditWriter writer = new AuditLogs(folder.resolve("audit"), AtRestEncryption.none())
                .writer("tickets", AuditSettings.DEFAULT)) {
            for (int row = 0; row < rows; row++) {
                writer.append(answer(pipeline, row, answer));
                if (row < 30) {
                    writer.append(new FeedbackEvent("f" + row, Instant.EPOCH, pipeline, "a" + row, thumb, null));
                }
            }
        }
    }

    private static AnswerEvent answer(String pipeline, int row, String answer) {
        return new AnswerEvent(
                "a" + row,
                Instant.EPOCH,
                new ServedBy(pipeline, pipeline, "v1", Arm.CHAMPION),
                AuditedQuestion.of("an ordinary question about things " + row * 17 % 100),
                Reply.of(answer, "stop", 9, 1, 20));
    }

    @Test
    void refusesALogThatTheOperatorDoesNotServe() throws IOException {
        Path outside = Files.createTempFile("septet", ".jsonl");
        try {
            MonitorRequest request = request(outside.toString());
            assertThatThrownBy(() -> activities.observe(request)).cause().hasMessageContaining("type='PolicyDenied'");
        } finally {
            Files.delete(outside);
        }
    }

    private void append(String prompt, int rows) throws IOException {
        Path log = folder.resolve("audit.jsonl");
        String before = Files.exists(log) ? Files.readString(log) : "";
        Files.writeString(
                log,
                before
                        + IntStream.range(0, rows)
                                .mapToObj(row -> "{\"prompt\":\"%s\",\"answer\":\"a\"}\n"
                                        .formatted(prompt.formatted(row * 17 % 100)))
                                .collect(Collectors.joining()));
    }

    /** By JSON, as Temporal builds it: what the request holds besides is of no concern here. */
    private MonitorRequest request(String log) throws IOException {
        return request(
                log,
                List.of(
                        new DriftSpec(Detector.KS, Feature.PROMPT_LENGTH, 0.3),
                        new DriftSpec(Detector.PERPLEXITY, Feature.PROMPT_LOSS, 0.5)));
    }

    private MonitorRequest request(@Nullable String log, List<DriftSpec> drifts) throws IOException {
        MonitorSpec spec = new MonitorSpec(
                Duration.ofMinutes(1), log, 50, drifts, AlarmSpec.DEFAULT, null, null, MonitorSpec.DEFAULT_POLICY);
        String training = IntStream.range(0, 200)
                .mapToObj(row -> String.format(
                        Locale.ROOT,
                        "{\"prompt\":\"an ordinary question about things %d\",\"completion\":\"c\",\"source\":\"t.jsonl:%d\"}\n",
                        row % 100,
                        row + 1))
                .collect(Collectors.joining());
        return SpecJson.mapper()
                .convertValue(
                        Map.of(
                                "run",
                                new RunRef("tickets", "run-1", folder.toString(), "5".repeat(64)),
                                "spec",
                                spec,
                                "setup",
                                SetupSpec.DEFAULT,
                                "dataset",
                                Map.of("artifact", put("train.jsonl", training)),
                                "model",
                                Map.of("artifact", put("config.json", "{}")),
                                "checkpoint",
                                Map.of("artifact", put("adapter.txt", "x"), "adapter", true)),
                        MonitorRequest.class);
    }

    private ArtifactRef put(String file, String text) throws IOException {
        Fence fence = new Fence("test/" + file, 1);
        store.open(fence);
        Path scratch = store.scratch(fence);
        Files.writeString(scratch.resolve(file), text);
        return store.put(scratch, fence);
    }

    /** Words are tokens; long ones surprise. */
    private static final class WordReader implements PromptReader {
        @Override
        public int tokens(String text) {
            return text.split(" ").length;
        }

        @Override
        public double[] losses(List<String> texts) {
            return texts.stream().mapToDouble(text -> text.length() / 20.0).toArray();
        }

        @Override
        public void close() {}
    }
}

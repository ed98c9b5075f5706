package dev.septet.activities.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.support.ActivitySettings;
import dev.septet.activities.support.PipelineFiles;
import dev.septet.dsl.spec.AlarmSpec;
import dev.septet.dsl.spec.DriftSpec;
import dev.septet.dsl.spec.DriftSpec.Detector;
import dev.septet.dsl.spec.DriftSpec.Feature;
import dev.septet.dsl.spec.MonitorSpec;
import dev.septet.dsl.spec.SetupSpec;
import dev.septet.dsl.spec.SpecJson;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.monitor.MonitorActivities;
import dev.septet.workflows.monitor.MonitorRequest;
import dev.septet.workflows.monitor.Observation;

import io.temporal.testing.TestActivityEnvironment;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The activity as Temporal calls it; the log grows between looks. */
class MonitorActivitiesTest {
    @TempDir Path folder;
    private final TestActivityEnvironment environment = TestActivityEnvironment.newInstance();
    private LocalStore store;
    private MonitorActivities activities;

    @BeforeEach
    void open() {
        store = new LocalStore(folder.resolve("store"));
        PipelineFiles files =
                new PipelineFiles(
                        new ActivitySettings(folder.resolve("store"), List.of(), List.of()));
        environment.registerActivitiesImplementations(
                new MonitorActivitiesImpl(
                        store, files, (model, adapter, precision) -> new WordReader()));
        activities = environment.newActivityStub(MonitorActivities.class);
    }

    @AfterEach
    void close() {
        environment.close();
    }

    @Test
    void waitsForTheLogThenForEnoughThenSeesDrift() throws IOException {
        MonitorRequest request = request("audit.jsonl");
        Observation none = activities.observe(request);
        assertThat(none).isEqualTo(new Observation(0, false, 0, List.of()));

        append("an ordinary question about things %d", 30);
        Observation few = activities.observe(request);
        assertThat(few).isEqualTo(new Observation(30, false, 0, List.of()));

        append("an ordinary question about things %d", 30);
        Observation enough = activities.observe(request);
        assertThat(enough.rows()).isEqualTo(60);
        assertThat(enough.enough()).isTrue();
        assertThat(enough.drifted()).isFalse();

        append("something entirely different which goes on and on, quite unlike before: %d", 60);
        Observation drifted = activities.observe(request.later(1, enough.cursor(), null));
        assertThat(drifted.rows()).isEqualTo(60);
        assertThat(drifted.drifted()).isTrue();
        assertThat(drifted.cursor()).isEqualTo(Files.size(folder.resolve("audit.jsonl")));
    }

    @Test
    void refusesALogThatTheOperatorDoesNotServe() throws IOException {
        Path outside = Files.createTempFile("septet", ".jsonl");
        try {
            MonitorRequest request = request(outside.toString());
            assertThatThrownBy(() -> activities.observe(request))
                    .cause()
                    .hasMessageContaining("type='PolicyDenied'");
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
                                .mapToObj(
                                        row ->
                                                "{\"prompt\":\"%s\",\"answer\":\"a\"}\n"
                                                        .formatted(
                                                                prompt.formatted(row * 17 % 100)))
                                .collect(Collectors.joining()));
    }

    /** By JSON, as Temporal builds it: what the request holds besides is of no concern here. */
    private MonitorRequest request(String log) throws IOException {
        MonitorSpec spec =
                new MonitorSpec(
                        Duration.ofMinutes(1),
                        log,
                        50,
                        List.of(
                                new DriftSpec(Detector.KS, Feature.PROMPT_LENGTH, 0.3),
                                new DriftSpec(Detector.PERPLEXITY, Feature.PROMPT_LOSS, 0.5)),
                        AlarmSpec.DEFAULT,
                        null,
                        null,
                        MonitorSpec.DEFAULT_POLICY);
        String training =
                IntStream.range(0, 200)
                        .mapToObj(
                                row ->
                                        "{\"prompt\":\"an ordinary question about things %d\",\"completion\":\"c\",\"source\":\"t.jsonl:%d\"}\n"
                                                .formatted(row % 100, row + 1))
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

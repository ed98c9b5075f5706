package dev.septet.activities.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.track.server.DeclaredTrackers;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.workflows.track.TrackRequest;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("long")
class MlflowTrackerTest {
    private static final String TRACK = "mlflow('team', register: 'support-bot')";

    /** Curves of an outside trainer: loss, rate, norm, tokens, epoch; and the validation loss twice. */
    private static final int POINTS = 5 * RunFixture.STEPS + 2;

    /** exactMatch of both models, the last loss, tokens per second. */
    private static final int SCORES = 4;

    @TempDir
    Path folder;

    private FakeMlflow mlflow;
    private RunFixture run;

    @BeforeEach
    void open() throws IOException {
        mlflow = new FakeMlflow();
        run = new RunFixture(folder, TRACK);
    }

    @AfterEach
    void close() {
        mlflow.close();
    }

    @Test
    void sendsSettingsCurvesScoresFilesAndTheModel() throws IOException {
        try (Tracked worker =
                new Tracked(run, Tracked.operator(folder, "mlflow", mlflow.url(), "    key: TEAM_TOKEN\n"))) {
            run.moments().forEach(worker::send);
        }
        assertWhole();
        FakeMlflow.Run sent = Objects.requireNonNull(mlflow.runs.get("run0"));
        assertThat(sent.state).isEqualTo("FINISHED");
        assertThat(sent.parameters)
                .containsEntry("train.method.rank", "8")
                .containsEntry("initialize.model", "models/base")
                .containsEntry("train.by.options.packing", "true");
        assertThat(sent.tags).containsEntry("septet.run", RunFixture.RUN).containsEntry("septet.verdict", "GO");
        JsonNode first = sent.metrics.get(0);
        assertThat(first.path("key").asText()).isEqualTo("train/loss");
        assertThat(first.path("timestamp").asLong())
                .as("the training began 3 minutes after the run, and 40 steps took a minute")
                .isEqualTo(RunFixture.START + 180_000 + 1500);
        assertThat(mlflow.files.get("1/run0/artifacts/report.html")).isEqualTo("<p>facts</p>");
        assertThat(mlflow.received).contains("Bearer the-token");
    }

    /** The server does each request, and Septet is killed before it reads the answer. */
    @Test
    void isWholeWhenItIsKilledAfterAnyRequest() throws IOException {
        TrackRequest end = run.end();
        int killed = 0;
        try (Tracked worker = new Tracked(run, Tracked.operator(folder, "mlflow", mlflow.url()))) {
            worker.send(end);
            int all = mlflow.requests();
            for (int kill = 1; kill <= all; kill++) {
                mlflow.reset();
                mlflow.lose(kill);
                try {
                    worker.send(end);
                } catch (ActivityFailure lost) {
                    killed++;
                }
                worker.send(end);
                assertWhole();
            }
        }
        assertThat(killed)
                .as("orders, which Java does not send again by itself")
                .isGreaterThan(8);
    }

    @Test
    void sendsNothingOfARowAndNoSecret() throws IOException {
        try (Tracked worker = new Tracked(run, Tracked.operator(folder, "mlflow", mlflow.url()))) {
            worker.send(run.end());
        }
        assertThat(mlflow.received)
                .contains("models/base", "support")
                .doesNotContain(RunFixture.PRIVATE, "Bearer", "chat.example.com");
    }

    @Test
    void sendsTheTypeOfAFailureAndNotItsMessage() throws IOException {
        try (Tracked worker = new Tracked(run, Tracked.operator(folder, "mlflow", mlflow.url()))) {
            worker.send(run.failed());
            assertThat(Objects.requireNonNull(mlflow.runs.get("run0")).tags)
                    .containsEntry("septet.failure", "OutOfMemory in train");
            assertThat(mlflow.files.get("1/run0/artifacts/report.html")).isEqualTo("<p>facts</p>");
            worker.send(run.failedEarlier());
        }
        assertThat(mlflow.received).contains("ApplicationFailure").doesNotContain(RunFixture.PRIVATE);
    }

    @Test
    void refusesWhatTheOperatorDoesNotAllow() throws IOException {
        try (Tracked worker = new Tracked(run, Tracked.none())) {
            assertFails(worker, "PolicyDenied", "this worker allows no trackers; its operator declares them in a file");
        }
        try (Tracked worker = new Tracked(run, Tracked.operator(folder, "openlineage", mlflow.url()))) {
            assertFails(worker, "PolicyDenied", "is of type openlineage");
        }
        try (Tracked worker =
                new Tracked(run, Tracked.operator(folder, "mlflow", mlflow.url(), "    key: NOT_SET\n"))) {
            assertFails(worker, "PolicyDenied", "the worker has no environment variable NOT_SET");
        }
        try (Tracked worker =
                new Tracked(run, Tracked.operator(folder, "mlflow", URI.create("http://mlflow.example.com")))) {
            assertFails(worker, "PolicyDenied", "expected an address that begins with https://");
        }
        try (Tracked worker = new Tracked(
                run,
                Tracked.operator(folder, "mlflow", URI.create("http://169.254.169.254"), "    plainHttp: true\n"))) {
            assertFails(worker, "PolicyDenied", "has a link-local address");
        }
        assertThat(mlflow.requests()).isZero();
    }

    @Test
    void saysWhatTheServerAnswers() throws IOException {
        try (Tracked worker = new Tracked(run, Tracked.operator(folder, "mlflow", mlflow.url()))) {
            mlflow.answer(302);
            assertFails(worker, "InvalidPipeline", "redirects are not followed");
            mlflow.answer(401);
            assertFails(worker, "PolicyDenied", "it has no `key:` and no `user:` in the operator's file");
            mlflow.answer(503);
            assertFails(worker, "BackendFailed", "tracker 'team' answers 503");
            mlflow.close();
            assertFails(worker, "BackendFailed", "tracker 'team' cannot be reached");
        }
    }

    @Test
    void checksWhetherATrackerIsAllowedAndAnswers() throws IOException, InterruptedException {
        PipelineSpec spec = run.end().spec();
        DeclaredTrackers team = Tracked.operator(folder, "mlflow", mlflow.url());
        assertThat(TrackerCheck.of(spec, Tracked.none()).get(0).problem()).contains("this worker allows no trackers");
        mlflow.answer(403);
        assertThat(TrackerCheck.of(spec, team).get(0).problem()).contains("answers 403");
        assertThat(TrackerCheck.of(team).get(0).tracker()).isEqualTo("team");
        mlflow.answer(200);
        assertThat(TrackerCheck.of(spec, team)).containsExactly(new TrackerCheck("mlflow('team')", null));
    }

    private void assertWhole() {
        assertThat(mlflow.runs).as("one run").hasSize(1);
        List<JsonNode> points = Objects.requireNonNull(mlflow.runs.get("run0")).metrics;
        assertThat(points.stream().map(point -> point.path("key").asText() + point.path("step")))
                .as("no point twice")
                .doesNotHaveDuplicates()
                .hasSize(POINTS + SCORES);
        assertThat(mlflow.files.keySet().stream().map(name -> name.replaceAll(".*/", "")))
                .containsExactly("model-card.md", "report.html", "results.json");
        assertThat(mlflow.versions()).hasSize(1);
        assertThat(mlflow.versions().get(0).path("name").asText()).isEqualTo("support-bot");
    }

    private void assertFails(Tracked worker, String failure, String message) {
        assertThatThrownBy(() -> worker.send(run.end()))
                .cause()
                .asInstanceOf(type(ApplicationFailure.class))
                .satisfies(problem -> {
                    assertThat(problem.getType()).isEqualTo(failure);
                    assertThat(problem.getOriginalMessage()).contains(message);
                });
    }
}

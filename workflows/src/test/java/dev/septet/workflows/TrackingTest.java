package dev.septet.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Timestamp;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.track.RunMoment;
import dev.septet.workflows.track.StageSpan;
import dev.septet.workflows.track.TrackedIn;
import io.temporal.api.history.v1.HistoryEvent;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TrackingTest {
    private final Stack stack = new Stack(0);

    @AfterEach
    void close() {
        stack.close();
    }

    @Test
    void aTrackerGetsTheRunAtItsEndAndBefore() {
        stack.activities.spec = Specs.tracked(Specs.minimal());
        PipelineReport report = stack.run("hello");

        assertThat(stack.activities.tracks.sent)
                .contains("mlflow('team') FINISHED 5", "tensorboard('board') FINISHED 5", "mlflow('team') RUNNING 0")
                .doesNotHaveDuplicates();
        assertThat(report.tracked())
                .containsExactly(
                        new TrackedIn("mlflow('team')", "http://mlflow.example.com/run", null),
                        new TrackedIn("tensorboard('board')", "http://mlflow.example.com/run", null));
        RunMoment end = stack.activities.tracks.moments.get(stack.activities.tracks.moments.size() - 1);
        assertThat(end.stages())
                .extracting(StageSpan::stage)
                .containsExactly(Stage.PREPARE, Stage.INITIALIZE, Stage.SETUP, Stage.TRAIN, Stage.EVALUATE);
        assertThat(Objects.requireNonNull(end.endedMillis())).isGreaterThanOrEqualTo(end.startedMillis());
    }

    /** The results of the stages are the same, and the run waits no longer than the attempts of its last state. */
    @Test
    void aTrackerThatIsAwayIsAWarning() {
        PipelineReport before = stack.made();
        stack.activities.spec = Specs.tracked(Specs.minimal());
        stack.activities.tracks.away = true;
        PipelineReport report = stack.run("hello");

        List<HistoryEvent> events =
                stack.server.getWorkflowClient().fetchHistory("hello").getEvents();
        Timestamp began = events.get(0).getEventTime();
        Timestamp ended = events.get(events.size() - 1).getEventTime();
        assertThat(ended.getSeconds() - began.getSeconds()).isBetween(75L, 300L);
        assertThat(report.checkpoint()).isEqualTo(before.checkpoint());
        assertThat(report.evaluation()).isEqualTo(before.evaluation());
        assertThat(report.tracked()).extracting(TrackedIn::problem).containsOnly("tracker 'team' cannot be reached");
        assertThat(Stack.details(stack.server.getWorkflowClient().newUntypedWorkflowStub("hello")))
                .contains("mlflow('team') does not have the whole run: tracker 'team' cannot be reached");
    }

    @Test
    void aFailedRunIsTrackedWithTheTypeOfItsFailureAndWithoutItsMessage() throws IOException {
        stack.activities.spec = Specs.tracked(Specs.minimal());
        stack.activities.trainFailure = FailureType.CHECKPOINT_CORRUPT.of("row 'never-send-this' does not verify");
        assertThatThrownBy(() -> stack.run("hello"));

        RunMoment end = stack.activities.tracks.moments.get(stack.activities.tracks.moments.size() - 1);
        assertThat(end.state()).isEqualTo(RunMoment.State.FAILED);
        assertThat(end.reason()).isEqualTo("CheckpointCorrupt in train");
        assertThat(SpecJson.mapper().writeValueAsString(stack.activities.tracks.moments))
                .doesNotContain("never-send-this");
        assertThat(end.stages().get(end.stages().size() - 1).failed()).isTrue();
    }

    @Test
    void aRunWithoutTrackersHasNone() {
        assertThat(stack.run("hello").tracked()).isEqualTo(List.of());
        assertThat(stack.activities.tracks.sent).isEmpty();
    }
}
